import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from scipy.stats import bootstrap, t

from benchmarks import intervals
from skfer.evaluation._statistics._intervals import accuracy_interval

SCHEMA = json.loads(Path(intervals.__file__).with_suffix(".schema.json").read_text())


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def draw_with_one_that_is_all_right(n_images, rng):
    n_correct = intervals.draw_counts(n_images, 0.9, 0.2, 4, rng)
    n_correct[3] = n_images
    return n_correct


def test_the_interval_of_the_package_is_among_them(rng):
    n_images = np.arange(5, 35)
    n_correct = draw_with_one_that_is_all_right(n_images, rng)
    found = intervals.intervals(n_correct, n_images, rng)
    assert list(found) == ["percentile", "bca", "wilson", "korn-graubard"]
    bounds = np.transpose(found["korn-graubard"])
    expected = [accuracy_interval(counts, n_images) for counts in n_correct]
    assert bounds == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize(("method", "in_scipy"), [("bca", "BCa"), ("percentile", "percentile")])
def test_bootstraps_are_those_of_scipy(rng, method, in_scipy):
    n_images = np.arange(5, 35)
    *n_correct, all_right = draw_with_one_that_is_all_right(n_images, rng)
    low, high = intervals.intervals(np.array([*n_correct, all_right]), n_images, rng)[method]
    assert (low[3], high[3]) == (1, 1)  # a point; SciPy has NaN
    for number, counts in enumerate(n_correct):
        expected = bootstrap(
            (counts, n_images),
            lambda above, below, axis: above.sum(axis=axis) / below.sum(axis=axis),
            paired=True,
            method=in_scipy,
            n_resamples=10_000,
            random_state=0,
        ).confidence_interval
        # A bound of 2,000 resamples differs from one of 10,000 by chance.
        assert (low[number], high[number]) == pytest.approx(tuple(expected), abs=0.01)


# proportion_confint(count, nobs, method="wilson") of statsmodels 0.15.0.
@pytest.mark.parametrize(
    ("n_correct", "n_images", "expected"),
    [
        (320, 400, (0.758029683133299, 0.8362629402661231)),
        (17, 20, (0.639581135259243, 0.9476312541037833)),
        (10, 10, (0.7224672001371106, 1.0)),
    ],
)
def test_wilson_is_that_of_statsmodels(n_correct, n_images, expected):
    found = intervals.wilson(n_correct / n_images, n_images)
    assert found == pytest.approx(expected, abs=1e-12)


def test_wilson_is_that_of_the_t_quantile(rng):
    # 2,000 images: their t quantile is the normal one to three digits.
    n_correct, n_images = np.repeat([100, 200, 150, 180], [3, 3, 2, 2]), np.full(10, 200)
    accuracy = n_correct.mean() / 200
    variance = n_correct.var(ddof=1) / 200**2 / 10
    k = t.ppf(0.975, 9) ** 2 * variance / (accuracy * (1 - accuracy))
    margin = np.sqrt(k * accuracy * (1 - accuracy) + k**2 / 4)
    expected = (accuracy + k / 2 - margin) / (1 + k), (accuracy + k / 2 + margin) / (1 + k)
    (low,), (high,) = intervals.intervals(n_correct[None], n_images, rng)["wilson"]
    assert (low, high) == pytest.approx(expected, abs=1e-3)


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
