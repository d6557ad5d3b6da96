from tempfile import mkstemp

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

import skfer.evaluation._records
from skfer.evaluation import (
    evaluate_image_split,
    evaluate_subject_independent,
    subject_folds,
)
from skfer.faces import make_face_array
from skfer.utils import check_images


class FaceClassifier(ClassifierMixin, BaseEstimator):
    """Nearest neighbour that takes all three layouts."""

    def fit(self, X, y):
        pixels = check_images(self, X).images
        self.knn_ = KNeighborsClassifier(1).fit(pixels.reshape(len(pixels), -1), y)
        self.classes_ = self.knn_.classes_
        return self

    def predict(self, X):
        pixels = check_images(self, X, reset=False).images
        return self.knn_.predict(pixels.reshape(len(pixels), -1))


class CountingClassifier(ClassifierMixin, BaseEstimator):
    """Writes one file into a folder for each fit; stops like Ctrl-C after `stop_after` fits."""

    stop_after = None

    def __init__(self, log, constant="happy"):
        self.log = log
        self.constant = constant

    def fit(self, X, y):
        if self.n_fits(self.log) == self.stop_after:
            raise KeyboardInterrupt
        self.log.mkdir(exist_ok=True)
        mkstemp(dir=self.log)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.full(len(X), self.constant)

    @staticmethod
    def n_fits(log):
        return len(list(log.iterdir())) if log.exists() else 0


@pytest.fixture
def counting(tmp_path, monkeypatch):
    monkeypatch.setattr(CountingClassifier, "stop_after", None)
    return CountingClassifier(tmp_path / "fits")


def test_equals_scikit_learn(X, y, subjects):
    estimator = LogisticRegression()
    result = evaluate_subject_independent(estimator, X, y, subjects, cv=4)
    assert not hasattr(estimator, "classes_")
    shared = {"groups": subjects, "cv": GroupKFold(4)}
    scores = cross_val_score(estimator, X, y, **shared)
    np.testing.assert_array_equal(result.folds["accuracy"], scores)
    assert result.summary()["fold_std"] == pytest.approx(scores.std())
    np.testing.assert_array_equal(
        result.images["y_pred"], cross_val_predict(estimator, X, y, **shared)
    )
    np.testing.assert_array_equal(
        result.images[["proba_happy", "proba_sad"]],
        cross_val_predict(estimator, X, y, method="predict_proba", **shared),
    )


def test_images_come_in_the_order_of_the_data(X, y, subjects):
    images = evaluate_subject_independent(LinearSVC(), X, y, subjects, cv=4).images
    assert images["image"].tolist() == list(range(len(y)))
    assert images["y_true"].tolist() == y.tolist()
    assert images["subject"].tolist() == subjects.tolist()
    assert (images.groupby("subject")["fold"].nunique() == 1).all()
    assert not [name for name in images if name.startswith("proba")]  # LinearSVC has none


def test_subjects_ride_in_the_face_array(faces, y, subjects):
    result = evaluate_subject_independent(FaceClassifier(), faces, y, cv=4)
    assert result.images["subject"].tolist() == subjects.tolist()
    assert result.summary()["pooled_accuracy"] == 1


def test_images_without_subjects(X, y):
    with pytest.raises(ValueError, match="carry no subjects.* as subjects"):
        evaluate_subject_independent(LinearSVC(), X, y)
    faces = make_face_array(np.zeros((len(y), 8, 8), np.uint8))
    with pytest.raises(ValueError, match="72 of 72 images have no subject"):
        evaluate_subject_independent(FaceClassifier(), faces, y)


def test_image_split_puts_subjects_on_both_sides(X, y, subjects):
    result = evaluate_image_split(LogisticRegression(), X, y, subjects, cv=4)
    assert result.protocol == "leaky-image-split"
    assert (result.images.groupby("subject")["fold"].nunique() > 1).any()
    assert result.images["image"].tolist() == list(range(len(y)))


def test_image_split_overstates_a_classifier_that_knows_faces():
    # Each face has its own look and, within it, its own expression: memory helps, skill is nil.
    rng = np.random.default_rng(0)
    subjects = np.repeat([f"s{number:02d}" for number in range(40)], 6)
    y = np.tile(np.repeat(["happy", "sad"], 3), 40)
    looks = np.repeat(rng.normal(size=(80, 10)), 3, axis=0)
    X = looks + 0.1 * rng.normal(size=looks.shape)
    knn = KNeighborsClassifier(1)
    leaky = evaluate_image_split(knn, X, y, subjects).summary()["pooled_accuracy"]
    honest = evaluate_subject_independent(knn, X, y, subjects).summary()["pooled_accuracy"]
    assert leaky > 0.95
    assert 0.3 < honest < 0.7


