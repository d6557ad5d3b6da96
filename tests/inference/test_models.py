"""Models of every kind: what they are given, and what is asked of them."""

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import LinearSVC

from skfer.alignment import SQUARE_CROP, EyeLocator, FaceAligner
from skfer.alignment._eye_search import EyeSearch
from skfer.alignment._geometry import template_eyes
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import NetworkClassifier, SubjectCalibratedClassifier
from skfer.descriptors import HOGDescriptor, LandmarkDescriptor
from skfer.faces import make_face_array
from skfer.inference import predict_images, stream_predictions
from skfer.inference._model import FaceModel
from skfer.pipelines import make_network_pipeline
from skfer.utils._opencv import cv2
from tests.small_network import SmallNetwork


def check_equal(model, paths):
    table = predict_images(model, paths)
    assert table["expression"].tolist() == model.predict(paths).tolist()
    names = [f"proba_{label}" for label in model.classes_]
    np.testing.assert_allclose(table[names], model.predict_proba(paths), atol=1e-6)


def hog(C=1.0):
    return make_pipeline(
        EyeLocator(), FaceAligner(), HOGDescriptor(), LogisticRegression(C=C, max_iter=50)
    )


class OwnPipeline(Pipeline):
    """One of the user's, which may predict by a rule of its own."""

    def predict(self, X):
        return super().predict(X)[::-1][::-1]


@pytest.mark.parametrize(
    "model",
    [
        VotingClassifier([("a", hog()), ("b", hog(0.1))], voting="soft"),
        GridSearchCV(hog(), {"logisticregression__C": [0.1, 1.0]}, cv=2),
        OwnPipeline(hog().steps),
        SubjectCalibratedClassifier(hog(), n_splits=2),
        make_sampling_pipeline(
            EyeLocator(),
            EyeJitterSampler(1, random_state=0),
            FaceAligner(),
            HOGDescriptor(),
            LogisticRegression(),
        ),
        make_pipeline(
            EyeLocator(landmarks=True), FaceAligner(), LandmarkDescriptor(), LogisticRegression()
        ),
    ],
    ids=lambda model: type(model).__name__,
)
def test_models_of_models(model, data, paths):
    check_equal(clone(model).fit(data.faces, data.target), paths)


@pytest.mark.parametrize("with_sampler", [False, True])
def test_a_photograph_is_not_kept(data, with_sampler):
    jitter = [EyeJitterSampler(1, random_state=0)] if with_sampler else []
    aligner = FaceAligner((24, 24))
    model = make_sampling_pipeline(EyeLocator(), *jitter, aligner, HOGDescriptor(), LinearSVC())
    model.fit(data.faces, data.target)
    found = EyeSearch(data.faces["eyes"][0], 1.0, np.zeros((2, 2)), "")
    waiting = FaceModel(model, False).prepare(data.images[0], found)
    assert waiting.dtype != object
    assert waiting.nbytes < data.images[0].nbytes


def test_a_network_runs_once(data, paths, monkeypatch):
    model = make_network_pipeline(SmallNetwork, max_epochs=2, random_state=0)
    model.fit(data.faces, data.target)
    check_equal(model, paths)
    monkeypatch.setattr(NetworkClassifier, "predict", None)
    assert predict_images(model, paths)["success"].all()


class Contrary(ClassifierMixin, BaseEstimator):
    """Predicts another class than the most probable one, as a support vector machine may."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.tile([0.9, 0.1], (len(X), 1))

    def predict(self, X):
        return np.repeat(self.classes_[1], len(X))


def test_what_predicts_otherwise_is_asked(data, paths):
    model = make_pipeline(EyeLocator(), FaceAligner(), HOGDescriptor(), Contrary())
    table = predict_images(model.fit(data.faces, data.target), paths)
    assert table["expression"].tolist() == ["sad"] * 3
    assert table["proba_happy"].tolist() == [0.9] * 3


def test_without_probabilities(data, paths):
    model = make_pipeline(EyeLocator(), FaceAligner(), HOGDescriptor(), LinearSVC())
    model.fit(data.faces, data.target)
    table = predict_images(model, paths)
    assert table["expression"].tolist() == model.predict(paths).tolist()
    assert not table.columns.str.startswith("proba").any()


def test_classes_that_are_numbers(data, paths):
    codes = np.where(data.target == "sad", 7, 3)
    table = predict_images(hog().fit(data.faces, codes), paths)
    assert set(table["expression"]) <= {3, 7}
    assert {"proba_3", "proba_7"} <= set(table.columns)


def test_crops(crops_model, crops, tmp_path):
    cv2.imwrite(str(tmp_path / "0.png"), crops[0])
    table = predict_images(crops_model, [tmp_path / "0.png", *crops[1:]], cropped=True)
    assert table["expression"].tolist() == crops_model.predict(crops).tolist()
    assert table["success"].all()
    assert table.loc[0, "box_x":"box_height"].tolist() == [0, 0, 48, 48]
    assert table["left_eye_x"].isna().all()


def test_crops_of_another_size_are_rows(crops_model, crops):
    table = predict_images(crops_model, [crops[0], crops[1][:40, :40]], cropped=True)
    assert table["success"].tolist() == [1, 0]
    assert "(40, 40)" in table.loc[1, "problem"]


def test_crops_as_flattened_rows(crops, data):
    model = LogisticRegression(max_iter=500).fit(crops.reshape(len(crops), -1) / 255, data.target)
    table = predict_images(model, list(crops / 255), cropped=True)
    expected = model.predict(crops.reshape(len(crops), -1) / 255)
    assert table["expression"].tolist() == expected.tolist()


def test_photographs_for_a_model_of_crops_are_refused(crops_model):
    with pytest.raises(ValueError, match="cropped already.*cropped=True"):
        stream_predictions(crops_model, [])


def test_crops_for_a_model_of_photographs_have_the_eyes_of_its_aligner(model, crops):
    table = predict_images(model, list(crops), cropped=True)
    eyes = np.tile(template_eyes((48, 48), SQUARE_CROP), (len(crops), 1, 1))
    assert table["expression"].tolist() == model.predict(make_face_array(crops, eyes)).tolist()
    assert table["confidence"].eq(1).all()
