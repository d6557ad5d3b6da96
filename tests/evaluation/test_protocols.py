import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

from skfer.evaluation import evaluate_image_split, evaluate_subject_independent, subject_folds
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


def test_silent_by_default(X, y, subjects, capsys):
    evaluate_subject_independent(LinearSVC(), X, y, subjects, cv=4)
    captured = capsys.readouterr()
    assert captured.err == captured.out == ""


def test_images_that_cv_never_tests_are_warned_of(X, y, subjects):
    folds = subject_folds(y, subjects, 4)[:3]
    with pytest.warns(UserWarning, match="18 of the 72 images are in no test part of cv"):
        evaluate_subject_independent(LogisticRegression(), X, y, subjects, cv=folds)
