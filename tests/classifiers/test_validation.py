"""The folds inside fit."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skfer.classifiers._validation import hold_out_subjects, inner_folds, subjects_or_none
from skfer.faces import make_face_array, with_fields

FACES = make_face_array(np.zeros((4, 8, 8), np.uint8), subject=["a", "a", "b", "b"])
NAMELESS = make_face_array(np.zeros((4, 8, 8), np.uint8))


def data(n_subjects=10, n_classes=3, seed=0):
    y = np.tile(np.arange(n_classes), n_subjects)
    subjects = np.repeat([f"s{index}" for index in range(n_subjects)], n_classes)
    shuffled = np.random.default_rng(seed).permutation(len(y))
    return y[shuffled], subjects[shuffled]


def test_subjects_of_the_face_array():
    assert subjects_or_none(FACES, None).tolist() == ["a", "a", "b", "b"]


def test_groups_of_rows_become_ids():
    assert subjects_or_none(None, [1.0, 1.0, 2.0, 2.0]).tolist() == ["1", "1", "2", "2"]


def test_groups_name_the_people_of_a_face_array_without_subjects():
    assert subjects_or_none(NAMELESS, [1, 1, 2, 2]).tolist() == ["1", "1", "2", "2"]


@pytest.mark.parametrize("faces", [None, NAMELESS, NAMELESS[["image", "eyes"]]])
def test_nobody_is_named(faces):
    assert subjects_or_none(faces, None) is None


@pytest.mark.parametrize(
    ("faces", "groups", "message"),
    [
        (with_fields(FACES, subject=["a", "", "b", "b"]), None, "1 of 4 images have no subject"),
        (None, ["a", "a", None, "b"], "1 of 4 images have no subject.* as groups or in"),
        (FACES, ["a", "b", "b", "b"], "contradict.* of the face array is .* of groups"),
        (FACES, ["a"], "inconsistent"),
    ],
)
def test_half_known_subjects_are_refused(faces, groups, message):
    with pytest.raises(ValueError, match=message):
        subjects_or_none(faces, groups)


@pytest.mark.parametrize(("n_splits", "expected"), [(2, 2), (5, 5), (50, 10)])
def test_folds_share_no_subject_and_test_each_image_once(n_splits, expected):
    y, subjects = data()
    folds = inner_folds(y, subjects, n_splits)
    assert len(folds) == expected
    for train, test in folds:
        assert not set(subjects[train]) & set(subjects[test])
        assert len(test)
    assert_array_equal(np.sort(np.concatenate([test for _, test in folds])), np.arange(len(y)))


def test_folds_are_stratified_and_the_same_each_time():
    y, subjects = data()
    counts = [np.bincount(y[test]).tolist() for _, test in inner_folds(y, subjects, 5)]
    assert counts == [[2, 2, 2]] * 5
    again = [np.bincount(y[test]).tolist() for _, test in inner_folds(y, subjects, 5)]
    assert counts == again


def test_subjects_of_one_class_each_leave_no_fold_empty():
    y, subjects = np.array([0, 0, 1, 1, 2, 2]), np.array(list("aabbcc"))
    folds = inner_folds(y, subjects, 3)
    assert len(folds) == 2 and all(len(train) and len(test) for train, test in folds)


def test_unknown_subjects_split_by_image_with_a_warning():
    y, _ = data()
    with pytest.warns(UserWarning, match="go by image.*make_face_array.*groups="):
        folds = inner_folds(y, None, 5)
    assert [np.bincount(y[test]).tolist() for _, test in folds] == [[2, 2, 2]] * 5


def test_one_subject_is_split_by_image():
    with pytest.warns(UserWarning, match="all show one person"):
        assert len(inner_folds([0, 1, 0, 1], ["a"] * 4, 5)) == 2


def test_classes_of_one_image_have_no_folds():
    assert inner_folds([0, 1, 2], ["a", "b", "c"], 5) == []


@pytest.mark.parametrize(
    ("groups", "message"),
    [(["a"] * 4, "two subjects or more"), (["a", "a", "b", "b"], "of 2 subjects leaves none")],
)
def test_nobody_would_be_left_for_training(groups, message):
    with pytest.raises(ValueError, match=message):
        hold_out_subjects(None, np.array([0, 1, 0, 1]), groups, 0.9, 0)
