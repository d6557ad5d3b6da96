"""Probabilities calibrated by subject."""

import numpy as np
import pandas as pd
import pytest
import sklearn.calibration
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.alignment import FaceAligner
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import SubjectCalibratedClassifier
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.features import SubjectNormalizer


@pytest.fixture(scope="module")
def data():
    return make_faces(8, 2, image_size=(48, 48), random_state=0)


@pytest.fixture(scope="module")
def svm():
    return make_pipeline(HOGDescriptor(), StandardScaler(), SVC(kernel="linear", break_ties=True))


@pytest.fixture(scope="module")
def fitted(data, svm):
    return SubjectCalibratedClassifier(svm).fit(data.faces, data.target)


def test_the_most_probable_class_is_that_of_the_classifier(data, svm, fitted):
    alone = svm.fit(data.faces, data.target)
    assert_array_equal(fitted.predict(data.faces), alone.predict(data.faces))
    assert_allclose(fitted.predict_proba(data.faces).sum(axis=1), 1)


def test_the_temperature_is_that_of_scores_by_subject(data, svm, fitted):
    y = np.unique(data.target, return_inverse=True)[1]
    scores = cross_val_predict(
        svm, data.faces, y, groups=data.subjects, cv=StratifiedGroupKFold(5),
        method="decision_function",
    )  # fmt: skip

    # The reference: scikit-learn's own loss and search.
    pytest.importorskip("sklearn", minversion="1.8")
    calibrator = sklearn.calibration._TemperatureScaling().fit(scores, y)
    assert_allclose(1 / fitted.temperature_, calibrator.beta_, rtol=1e-4)
    expected = calibrator.predict(svm.fit(data.faces, y).decision_function(data.faces))
    assert_allclose(fitted.predict_proba(data.faces), expected, atol=1e-4)


