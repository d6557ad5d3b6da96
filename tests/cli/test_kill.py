"""A run that is killed, however often and whenever, goes on to the same results."""

import json
import subprocess
import sys

import pandas as pd
import pytest

# Everything is imported once; each run is a fork that ends itself by SIGKILL, before it puts a file
# on the disk or in its place for the n-th time.
SCRIPT = """
import os, signal, sys
import matplotlib.pyplot, jinja2, skfer.pipelines, skfer.evaluation._report._write
from skfer.cli._main import main

def run(kill_at, *arguments):
    pid = os.fork()
    if pid == 0:
        calls = []
        def deadly(call):
            def counted(*arguments):
                calls.append(call)
                if len(calls) == kill_at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return call(*arguments)
            return counted
        os.fsync, os.replace = deadly(os.fsync), deadly(os.replace)
        os._exit(main(["evaluate", *SHARED, *arguments]))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

SHARED = sys.argv[2:]
kills = [run(n, "--resume", "--out", sys.argv[1] + "/killed") for n in map(int, KILLS)]
kills.append(run(0, "--resume", "--out", sys.argv[1] + "/killed"))
kills.append(run(0, "--out", sys.argv[1] + "/whole"))
print(kills)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
def test_killed_runs_go_on_to_equal_results(image_folder, tmp_path):
    # In the first fold, the second, the third, the tables, and twice in the report.
    kills = [2, 3, 4, 5, 2, 1]
    arguments = [image_folder, "--method", "pixel-1nn"]
    arguments += ["--folds", "3", "--set", "cropped=true"]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("KILLS", str(kills)), tmp_path, *arguments],
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == str([-9] * len(kills) + [0, 0]), done.stderr
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for name in ("images.csv", "subjects.csv"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    frames = [pd.read_csv(out / "folds.csv").drop(columns="fit_seconds") for out in (killed, whole)]
    pd.testing.assert_frame_equal(*(frame.drop(columns="predict_seconds") for frame in frames))
    figures = [
        json.loads((out / "results.json").read_text())["results"][0] for out in (killed, whole)
    ]
    for figure in figures:
        del figure["fit_seconds"], figure["predict_seconds"]
    assert figures[0] == figures[1]
    assert sorted(path.name for path in whole.iterdir()) == sorted(
        path.name for path in killed.iterdir() if not path.name.startswith(".skfer-")
    )
