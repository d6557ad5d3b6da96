"""A run that is killed, however often and whenever, goes on to the same results."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from skfer.datasets import load_image_folder
from skfer.persistence import load_model, read_card

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
        os._exit(main([*SHARED, *arguments]))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

SHARED = sys.argv[2:]
kills = [run(n, "--resume", "--out", sys.argv[1] + "/killed") for n in map(int, KILLS)]
kills.append(run(0, "--resume", "--out", sys.argv[1] + "/killed"))
kills.append(run(0, "--out", sys.argv[1] + "/whole"))
print(kills)
"""


needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def run_killed(kills, folder, *arguments):
    """Run a command that is killed each time, once to the end, and once without a kill."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("KILLS", str(kills)), folder, *arguments],
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1] == str([-9] * len(kills) + [0, 0]), done.stderr


@needs_fork
def test_killed_runs_go_on_to_equal_results(image_folder, tmp_path):
    # In the first fold, the second, the third, the tables, and twice in the report.
    kills = [2, 3, 4, 5, 2, 1]
    arguments = ["evaluate", image_folder, "--method", "pixel-1nn"]
    arguments += ["--folds", "3", "--set", "cropped=true"]
    run_killed(kills, tmp_path, *arguments)
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


@needs_fork
def test_killed_trainings_go_on_to_equal_models(image_folder, tmp_path):
    # In the first fold, the second, the third, and twice where the model is written.
    kills = [2, 3, 4, 1, 2]
    arguments = ["fit", image_folder, "--cropped", "--method", "pixel-1nn"]
    run_killed(kills, tmp_path, *arguments, "--evaluate", "--folds", "3")
    data = load_image_folder(image_folder, cropped=True)
    cards, probabilities = [], []
    for name in ("killed", "whole"):
        cards.append(read_card(tmp_path / name))
        probabilities.append(load_model(tmp_path / name).predict_proba(data.faces))
        for key in ("saved", "command"):
            del cards[-1][key]
    assert cards[0] == cards[1]
    np.testing.assert_array_equal(*probabilities)
    assert not list(tmp_path.glob(".*.folds"))
