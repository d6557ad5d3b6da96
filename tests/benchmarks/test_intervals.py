import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from benchmarks import intervals
from skfer.evaluation._statistics._intervals import accuracy_interval

SCHEMA = json.loads(Path(intervals.__file__).with_suffix(".schema.json").read_text())


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_bounds_are_those_of_the_package(rng):
    n_images = np.arange(5, 35)
    n_correct = intervals.draw_counts(n_images, 0.9, 0.2, 4, rng)
    n_correct[3] = n_images  # all is right
    found = intervals.intervals(n_correct, n_images, rng)
    assert list(found) == ["percentile", "bca", "wilson", "korn-graubard"]
    for method, (low, high) in found.items():
        # A bound of 2,000 resamples differs from one of 10,000 by chance.
        tolerance = 0.01 if method in ("percentile", "bca") else 1e-12
        for number, counts in enumerate(n_correct):
            expected = accuracy_interval(counts, n_images, method)
            assert (low[number], high[number]) == pytest.approx(expected, abs=tolerance)


def test_counts_have_the_accuracy_and_the_correlation(rng):
    n_correct = intervals.draw_counts(np.full(50, 2), 0.8, 0.3, 2000, rng)
    assert n_correct.mean() / 2 == pytest.approx(0.8, abs=0.01)
    both = (n_correct == 2).mean()
    assert (both - 0.64) / 0.16 == pytest.approx(0.3, abs=0.03)


def test_the_unequal_subjects_are_those_of_ck():
    n_images = intervals.DESIGNS[-1]
    assert (len(n_images), n_images.sum()) == (106, 927)


def test_a_run_writes_what_the_schema_says(tmp_path, capsys):
    out = tmp_path / "intervals.json"
    intervals.main(["--simulations", "10", "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert len(written["results"]) == 4 * 4 * 2 * 4
    assert "| 106 | 927 | 0.95 | 0.15 | " in capsys.readouterr().out


@pytest.mark.skipif(not intervals.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema_and_speak_for_the_default():
    written = json.loads(intervals.RESULTS.read_text())
    jsonschema.validate(written, SCHEMA)
    coverage = {"percentile": [], "bca": [], "wilson": [], "korn-graubard": []}
    for row in written["results"]:
        if row["accuracy"] < 1:
            coverage[row["method"]].append(row["coverage"])
    distance = {
        method: np.mean(np.maximum(0.95 - np.array(values), 0))
        for method, values in coverage.items()
    }
    assert min(distance, key=distance.get) == "korn-graubard"
