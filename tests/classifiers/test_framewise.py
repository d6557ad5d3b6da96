"""A classifier of single images on sequences."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer.alignment import EyeLocator, FaceAligner
from skfer.classifiers import FramewiseClassifier, SubjectCalibratedClassifier, _framewise
from skfer.datasets import make_face_sequences
from skfer.descriptors import HOGDescriptor, PixelDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.faces import make_face_array, with_fields
from skfer.preprocessing import NeutralDifference
from tests.sequences import make_noise

DATA = make_face_sequences(6, expressions=("happy", "surprise"), n_frames=(3, 5), random_state=0)


class Recorder(ClassifierMixin, BaseEstimator):
    """Keeps what ``fit`` got; the probability of the first class is the first pixel over 255."""

    def fit(self, X, y):
        self.X_, self.y_, self.classes_ = X, y, np.unique(y)
        return self

    def predict_proba(self, X):
        first = np.array([image.flat[0] for image in X["image"]]) / 255
        return np.stack([first, 1 - first], axis=1)


def of_levels(*levels):
    """Make sequences whose frames have one grey level each."""
    shape = (8, 9)
    return [np.stack([np.full(shape, level, np.uint8) for level in each]) for each in levels]


def test_frames_bring_all_that_their_sequence_has():
    model = FramewiseClassifier(Recorder()).fit(DATA.faces, DATA.target)
    X, y = model.estimator_.X_, model.estimator_.y_
    lengths = DATA.frame["n_frames"]
    assert y.tolist() == np.repeat(DATA.target, lengths).tolist()
    assert X["subject"].tolist() == np.repeat(DATA.subjects, lengths).tolist()
    np.testing.assert_array_equal(X["image"], np.concatenate(DATA.faces["image"]))
    np.testing.assert_array_equal(X["eyes"], np.concatenate(DATA.faces["frame_eyes"]))
    assert "frame_eyes" not in X.dtype.names


def test_photographs_are_aligned_part_by_part(monkeypatch):
    align, seen = FaceAligner.transform, []

    def transform(self, X):
        seen.append(len(X))
        return align(self, X)

    still = make_pipeline(FaceAligner((16, 16)), HOGDescriptor(), LogisticRegression())
    whole = FramewiseClassifier(still).fit(DATA.faces, DATA.target)
    monkeypatch.setattr(FaceAligner, "transform", transform)
    monkeypatch.setattr(_framewise, "_CHUNK", 2)
    model = FramewiseClassifier(still).fit(DATA.faces, DATA.target)
    assert max(seen) <= 2 * 5
    assert sum(seen) == DATA.frame["n_frames"].sum()
    assert list(model.estimator_.named_steps) == list(still.named_steps)
    np.testing.assert_array_equal(
        model.predict_proba(DATA.faces), whole.predict_proba(DATA.faces), strict=True
    )


def test_photographs_of_several_sizes_come_in_parts(monkeypatch):
    monkeypatch.setattr(_framewise, "_CHUNK", 1)
    images = [*DATA.faces["image"][:2], *(each[:, 2:] for each in DATA.faces["image"][2:4])]
    faces = with_fields(DATA.faces[:4], image=images)
    model = FramewiseClassifier(make_pipeline(EyeLocator(), Recorder()))
    X = model.fit(faces, DATA.target[:4]).estimator_[-1].X_
    assert {image.shape for image in X["image"]} == {images[0].shape[1:], images[3].shape[1:]}


def test_frames_without_eyes_get_those_of_the_sequence():
    frame_eyes = [np.full((2, 2, 2), np.nan), np.ones((3, 2, 2))]
    faces = make_face_array(make_noise((2, 3)), np.zeros((2, 2, 2)), frame_eyes=frame_eyes)
    X = FramewiseClassifier(Recorder()).fit(faces, [0, 1]).estimator_.X_
    assert X["eyes"][:, 0, 0].tolist() == [0, 0, 1, 1, 1]


def test_the_last_frames_have_their_own_eyes():
    frame_eyes = [np.full((3, 2, 2), [[[1]], [[2]], [[3]]])]
    faces = make_face_array(make_noise((3,)), np.zeros((1, 2, 2)), frame_eyes=frame_eyes)
    X = FramewiseClassifier(Recorder(), fit_frames=2).fit(faces, [0]).estimator_.X_
    assert X["eyes"][:, 0, 0].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("which", "expected"),
    [("all", [1, 2, 3, 4, 5]), ("first", [1, 4]), ("middle", [2, 5]), (2, [2, 3, 4, 5])],
)
def test_which_frames_are_trained_on(which, expected):
    X = of_levels([1, 2, 3], [4, 5])
    model = FramewiseClassifier(Recorder(), fit_frames=which).fit(X, [0, 1])
    assert model.estimator_.X_["image"][:, 0, 0].tolist() == expected


@pytest.mark.parametrize(
    ("aggregate", "which", "expected"),
    [
        ("mean", "all", [0.5, 0.2]),
        ("mean", 1, [1.0, 0.2]),
        ("max", "all", [1.0 / 2, 0.2]),
        ("max", 2, [1.0 / 1.5, 0.2]),
    ],
)
def test_probabilities_of_frames_become_one(aggregate, which, expected):
    X = of_levels([0, 127, 255], [51])
    model = FramewiseClassifier(Recorder(), aggregate=aggregate, predict_frames=which)
    probabilities = model.fit(X, ["a", "b"]).predict_proba(X)
    np.testing.assert_allclose(probabilities[:, 0], expected, atol=0.003)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert model.predict(X).tolist() == ["a" if p >= 0.5 else "b" for p in probabilities[:, 0]]


def test_many_sequences_are_predicted_in_chunks():
    X = of_levels(*[[number] for number in range(40)])
    model = FramewiseClassifier(Recorder()).fit(X, [0, 1] * 20)
    np.testing.assert_allclose(model.predict_proba(X)[:, 0] * 255, range(40))


def test_an_error_about_frames_says_that_its_samples_are_frames():
    model = FramewiseClassifier(make_pipeline(PixelDescriptor(), LogisticRegression()))
    alike = make_noise((2, 3))
    other = np.zeros((1, 5, 5), np.uint8)
    with pytest.raises(ValueError, match=r"Sample 5 has shape .* 6 frames of sequences 0 to 2"):
        model.fit([*alike, other], [0, 1, 1])
    model.fit(alike, [0, 1])
    with pytest.raises(ValueError, match=r"shape .* 1 frames of sequences 0 to 0"):
        model.predict([other])


def test_a_pipeline_for_photographs_in_folds_and_searches():
    still = make_pipeline(FaceAligner(), HOGDescriptor(), LogisticRegression())
    model = FramewiseClassifier(still, fit_frames=2, predict_frames=2)
    search = GridSearchCV(model, {"fit_frames": [1, 2]}, cv=GroupKFold(3))
    search.fit(DATA.faces, DATA.target, groups=DATA.subjects)
    assert search.best_score_ > 0.9
    rows = make_pipeline(PixelDescriptor(), LogisticRegression())
    difference = make_pipeline(FaceAligner(), NeutralDifference(), FramewiseClassifier(rows))
    results = evaluate_subject_independent(
        {"still": model, "difference": difference}, DATA.faces, DATA.target, cv=3
    )
    for result in results.values():
        assert (result.images["y_pred"] == result.images["y_true"]).mean() > 0.8
        assert "of 12 sequences correct" in repr(result)


def test_what_is_calibrated_inside_goes_by_subject():
    svm = SubjectCalibratedClassifier(make_pipeline(HOGDescriptor(), SVC()), n_splits=3)
    model = FramewiseClassifier(svm).fit(DATA.faces, DATA.target)  # no warning: subjects are known
    assert model.estimator_.temperature_ > 0
    stacks = of_levels([1], [9], [2], [8])
    given = FramewiseClassifier(Recorder()).fit(stacks, [0, 1, 0, 1], groups=["p", "q", "r", "s"])
    assert given.estimator_.X_["subject"].tolist() == ["p", "q", "r", "s"]


def test_an_evaluation_hands_over_the_subjects_of_plain_arrays():
    X = np.stack(of_levels(*[[10, 200] if number % 2 else [200, 10] for number in range(8)]))
    model = FramewiseClassifier(Recorder())
    result = evaluate_subject_independent(model, X, ["a", "b"] * 4, list("ppqqrrss"), cv=2)
    assert len(result.images) == 8


@pytest.mark.parametrize(
    ("parameters", "X", "y", "message"),
    [
        ({}, np.zeros((2, 9, 8)), [0, 1], "Sample 0 is a single image, but FramewiseClassifier"),
        ({}, make_noise((2, 2)), [0, 1, 1], "inconsistent numbers of samples"),
        ({}, make_noise((2, 2)), [0.5, 1.5], "continuous"),
        ({"fit_frames": 0}, make_noise((2, 2)), [0, 1], "fit_frames"),
        ({"aggregate": "sum"}, make_noise((2, 2)), [0, 1], "aggregate"),
        ({"estimator": object()}, make_noise((2, 2)), [0, 1], "estimator"),
        (
            {"estimator": make_pipeline(HOGDescriptor(), SVC())},
            make_noise((2, 2)),
            [0, 1],
            "SVC gives no probabilities.* in a SubjectCalibratedClassifier",
        ),
    ],
)
def test_bad_input(parameters, X, y, message):
    model = FramewiseClassifier(DummyClassifier()).set_params(**parameters)
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)