def test_image_split_seed(X, y, subjects):
    folds = [
        evaluate_image_split(LinearSVC(), X, y, subjects, random_state=seed).images["fold"]
        for seed in (0, 0, 1)
    ]
    assert folds[0].equals(folds[1])
    assert not folds[0].equals(folds[2])


@pytest.mark.parametrize("evaluate", [evaluate_subject_independent, evaluate_image_split])
def test_jobs_change_nothing(X, y, subjects, evaluate):
    frames = [
        evaluate(LogisticRegression(), X, y, subjects, cv=4, n_jobs=n_jobs).images
        for n_jobs in (1, 2)
    ]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_search_is_fitted_with_subjects(X, y, subjects):
    search = GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 3]}, cv=GroupKFold(3))
    result = evaluate_subject_independent(search, X, y, subjects, cv=4)
    assert result.summary()["n_images"] == 72


def test_interrupted_run_loses_no_finished_fold(X, y, subjects, counting, tmp_path, monkeypatch):
    arguments = {"cv": 4, "memory": tmp_path / "cache"}
    monkeypatch.setattr(CountingClassifier, "stop_after", 3)
    with pytest.raises(KeyboardInterrupt):
        evaluate_subject_independent(counting, X, y, subjects, **arguments)
    assert counting.n_fits(counting.log) == 3
    monkeypatch.setattr(CountingClassifier, "stop_after", None)
    first = evaluate_subject_independent(counting, X, y, subjects, **arguments)
    assert counting.n_fits(counting.log) == 4
    again = evaluate_subject_independent(counting, X, y, subjects, **arguments)
    assert counting.n_fits(counting.log) == 4
    pd.testing.assert_frame_equal(first.images, again.images)
    pd.testing.assert_frame_equal(first.seconds, again.seconds)


@pytest.mark.parametrize(("is_asked_for", "n_fits"), [(False, 8), (True, 4)])
def test_folds_are_kept_if_asked_for(X, y, subjects, counting, tmp_path, is_asked_for, n_fits):
    memory = tmp_path / "cache" if is_asked_for else None
    for _ in range(2):
        evaluate_subject_independent(counting, X, y, subjects, cv=4, memory=memory)
    assert counting.n_fits(counting.log) == n_fits


@pytest.mark.parametrize("changed", ["X", "y", "estimator", "folds", "protocol", "version"])
def test_what_changed_is_computed_again(X, y, subjects, counting, tmp_path, monkeypatch, changed):
    arguments = {"cv": 4, "memory": str(tmp_path / "cache")}
    evaluate_subject_independent(counting, X, y, subjects, **arguments)
    evaluate = evaluate_subject_independent
    if changed == "X":
        X = X + 1e-9
    elif changed == "y":
        y = np.where(np.arange(len(y)) == 5, "happy", y)
    elif changed == "estimator":
        counting.set_params(constant="sad")
    elif changed == "folds":
        arguments["cv"] = GroupKFold(4, shuffle=True, random_state=0)
    elif changed == "protocol":
        evaluate = evaluate_image_split
    else:
        monkeypatch.setattr(skfer.evaluation._records, "__version__", "another")
    evaluate(counting, X, y, subjects, **arguments)
    assert counting.n_fits(counting.log) == 8


def test_changed_file_is_computed_again(y, subjects, counting, tmp_path):
    files = [tmp_path / f"{number}.png" for number in range(len(y))]
    for file in files:
        file.write_bytes(b"1")
    faces = make_face_array(files, subject=subjects)
    arguments = {"cv": 4, "memory": tmp_path / "cache"}
    for _ in range(2):
        evaluate_subject_independent(counting, faces, y, **arguments)
    assert counting.n_fits(counting.log) == 4
    files[0].write_bytes(b"12")
    evaluate_subject_independent(counting, faces, y, **arguments)
    assert counting.n_fits(counting.log) == 8


def test_silent_by_default(X, y, subjects, capsys):
    evaluate_subject_independent(LinearSVC(), X, y, subjects, cv=4)
    captured = capsys.readouterr()
    assert captured.err == captured.out == ""


def test_images_that_cv_never_tests_are_warned_of(X, y, subjects):
    folds = subject_folds(y, subjects, 4)[:3]
    with pytest.warns(UserWarning, match="18 of the 72 images are in no test part of cv"):
        evaluate_subject_independent(LogisticRegression(), X, y, subjects, cv=folds)