def test_a_class_of_one_person_is_left_out_of_the_calibration():
    rng = np.random.default_rng(0)
    subjects = np.repeat(np.arange(8), 4)
    y = np.where(np.arange(32) % 2, "happy", "sad").astype(object)
    y[:2] = "fear"
    X = rng.normal(size=(32, 3)) + 2 * np.unique(y, return_inverse=True)[1][:, None]
    for classifier in (SVC(kernel="linear"), LogisticRegression()):
        model = SubjectCalibratedClassifier(classifier, n_splits=4).fit(X, y, groups=subjects)
        assert model.classes_.tolist() == ["fear", "happy", "sad"]
        probabilities = model.predict_proba(X)
        assert np.isfinite(probabilities).all() and 1e-3 < model.temperature_ < 1e3
        assert (model.predict(X[:2]) == "fear").all()


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers the rows it was fitted on and asked about."""

    calls = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.calls.append(("fit", X[:, 0].tolist()))
        return self

    def predict_proba(self, X):
        self.calls.append(("ask", X[:, 0].tolist()))
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def test_nobody_is_scored_by_a_classifier_that_knows_them():
    subjects = np.repeat(np.arange(6.0), 4)
    Recorder.calls.clear()
    y = np.tile(["happy", "sad"], 12)
    SubjectCalibratedClassifier(Recorder(), n_splits=3).fit(subjects[:, None], y, groups=subjects)
    *inner, last = Recorder.calls
    assert last == ("fit", subjects.tolist())
    assert [name for name, _ in inner] == ["fit", "ask"] * 3
    for (_, known), (_, asked) in zip(inner[::2], inner[1::2], strict=True):
        assert not set(known) & set(asked)


def test_without_subjects_it_warns(data, svm):
    with pytest.warns(UserWarning, match="no subjects are known"):
        SubjectCalibratedClassifier(svm).fit(data.images, data.target)


def test_the_descriptor_runs_once(data, svm, monkeypatch):
    counts, describe = [], HOGDescriptor._describe
    monkeypatch.setattr(
        HOGDescriptor, "_describe", lambda self, X: (counts.append(len(X)), describe(self, X))[1]
    )
    model = SubjectCalibratedClassifier(svm).fit(data.faces, data.target)
    assert sum(counts) - len(data.faces) <= 1  # one to learn the number of features
    counts.clear()
    inside = Pipeline([("classify", SubjectCalibratedClassifier(svm))])
    evaluate_subject_independent(inside, data.faces, data.target, cv=4)
    assert sum(counts) - len(data.faces) <= 1
    assert isinstance(model.estimator_[0], HOGDescriptor)


@pytest.mark.parametrize("layout", ["faces", "images"])
def test_subjects_reach_it_in_an_evaluation(data, svm, layout, recwarn):
    inside = Pipeline([("classify", SubjectCalibratedClassifier(svm))])
    evaluate = evaluate_subject_independent
    result = evaluate(inside, data[layout], data.target, data.subjects, cv=GroupKFold(2))
    assert not [each for each in recwarn if "no subjects" in str(each.message)]
    fold = result.images[result.images.fold == 0]
    train = np.setdiff1d(np.arange(len(data.target)), fold.image)
    alone = SubjectCalibratedClassifier(svm).fit(data.faces[train], data.target[train])
    columns = fold.filter(like="proba_").to_numpy()
    assert_allclose(columns, alone.predict_proba(data.faces[fold.image]), atol=1e-9)


def test_features_with_groups_and_labels_of_any_kind():
    rng = np.random.default_rng(0)
    y = np.tile([3, 7], 20)
    X = pd.DataFrame(rng.normal(size=(40, 3)) + y[:, None] / 4, columns=list("abc"))
    model = SubjectCalibratedClassifier(LogisticRegression())
    model.fit(X, y, groups=np.repeat(np.arange(8), 5))
    assert set(model.predict(X)) == {3, 7}
    assert model.predict_proba(X).shape == (40, 2)


@pytest.mark.parametrize("n_images", [1, 4])
def test_classes_of_one_person_each_are_not_calibrated(n_images):
    subjects = np.repeat(np.arange(3), n_images)
    model = SubjectCalibratedClassifier(SVC())
    with pytest.warns(UserWarning, match="not calibrated"):
        model.fit(subjects[:, None], subjects, groups=subjects)
    assert model.temperature_ == 1


def test_a_calibrated_pipeline_can_be_calibrated_again(data, svm):
    again = SubjectCalibratedClassifier(make_pipeline(SubjectCalibratedClassifier(svm)))
    model = again.fit(data.faces, data.target)
    once = SubjectCalibratedClassifier(svm).fit(data.faces, data.target)
    assert_array_equal(model.predict(data.faces), once.predict(data.faces))
    result = evaluate_subject_independent(again, data.faces, data.target, cv=2)
    assert result.summary()["pooled_accuracy"] > 0.4
    assert isinstance(svm[0], HOGDescriptor)  # the user's estimator is as it was


def test_a_sampler_inside_runs_in_fit_only(data):
    sampler = EyeJitterSampler(1, random_state=0)
    pipeline = make_sampling_pipeline(sampler, FaceAligner((24, 24)), HOGDescriptor(), SVC())
    model = SubjectCalibratedClassifier(pipeline, n_splits=2).fit(data.faces, data.target)
    assert model.predict_proba(data.faces).shape == (len(data.faces), 6)


@pytest.mark.parametrize("ids", ["number", "text"])
def test_the_column_of_subjects_is_no_feature(ids):
    rng = np.random.default_rng(0)
    y = np.tile([3, 7], 20)
    subjects = np.repeat(np.arange(8), 5)
    X = pd.DataFrame(rng.normal(size=(40, 3)) + y[:, None] / 4, columns=list("abc"))
    named = X.assign(subject=[f"P{number}" if ids == "text" else number for number in subjects])
    svm = make_pipeline(StandardScaler(), SVC())
    expected = SubjectCalibratedClassifier(svm).fit(X, y, groups=subjects).predict_proba(X)
    model = SubjectCalibratedClassifier(svm).fit(named, y)
    assert model.n_features_in_ == 3
    # A column less may leave another layout in memory, and sums in another order.
    assert_allclose(model.predict_proba(named), expected, rtol=1e-9)
    assert_allclose(model.predict_proba(X), expected, rtol=1e-9)
    calibrated = SubjectCalibratedClassifier(make_pipeline(SubjectNormalizer(), SVC()))
    assert calibrated.fit(named, y).predict_proba(named).shape == (40, 2)
