import tracemalloc

import numpy as np
import pytest

from skfer.evaluation._statistics import bootstrap_accuracy_interval


def test_all_correct_is_certain_and_all_wrong_too():
    assert bootstrap_accuracy_interval([2, 5, 1], [2, 5, 1]) == (1.0, 1.0)
    assert bootstrap_accuracy_interval([0, 0], [2, 5]) == (0.0, 0.0)


def test_one_subject_has_no_spread():
    assert bootstrap_accuracy_interval([3], [4]) == (0.75, 0.75)  # and no warning


def test_one_image_per_subject_is_the_binomial():
    n_correct = np.repeat([1, 0], [320, 80])
    low, high = bootstrap_accuracy_interval(n_correct, np.ones(400, int))
    margin = 1.96 * np.sqrt(0.8 * 0.2 / 400)
    assert low == pytest.approx(0.8 - margin, abs=0.005)
    assert high == pytest.approx(0.8 + margin, abs=0.005)


def test_equals_resampling_by_hand_on_unequal_subjects():
    rng = np.random.default_rng(3)
    n_images = rng.integers(1, 12, 60)
    n_correct = rng.binomial(n_images, rng.uniform(0.4, 1, 60))
    times_drawn = rng.multinomial(60, np.full(60, 1 / 60), size=10_000)
    accuracies = (times_drawn @ n_correct) / (times_drawn @ n_images)
    expected = np.quantile(accuracies, [0.025, 0.975])
    assert bootstrap_accuracy_interval(n_correct, n_images) == pytest.approx(expected, abs=0.005)


def test_images_of_one_subject_are_not_independent():
    # 40 subjects of 10 images, each all right or all wrong: as uncertain as 40 images.
    wide = bootstrap_accuracy_interval(np.repeat([10, 0], 20), np.full(40, 10))
    narrow = bootstrap_accuracy_interval(np.repeat([1, 0], 200), np.ones(400, int))
    assert wide[1] - wide[0] == pytest.approx(np.sqrt(10) * (narrow[1] - narrow[0]), rel=0.1)


def test_covers_the_true_accuracy_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for seed in range(200):
        n_correct = rng.binomial(6, rng.choice([0.6, 0.9, 1.0], size=80))
        low, high = bootstrap_accuracy_interval(n_correct, np.full(80, 6), seed)
        hits += low <= 2.5 / 3 <= high
    assert 0.90 <= hits / 200 <= 0.99


def test_seed_decides():
    n_correct, n_images = np.arange(1, 301), np.full(300, 301)
    intervals = [bootstrap_accuracy_interval(n_correct, n_images, seed) for seed in (0, 0, 1)]
    assert intervals[0] == intervals[1] != intervals[2]


def test_memory_does_not_grow_with_the_subjects():
    peaks = []
    for n_subjects in (1_000, 20_000):
        tracemalloc.start()
        bootstrap_accuracy_interval(np.ones(n_subjects, int), np.full(n_subjects, 2))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_no_subject_is_an_error():
    with pytest.raises(ValueError, match="no subject"):
        bootstrap_accuracy_interval([], [])
