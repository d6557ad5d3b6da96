import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    PredefinedSplit,
    StratifiedGroupKFold,
)

from skfer.evaluation import check_leakage, evaluate_subject_independent, subject_folds


class BrokenGroupKFold(GroupKFold):
    """Keeps the first training image out of the training part and puts a test image in."""

    def split(self, X, y=None, groups=None):
        for train, test in super().split(X, y, groups):
            train[0] = test[0]
            yield train, test[1:]


def test_masks_are_examined_too():
    train, test = np.array([True, False, True]), np.array([False, True, False])
    with pytest.raises(ValueError, match="Fold 0 .* 'a'"):
        check_leakage([(train, test)], ["a", "a", "b"])


@pytest.mark.parametrize("part", [[4], [True, False], [0.5]])
def test_parts_that_are_none_are_refused(part):
    with pytest.raises(ValueError, match="Fold 0 names rows that the 3 images do not have"):
        check_leakage([([0], part)], ["a", "a", "b"])


def test_message_names_fold_and_subjects():
    splits = [([0, 1], [2, 3]), ([0, 2], [1, 3])]
    with pytest.raises(ValueError, match="Fold 1 has 2 subjects in training and test: 'a', 'b'"):
        check_leakage(splits, ["a", "a", "b", "b"])


def test_message_does_not_list_a_thousand_subjects():
    subjects = np.tile(np.arange(1000).astype(str), 2)
    with pytest.raises(ValueError, match="and 995 more"):
        check_leakage([(range(1000), range(1000, 2000))], subjects)


def test_number_of_folds_is_group_k_fold(X, y, subjects):
    folds = subject_folds(y, subjects, cv=4)
    expected = list(GroupKFold(4).split(X, y, subjects))
    for (train, test), (expected_train, expected_test) in zip(folds, expected, strict=True):
        np.testing.assert_array_equal(train, expected_train)
        np.testing.assert_array_equal(test, expected_test)


@pytest.mark.parametrize("cv", [LeaveOneGroupOut(), StratifiedGroupKFold(3)])
def test_splitters_get_the_subjects(y, subjects, cv):
    folds = subject_folds(y, subjects, cv)
    assert sorted(np.concatenate([test for _, test in folds])) == list(range(len(y)))


def test_iterable_of_masks(y, subjects):
    folds = [(subjects != name, subjects == name) for name in ("s00", "s05")]
    assert [len(test) for _, test in subject_folds(y, subjects, folds)] == [6, 6]


def test_images_that_are_never_tested_are_allowed(y, subjects):
    fold_of = np.where(subjects < "s06", -1, 0)
    (fold,) = subject_folds(y, subjects, PredefinedSplit(fold_of))
    assert len(fold[1]) == 36


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        (BrokenGroupKFold(4), "Fold 0 has 1 subject in training and test: .* as GroupKFold does"),
        # It ignores the subjects.
        (KFold(4, shuffle=True, random_state=0), "subjects in training and test"),
        (1, "cv=1 is out of range: 12 subjects allow 2 to 12"),
        (13, "cv=13 is out of range: 12 subjects allow 2 to 12"),
        ([], "cv gives no fold"),
        ([(range(72), [])], "Fold 0 of cv has no training or no test images"),
        ([([], range(72))], "Fold 0 of cv has no training or no test images"),
        ([(range(36), [72])], "Fold 0 names rows that the 72 images do not have"),
        ([(range(6, 72), range(6))] * 2, "Sample 0 is in the test part of 2 folds"),
    ],
)
def test_unusable_folds_are_refused(y, subjects, cv, message):
    with pytest.raises(ValueError, match=message):
        subject_folds(y, subjects, cv)


@pytest.mark.parametrize(
    ("subjects", "message"),
    [
        (["anna"] * 4, "All 4 images show one subject, 'anna'"),
        (["a", "a", "", "b"], "1 of 4 images have no subject, the first is sample 2"),
        (["a", "b", "b"], "inconsistent"),
    ],
)
def test_unusable_subjects_are_refused(subjects, message):
    with pytest.raises(ValueError, match=message):
        subject_folds(["happy", "sad"] * 2, subjects, cv=2)


def test_a_subject_for_each_image_is_suspicious():
    with pytest.warns(UserWarning, match="Each of the 4 images has its own subject"):
        assert len(subject_folds(["happy", "happy", "sad", "sad"], list("abcd"), cv=2)) == 2


def test_class_without_training_image_is_named():
    y = ["happy", "sad", "happy", "sad", "happy", "contempt"]
    subjects = ["a", "a", "b", "b", "c", "c"]
    message = "Fold 0 has no training image of 'contempt', so it cannot be learned there. "
    remedy = r"Leave out what one subject alone shows, 'contempt' \('c'\), or find"
    with pytest.raises(ValueError, match=message + remedy):
        subject_folds(y, subjects, cv=3)
    y[3] = "contempt"  # of 'b', too
    with pytest.raises(ValueError, match=message + "Use StratifiedGroupKFold or more folds.$"):
        subject_folds(y, subjects, [([0, 1], range(2, 6))])


def test_one_class_is_refused(subjects):
    with pytest.raises(ValueError, match="All 72 images show 'happy'; an evaluation needs at"):
        evaluate_subject_independent(DummyClassifier(), np.eye(72), ["happy"] * 72, subjects)


def test_a_splitter_that_shuffles_gets_the_seed_and_is_not_changed(y, subjects):
    splitter = GroupKFold(3, shuffle=True, random_state=0)
    for seed in (1, 2):
        folds = subject_folds(y, subjects, splitter, random_state=seed)
        expected = GroupKFold(3, shuffle=True, random_state=seed).split(y, y, subjects)
        for (_, test), (_, expected_test) in zip(folds, expected, strict=True):
            np.testing.assert_array_equal(test, expected_test)
    assert splitter.random_state == 0
