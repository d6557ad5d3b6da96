"""The attacks at smoke size; `make attack` runs them at full size."""

import json
from pathlib import Path

import jsonschema
import pytest

pytest.importorskip("resource", reason="limits of memory, as POSIX has them")

from benchmarks.attack.__main__ import main
from tests.forks import run_fork

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCHEMA = json.loads((BENCHMARKS / "attack.schema.json").read_text())
RESULTS = BENCHMARKS / "results" / "attack.json"


@pytest.mark.parametrize(
    ("attack", "share"),
    [("images", 0.02), ("models", 0.02), ("manifests", 0.4), ("kills", 0.05), ("disks", 0.1)],
)
def test_nothing_gives_way(attack, share, tmp_path):
    out = tmp_path / "attack.json"
    assert run_fork(main, ["--only", attack, "--share", str(share), "--out", str(out)]) == 0
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    (row,) = written["results"]
    assert row["failures"] == 0, row["examples"]


@pytest.mark.skipif(not RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(RESULTS.read_text()), SCHEMA)
