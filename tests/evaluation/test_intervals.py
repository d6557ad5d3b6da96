import tracemalloc

import numpy as np
import pytest
from scipy.stats import t

from skfer.evaluation._statistics._intervals import (
    accuracy_interval,
    bootstrap_ratio,
    clopper_pearson,
    effective_size,
)

METHODS = (accuracy_interval, bootstrap_ratio)

# proportion_confint(count, nobs, method="beta") of statsmodels 0.15.0.
STATSMODELS = {
    (320, 400): (0.7573899502566424, 0.8381047995504862),
    (17, 20): (0.621073173454686, 0.9679290628145363),
    (10, 10): (0.6915028921812392, 1.0),
}
# The same for 0.85 * 19 of 19: 20 subjects of one image are worth 19 images, because their
# variance is estimated with 19 degrees of freedom.
STATSMODELS_19 = (0.613552311699052, 0.969726597709571)


@pytest.fixture
def unequal():
    rng = np.random.default_rng(3)
    n_images = rng.integers(1, 12, 60)
    return rng.binomial(n_images, rng.uniform(0.4, 1, 60)), n_images


@pytest.mark.parametrize(("n_correct", "n_images"), STATSMODELS)
def test_binomial_bounds_equal_those_of_statsmodels(n_correct, n_images):
    expected = STATSMODELS[n_correct, n_images]
    assert clopper_pearson(n_correct / n_images, n_images) == pytest.approx(expected, abs=1e-12)


def test_one_image_per_subject_is_the_binomial():
    interval = accuracy_interval(np.repeat([1, 0], [17, 3]), np.ones(20, int))
    assert interval == pytest.approx(STATSMODELS_19, abs=1e-12)


def test_effective_size_is_that_of_the_ratio_estimator(unequal):
    n_correct, n_images = unequal
    accuracy, n_subjects, n_total = n_correct.sum() / n_images.sum(), 60, n_images.sum()
    # The mean of the influences has the variance of the ratio.
    variance = np.var((n_correct - accuracy * n_images) / n_images.mean(), ddof=1) / n_subjects
    correction = (t.ppf(0.975, n_total - 1) / t.ppf(0.975, n_subjects - 1)) ** 2
    expected = accuracy * (1 - accuracy) / variance * correction
    assert expected < n_total
    assert effective_size(n_correct, n_images) == pytest.approx(expected)


def test_effective_size_is_no_larger_than_the_images():
    # Subjects that are more alike than chance lets them be.
    n_correct = np.tile([5, 6], 20)
    corrected = 400 * (t.ppf(0.975, 399) / t.ppf(0.975, 39)) ** 2
    assert effective_size(n_correct, np.full(40, 10)) == pytest.approx(corrected)


def test_without_spread_each_subject_is_one_trial():
    expected = STATSMODELS[10, 10]
    low, high = accuracy_interval(np.full(10, 18), np.full(10, 18))
    assert low == pytest.approx(expected[0]) and high == 1
    low, high = accuracy_interval(np.zeros(10), np.full(10, 18))
    assert low == 0 and 1 - high == pytest.approx(expected[0])
    same_share = accuracy_interval([3, 6, 9], [4, 8, 12])
    assert same_share == pytest.approx(accuracy_interval([3, 3, 3], [4, 4, 4]))
    assert same_share[0] < 0.4 and same_share[1] > 0.95


def test_one_subject_says_next_to_nothing():
    low, high = accuracy_interval([3], [4])
    assert low < 0.2 and high > 0.95


@pytest.mark.parametrize(
    ("n_correct", "n_images", "share"),
    [([2, 5, 1], [2, 5, 1], 1), ([0, 0], [2, 5], 0), ([3], [4], 0.75)],
)
def test_bootstrap_without_spread_is_a_point(n_correct, n_images, share):
    assert bootstrap_ratio(np.array(n_correct), np.array(n_images)) == (share, share)


def test_percentile_equals_resampling_by_hand(unequal):
    n_correct, n_images = unequal
    times_drawn = np.random.default_rng(0).multinomial(60, np.full(60, 1 / 60), size=10_000)
    accuracies = (times_drawn @ n_correct) / (times_drawn @ n_images)
    expected = np.quantile(accuracies, [0.025, 0.975])
    found = tuple(bootstrap_ratio(n_correct, n_images))
    assert found == pytest.approx(expected, abs=0.005)


def test_subjects_without_images_do_not_count():
    expected = accuracy_interval([2, 3, 1], [4, 3, 2])
    assert accuracy_interval([0, 2, 3, 0, 1], [0, 4, 3, 0, 2]) == expected


@pytest.mark.parametrize("method", METHODS)
def test_means_over_repeats_are_counts_too(method, unequal):
    n_correct, n_images = unequal
    expected = method(n_correct, n_images)
    shifted = np.where(np.arange(60) % 2, 1, -1) / 3
    inside = (n_correct > 0) & (n_correct < n_images)
    found = method(n_correct + shifted * inside, n_images)
    assert found == pytest.approx(expected, abs=0.02) and found != expected


@pytest.mark.parametrize("method", METHODS)
def test_images_of_one_subject_are_not_independent(method):
    # 40 subjects of 10 images, each all right or all wrong: as uncertain as 40 images.
    wide = method(np.repeat([10, 0], 20), np.full(40, 10))
    narrow = method(np.repeat([1, 0], 200), np.ones(400, int))
    assert wide[1] - wide[0] == pytest.approx(np.sqrt(10) * (narrow[1] - narrow[0]), rel=0.1)


def coverage(method, n_simulations=300):
    """Return how often the interval of 21 subjects of 12 images contains the accuracy 0.95."""
    rng = np.random.default_rng(0)
    ease = rng.beta(0.95 * 0.85 / 0.15, 0.05 * 0.85 / 0.15, (n_simulations, 21))
    intervals = [method(counts, np.full(21, 12)) for counts in rng.binomial(12, ease)]
    return np.mean([low <= 0.95 <= high for low, high in intervals])


def test_the_interval_covers_at_few_subjects_where_the_percentile_bootstrap_does_not():
    # Three standard errors of 300 simulations at 95 % are 3.8 points.
    assert coverage(accuracy_interval) > 0.912
    assert coverage(bootstrap_ratio) < 0.912


def test_seed_decides():
    n_correct, n_images = np.arange(1, 301), np.full(300, 301)
    intervals = [bootstrap_ratio(n_correct, n_images, seed) for seed in (0, 0, 1)]
    assert intervals[0] == intervals[1] != intervals[2]


@pytest.mark.parametrize("method", METHODS)
def test_memory_does_not_grow_with_the_subjects(method):
    peaks = []
    for n_subjects in (1_000, 10_000):
        tracemalloc.start()
        method(np.arange(n_subjects) % 2, np.full(n_subjects, 2))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < max(1.5 * peaks[0], 2_000_000)


def test_no_subject_is_an_error():
    with pytest.raises(ValueError, match="no subject"):
        accuracy_interval([], [])
    with pytest.raises(ValueError, match="no subject"):
        accuracy_interval([0, 0], [0, 0])
