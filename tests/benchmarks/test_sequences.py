import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from benchmarks import sequences
from benchmarks.rivals import sequences as rivals

SCHEMA = json.loads(Path(sequences.__file__).with_suffix(".schema.json").read_text())


def test_a_run_writes_what_the_schema_says(tmp_path, capsys, monkeypatch):
    memory = {"sequences_mb": 1, "output_mb": 1, "beyond_mb": 1}
    monkeypatch.setattr(
        sequences,
        "memory_in_a_process",
        lambda name, n, frames: {
            "descriptor": name,
            "n_sequences": n,
            "n_frames": frames,
            "n_jobs": 2,
            **memory,
        },
    )
    monkeypatch.setattr(sequences, "blur_in_threads", lambda n_threads: None)
    out = tmp_path / "sequences.json"
    options = ["--sequences", "2", "--frames", "12", "--repeats", "3"]
    sequences.main([*options, "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    # The rivals compute the same, so that the ratio is one of speed only.
    assert [row["share_equal"] for row in written["rivals"]] == [1.0, 1.0, 1.0]
    assert "times as fast in two threads" in capsys.readouterr().out


def test_the_measurement_of_memory():
    row = sequences.measure_memory("OpticalFlowDescriptor", 3, 4)
    assert row["output_mb"] == pytest.approx(3 * 1152 * 4 / 2**20)
    assert row["sequences_mb"] == pytest.approx(3 * 4 * 48 * 48 / 2**20)


def test_a_rival_of_still_frames_sees_no_flow():
    assert not rivals.flow_with_opencv(np.zeros((8, 48, 48), np.uint8)).any()


@pytest.mark.skipif(not sequences.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(sequences.RESULTS.read_text()), SCHEMA)
