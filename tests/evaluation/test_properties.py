"""What holds of every split by subject, every interval and every correction."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skfer.evaluation import EvaluationResult, check_leakage, subject_folds
from skfer.evaluation._statistics._intervals import accuracy_interval
from skfer.evaluation._statistics._paired_tests import holm, sign_flip_test, sign_test, stouffer

FEW = settings(max_examples=40, deadline=None)
# Names of people; each is given to any images, several times or once.
GROUPS = st.lists(
    st.sampled_from(["anna", "ben", "cleo", "dora", "emil", "fritz"]), min_size=8, max_size=30
)


@st.composite
def counts_of_subjects(draw):
    n_images = draw(st.lists(st.integers(1, 20), min_size=2, max_size=12))
    return [draw(st.integers(0, n)) for n in n_images], n_images


@FEW
@given(GROUPS, st.integers(2, 6), st.none() | st.integers(0, 1000))
def test_no_subject_is_on_both_sides_and_each_image_is_tested_once(groups, n_folds, seed):
    subjects = np.array(groups)
    assume(n_folds <= len(set(groups)))
    folds = subject_folds(np.zeros(len(groups)), subjects, n_folds, random_state=seed)
    assert len(folds) == n_folds
    for train, test in folds:
        assert set(subjects[train]) & set(subjects[test]) == set()
        assert sorted([*train, *test]) == list(range(len(groups)))
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(groups)))


@FEW
@given(GROUPS, st.data())
def test_a_leak_is_found_if_and_only_if_there_is_one(groups, data):
    rows = st.lists(st.integers(0, len(groups) - 1), min_size=1, unique=True)
    train, test = data.draw(rows), data.draw(rows)
    shared = {groups[row] for row in train} & {groups[row] for row in test}
    if not shared:
        check_leakage([(train, test)], groups)
        return
    with pytest.raises(ValueError, match=f"Fold 0 has {len(shared)} subject"):
        check_leakage([(train, test)], groups)


@FEW
@given(counts_of_subjects(), st.randoms())
def test_the_interval_holds_the_accuracy_and_narrows_with_the_subjects(counts, random):
    n_correct, n_images = counts
    accuracy = sum(n_correct) / sum(n_images)
    low, high = accuracy_interval(n_correct, n_images)
    assert 0 <= low <= accuracy + 1e-9
    assert accuracy - 1e-9 <= high <= 1
    narrower_low, narrower_high = accuracy_interval(2 * n_correct, 2 * n_images)  # twice as many
    assert low <= narrower_low + 1e-9
    assert narrower_high <= high + 1e-9
    order = list(range(len(n_images)))
    random.shuffle(order)
    shuffled = np.array(counts)[:, order]
    assert accuracy_interval(*shuffled) == pytest.approx((low, high), abs=1e-9)
    wrong = accuracy_interval(np.subtract(n_images, n_correct), n_images)
    assert wrong == pytest.approx((1 - high, 1 - low), abs=1e-9)


@settings(FEW, max_examples=10)
@given(counts_of_subjects(), st.randoms())
def test_figures_do_not_depend_on_the_order_of_the_images(counts, random):
    rows = [
        (subject, "happy", "happy" if image < n_correct else "sad")
        for subject, (n_correct, n_images) in enumerate(zip(*counts, strict=True))
        for image in range(n_images)
    ]
    images = pd.DataFrame(rows, columns=["subject", "y_true", "y_pred"])
    images = images.assign(image=range(len(rows)), repeat=0, fold=images["subject"] % 2)
    seconds = pd.DataFrame({"repeat": 0, "fold": [0, 1], "fit_seconds": 0, "predict_seconds": 0})
    order = list(range(len(rows)))
    random.shuffle(order)
    first, second = (
        EvaluationResult(table, "subject-independent", ("happy", "sad"), seconds).summary()
        for table in (images, images.iloc[order])
    )
    assert first["pooled_accuracy"] == sum(counts[0]) / sum(counts[1])
    assert first == pytest.approx(second, nan_ok=True)


@FEW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.randoms())
def test_holm_raises_p_values_and_keeps_their_order(p_values, random):
    corrected = holm(p_values)
    assert (corrected >= p_values).all()
    assert corrected.max() <= 1
    assert corrected.min() == pytest.approx(min(1, len(p_values) * min(p_values)))
    assert (np.diff(corrected[np.argsort(p_values)]) >= 0).all()
    order = list(range(len(p_values)))
    random.shuffle(order)
    np.testing.assert_array_equal(holm(np.array(p_values)[order]), corrected[order])


@FEW
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=12), st.randoms())
def test_paired_tests_know_neither_order_nor_direction(differences, random):
    shuffled = random.sample(differences, len(differences))
    for test in (sign_flip_test, sign_test):
        p_value = test(np.array(differences))
        assert 0 < p_value <= 1
        assert test(-np.array(shuffled)) == pytest.approx(p_value)
    # A subject without a difference says nothing.
    assert sign_flip_test(np.array([*differences, 0])) == sign_flip_test(np.array(differences))


@FEW
@given(st.floats(0.001, 1), st.integers(2, 50))
def test_one_comparison_combined_is_itself(p_value, n_subjects):
    one = stouffer(np.array([-0.1]), np.array([p_value]), np.array([n_subjects]))
    assert one == pytest.approx(p_value)
