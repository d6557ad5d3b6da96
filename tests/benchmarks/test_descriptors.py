import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import descriptors
from benchmarks.rivals import descriptors as rivals

SCHEMA = json.loads(Path(descriptors.__file__).with_suffix(".schema.json").read_text())


def test_a_run_writes_what_the_schema_says(tmp_path, capsys, monkeypatch):
    missing = ("NoDescriptor", "a loop", "no_such_package", None, 1)
    quick = [row for row in descriptors.RIVALS if row[2] == "cv2"]
    monkeypatch.setattr(descriptors, "RIVALS", [*quick, missing])
    memory = {"faces_mb": 1, "output_mb": 1, "chunk_mb": 1, "beyond_mb": 1}
    monkeypatch.setattr(
        descriptors,
        "memory_in_a_process",
        lambda name, n_images: {"descriptor": name, "n_images": n_images, "n_jobs": 2, **memory},
    )
    out = tmp_path / "descriptors.json"
    descriptors.main(["--images", "4", "--repeats", "3", "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert written["metadata"]["left_out"] == ["NoDescriptor against a loop"]
    assert [row["equal"] for row in written["rivals"]] == [True]
    assert {row["descriptor"] for row in written["jobs"]} >= {"GaborDescriptor", "HOGDescriptor"}
    assert "left out: NoDescriptor" in capsys.readouterr().out


def test_where_to_write_has_to_be_said(capsys):
    with pytest.raises(SystemExit, match="2"):
        descriptors.main([])
    assert "are required" in capsys.readouterr().err


def test_the_measurement_of_memory(capsys):
    descriptors.measure_memory("HOGDescriptor", 300)
    row = json.loads(capsys.readouterr().out)
    assert row["output_mb"] == pytest.approx(300 * 900 * 4 / 2**20)
    assert 0 < row["chunk_mb"] < row["output_mb"]


def test_the_kernels_are_blind_to_a_constant():
    kernels = rivals.gabor_kernels([2, 8], 3, 1.0)
    assert abs(kernels.sum(axis=(-2, -1))).max() < 1e-6


@pytest.mark.skipif(not descriptors.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(descriptors.RESULTS.read_text()), SCHEMA)
