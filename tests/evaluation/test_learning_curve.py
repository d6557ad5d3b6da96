import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from skfer.evaluation import evaluate_learning_curve, evaluate_subject_independent


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers the rows it was fitted on, in the class, since each fold fits a clone."""

    fitted = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.fitted.append(X[:, 0].astype(int).tolist())
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.fixture(autouse=True)
def forget():
    Recorder.fitted.clear()


def test_training_parts_grow_by_whole_subjects_and_test_folds_stay(data):
    X, y, subjects = data
    X = np.arange(len(y))[:, np.newaxis]
    results = evaluate_learning_curve(
        Recorder(), X, y, subjects, cv=3, n_train_subjects=[6, 2, 4], random_state=5
    )
    assert list(results) == [2, 4, 6]
    parts = np.array(Recorder.fitted, dtype=object).reshape(3, 3)
    for fold in range(3):
        images = results[2].images
        tested = set(images.loc[images["fold"] == fold, "subject"])
        for size, rows in zip(results, parts[:, fold], strict=True):
            names, counts = np.unique(subjects[rows], return_counts=True)
            assert len(names) == size
            assert (counts == 6).all()  # all images of a subject
            assert not tested & set(names)
        assert set(parts[0, fold]) < set(parts[1, fold]) < set(parts[2, fold])
    for result in results.values():
        assert result.images["fold"].equals(results[2].images["fold"])


def test_all_training_subjects_give_the_ordinary_result(data):
    curve = evaluate_learning_curve(LogisticRegression(), *data, cv=4)
    assert list(curve) == [2, 4, 6, 7, 9]
    expected = evaluate_subject_independent(LogisticRegression(), *data, cv=4)
    assert curve[9].images.equals(expected.images)


def test_two_people_make_a_curve_of_one_point(data):
    two = (part[:12] for part in data)
    assert list(evaluate_learning_curve(LogisticRegression(), *two, cv=2)) == [1]


@pytest.mark.parametrize("sizes", [[0, 3], [3, 10], []])
def test_numbers_out_of_range_are_refused(data, sizes):
    with pytest.raises(ValueError, match="allows 1 to 9 subjects"):
        evaluate_learning_curve(LogisticRegression(), *data, cv=4, n_train_subjects=sizes)


def test_subjects_that_cannot_show_all_classes_are_refused(data):
    X, _, subjects = data
    y = np.where(np.unique(subjects, return_inverse=True)[1] % 2, "happy", "sad")
    with pytest.raises(ValueError, match="draws of 1 training subjects none shows all 2 classes"):
        evaluate_learning_curve(LogisticRegression(), X, y, subjects, n_train_subjects=[1], cv=3)
    evaluate_learning_curve(LogisticRegression(), X, y, subjects, n_train_subjects=[2], cv=3)


def test_several_estimators_are_refused(data):
    with pytest.raises(ValueError, match="of one estimator"):
        evaluate_learning_curve({"lr": LogisticRegression()}, *data)
