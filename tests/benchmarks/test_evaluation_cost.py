import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import evaluation_cost

SCHEMA = json.loads(Path(evaluation_cost.__file__).with_suffix(".schema.json").read_text())


def test_a_run_writes_what_the_schema_says(tmp_path, monkeypatch, here):
    monkeypatch.delitem(evaluation_cost.METHODS, "C-SPP, one epoch")
    out = tmp_path / "cost.json"
    sizes = ["--images", "212", "--rows", "1000", "--folds", "5", "--repeats", "1"]
    evaluation_cost.main([*sizes, "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert written["folds"]["n_folds"] == 5
    (row,) = written["overhead"]
    assert row["overhead"] == row["evaluation"][0] / row["loop"][0] - 1


@pytest.mark.skipif(
    not evaluation_cost.RESULTS.exists(), reason="no measured results in this checkout"
)
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(evaluation_cost.RESULTS.read_text()), SCHEMA)
