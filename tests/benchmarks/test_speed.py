import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import speed

SCHEMA = json.loads(Path(speed.__file__).with_name("speed.schema.json").read_text())


def test_a_run_writes_what_the_schema_says(tmp_path, capsys):
    out = tmp_path / "speed.json"
    speed.main(["--images", "4", "--repeats", "3", "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert [row["name"] for row in written["results"]] == list(speed.BENCHMARKS)
    assert "images/s" in capsys.readouterr().out


def test_rates_and_ratio_belong_together(monkeypatch):
    ticks = iter([0.0, 1.0, 1.0, 3.0] * 4)  # ours takes one second, theirs two
    monkeypatch.setattr(speed.time, "perf_counter", lambda: next(ticks))
    row = speed.compare("x", "y", (lambda: None, lambda: None), 10, 3)
    assert (row["ours"]["median"], row["theirs"]["median"], row["ratio"]) == (10, 5, 2)


@pytest.mark.skipif(not speed.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(speed.RESULTS.read_text()), SCHEMA)
