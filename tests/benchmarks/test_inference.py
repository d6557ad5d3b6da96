import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import inference

SCHEMA = json.loads(Path(inference.__file__).with_name("inference.schema.json").read_text())


def test_a_run_writes_what_the_schema_says(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(inference, "N_DIFFERENT", 6)
    monkeypatch.setattr(inference, "FRAME", (420, 640))
    monkeypatch.setattr(inference, "RATE", 8)
    out = tmp_path / "inference.json"
    small = "--images 2 --many 20 --seconds 1 --repeats 1"
    inference.main([*small.split(), "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert [row["name"] for row in written["speed"]] == ["photographs", "two-cores"]
    assert [row["n_items"] for row in written["memory"]] == [20, 8]
    assert written["metadata"]["command"].endswith(small)
    assert "photographs" in capsys.readouterr().out


@pytest.mark.skipif(not inference.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(inference.RESULTS.read_text()), SCHEMA)
