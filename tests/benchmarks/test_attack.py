"""The attacks at smoke size; `make attack` runs them at full size."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

pytest.importorskip("resource", reason="limits of memory, as POSIX has them")

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCHEMA = json.loads((BENCHMARKS / "attack.schema.json").read_text())
RESULTS = BENCHMARKS / "results" / "attack.json"


@pytest.mark.parametrize(
    ("attack", "share"),
    [("images", 0.02), ("models", 0.02), ("manifests", 0.4), ("kills", 0.05), ("disks", 0.1)],
)
def test_nothing_gives_way(attack, share, tmp_path):
    out = tmp_path / "attack.json"
    command = [sys.executable, "-m", "benchmarks.attack", "--only", attack, "--share", str(share)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [*command, "--out", str(out)],
        cwd=BENCHMARKS.parent, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert written["results"][0]["failures"] == 0


@pytest.mark.skipif(not RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(RESULTS.read_text()), SCHEMA)
