import json

import pytest

from benchmarks import memory


def test_a_run_writes_a_row_for_each_size(tmp_path, capsys, monkeypatch):
    rows = iter([{"n_images": n, "faces_mb": 1.0, "beyond_mb": 2.0} for n in (10, 20)])
    monkeypatch.setattr(memory, "measure_in_a_process", lambda n_images: next(rows))
    memory.main(["--images", "10", "20", "--out", str(tmp_path / "memory.json")])
    written = json.loads((tmp_path / "memory.json").read_text())
    assert [row["n_images"] for row in written["results"]] == [10, 20]
    assert "20 faces" in capsys.readouterr().out


def test_the_measurement(capsys):
    memory.measure(16)
    row = json.loads(capsys.readouterr().out)
    assert row["faces_mb"] == pytest.approx(16 * 48 * 48 / 2**20)
    assert row["beyond_mb"] >= 0


@pytest.mark.skipif(not memory.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_have_all_columns():
    for row in json.loads(memory.RESULTS.read_text())["results"]:
        assert set(row) == {"n_images", "faces_mb", "beyond_mb"}
