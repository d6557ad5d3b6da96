import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from benchmarks import power

SCHEMA = json.loads(Path(power.__file__).with_suffix(".schema.json").read_text())


def test_the_frames_are_drawn_as_the_settings_say():
    right_a, right_b = power.draw_frames(0.02, 400, np.random.default_rng(0))
    assert right_a.shape == (400, 309, 3)
    assert right_a.mean() == pytest.approx(0.97, abs=0.003)
    assert right_b.mean() == pytest.approx(0.95, abs=0.003)
    assert (~right_a & ~right_b).mean() / (~right_a).mean() == pytest.approx(0.6, abs=0.02)
    # A frame repeats the sequence in 0.9, so two frames of an error agree in at least 0.81.
    assert 0.81 < (~right_a[~right_a[..., 0]][:, 1]).mean() < 0.95


def test_a_run_writes_what_the_schema_says_and_finds_larger_differences_more_often(tmp_path):
    out = tmp_path / "power.json"
    power.main(["--simulations", "40", "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    for test in ("rejected_subjects", "rejected_sequences"):
        rates = [row[test] for row in written["results"]]
        assert rates[0] <= 0.15 < rates[-1]


@pytest.mark.skipif(not power.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(power.RESULTS.read_text()), SCHEMA)
