"""PredictorAdapter: what it hands over, what it makes of the answer, and what the guards say."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skfer.alignment import FaceAligner
from skfer.classifiers import NetworkClassifier, PredictorAdapter
from skfer.classifiers._onnx_predictor import OnnxPredictor
from skfer.datasets import make_faces
from skfer.evaluation import evaluate_subject_independent
from skfer.persistence import export_onnx
from tests.onnx_files import write_graph
from tests.small_network import SmallNetwork

LABELS = ["Happiness", "Sadness", "Neutral"]


def brightness(images):
    """Bright is happy, dark is sad; and half the probability says neutral."""
    happy = images.reshape(len(images), -1).mean(axis=1) / 255 / 2
    return np.column_stack([happy, 0.5 - happy, np.full(len(images), 0.5)])


def name_brightness(images):
    return np.array(LABELS)[brightness(images)[:, :2].argmin(axis=1) * 2]


@pytest.fixture
def X():
    return np.stack([np.full((6, 5), value, np.uint8) for value in (250, 10, 200, 30) * 2])


@pytest.fixture
def y():
    return np.array(["happy", "sad"] * 4)


@pytest.fixture
def subjects():
    return np.repeat(["a", "b", "c", "d"], 2)


def test_probabilities_of_the_classes(X, y):
    adapter = PredictorAdapter(brightness, LABELS).fit(X, y)
    assert adapter.classes_.tolist() == ["happy", "sad"]
    probabilities = adapter.predict_proba(X)
    np.testing.assert_allclose(probabilities[0], [250 / 255, 5 / 255])
    assert adapter.predict(X).tolist() == y.tolist()
    assert adapter.score(X, y) == 1
    assert adapter.n_features_in_ == 30


def test_all_classes_of_the_model(X, y):
    adapter = PredictorAdapter(brightness, LABELS, restrict=False).fit(X, y)
    assert adapter.classes_.tolist() == ["happy", "neutral", "sad"]
    np.testing.assert_allclose(adapter.predict_proba(X)[:, 1], 0.5)
    assert set(adapter.predict(X)) == {"neutral"}


def test_a_dict_names_the_classes(X):
    adapter = PredictorAdapter(brightness, {"smile": "good", "frown": "bad", "rest": "bad"})
    adapter.fit(X, ["good", "bad"] * 4)
    np.testing.assert_allclose(adapter.predict_proba(X)[0], [1 - 125 / 255, 125 / 255])


def test_labels_outside_the_vocabulary(X):
    adapter = PredictorAdapter(brightness, ["pain", "no pain", "Neutral"])
    adapter.fit(X, ["pain", "no pain"] * 4)
    assert adapter.predict(X).tolist() == ["pain", "no pain"] * 4
    assert repr(OnnxPredictor("model.onnx")) == "OnnxPredictor('model.onnx')"


def test_where_the_model_knows_no_class(X, y):
    adapter = PredictorAdapter(lambda images: np.tile([0, 0, 1.0], (len(images), 1)), LABELS)
    assert (adapter.fit(X, y).predict_proba(X) == 0.5).all()


def test_labels_alone(X, y):
    adapter = PredictorAdapter(name_brightness, LABELS, output="labels").fit(X, y)
    assert not hasattr(adapter, "predict_proba")
    assert adapter.predict(X).tolist() == ["neutral", "happy"] * 4
    adapter.set_params(predictor=lambda images: np.array(["joyless"] * len(images)))
    with pytest.raises(ValueError, match="returned 'joyless'"):
        adapter.predict(X)


def test_what_the_model_is_given(X, y):
    seen = []

    def look(images):
        seen.append(images)
        return brightness(images)

    adapter = PredictorAdapter(look, LABELS, n_channels=3, image_size=(12, 8), batch_size=3)
    adapter.fit(X, y).predict(X)
    assert [images.shape for images in seen] == [(3, 12, 8, 3), (3, 12, 8, 3), (2, 12, 8, 3)]
    assert all(images.dtype == np.uint8 for images in seen)
    adapter.set_params(n_channels=1, image_size=None, batch_size=256).predict(X)
    np.testing.assert_array_equal(seen[-1], X)
    adapter.fit(X / 255.0, y).predict(X / 255.0)
    assert seen[-1].max() < 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.ones((8, 2)), r"shape \(8, 2\), but 3 labels need \(8, 3\)"),
        (np.full((8, 3), -1.0), "negative or not finite.*softmax"),
        (np.full((8, 3), np.nan), "negative or not finite"),
        (np.ones((7, 3)), "7 answers for 8 images"),
    ],
)
def test_answers_that_are_refused(X, y, answer, message):
    adapter = PredictorAdapter(lambda images: answer, LABELS).fit(X, y)
    with pytest.raises(ValueError, match=message):
        adapter.predict(X)


def test_labels_that_the_model_does_not_know(X):
    with pytest.raises(ValueError, match="does not know 'contempt', but 'happy', 'sad', 'neutral'"):
        PredictorAdapter(brightness, LABELS).fit(X, ["happy", "contempt"] * 4)


def test_it_is_cloned_and_pickled(X, y):
    adapter = PredictorAdapter(brightness, LABELS, image_size=(4, 4))
    assert clone(adapter).get_params() == adapter.get_params()
    again = pickle.loads(pickle.dumps(adapter.fit(X, y)))
    np.testing.assert_array_equal(again.predict_proba(X), adapter.predict_proba(X))


def test_under_the_protocol(X, y, subjects, tmp_path):
    adapter = PredictorAdapter(brightness, LABELS)
    for _ in range(2):  # the second time from the memory
        result = evaluate_subject_independent(adapter, X, y, subjects, cv=4, memory=tmp_path)
        assert result.summary()["pooled_accuracy"] == 1
    assert (cross_val_score(adapter, X, y, groups=subjects, cv=GroupKFold(4)) == 1).all()


@pytest.mark.parametrize(
    "adapter",
    [
        PredictorAdapter(brightness, LABELS, restrict=False),
        PredictorAdapter(name_brightness, LABELS, output="labels"),
    ],
    ids=["all-classes", "labels"],
)
def test_an_answer_that_the_data_lack_is_wrong(X, y, subjects, adapter, tmp_path):
    for _ in range(2):  # no fold is kept, and none is called damaged
        result = evaluate_subject_independent(adapter, X, y, subjects, cv=4, memory=tmp_path)
    assert (result.images["y_pred"] == "neutral").sum() >= 4
    assert result.summary()["pooled_accuracy"] == 0


def test_a_fitted_classifier_is_no_foreign_model(X, y, subjects):
    model = LogisticRegression().fit(X.reshape(8, -1), y)
    adapter = PredictorAdapter(model.predict_proba, ["happy", "sad"])
    with pytest.raises(ValueError, match="stays as it was fitted"):
        evaluate_subject_independent(adapter, X, y, subjects, cv=4)


@pytest.mark.parametrize(
    "shape",
    [["n", 1, 8, 7], [1, 3, 8, 7], ["n", 8, 7, 3], ["n", 8, 7]],
    ids=["grey", "one-at-a-time", "channels-last", "no-channels"],
)
def test_onnx_of_a_foreign_model(X, y, tmp_path, shape):
    pytest.importorskip("onnxruntime")
    path = tmp_path / "model.onnx"
    write_graph(path, shape)
    labels = {"bright": "happy", "dark": "sad"}
    adapter = PredictorAdapter.from_onnx(path, labels, mean=127.5, std=12.75, logits=True)
    assert adapter.image_size == (8, 7)
    assert adapter.n_channels == (3 if 3 in shape else 1)
    adapter.fit(X, y)
    expected = 1 / (1 + np.exp(-(X[:, 0, 0] - 127.5) / 12.75))
    np.testing.assert_allclose(adapter.predict_proba(X)[:, 0], expected, rtol=1e-4)
    again = pickle.loads(pickle.dumps(clone(adapter).fit(X, y)))
    assert again.predict(X).tolist() == y.tolist()


def test_onnx_without_labels_or_images(tmp_path):
    pytest.importorskip("onnxruntime")
    path = tmp_path / "model.onnx"
    write_graph(path, ["n", 8, 7])
    with pytest.raises(ValueError, match="does not say its labels"):
        PredictorAdapter.from_onnx(path)
    write_graph(path, ["n", 56])
    with pytest.raises(ValueError, match=r"takes an input of shape \['n', 56\]"):
        PredictorAdapter.from_onnx(path, ["happy", "sad"])


def test_onnx_of_skfer(tmp_path):
    pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    X, y, subjects = make_faces(4, 1, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    images = FaceAligner((24, 24)).fit_transform(X)["image"]
    network = NetworkClassifier(
        SmallNetwork, max_epochs=1, random_state=0, device="cpu", precision="float32"
    )
    export_onnx(network.fit(images, y), tmp_path / "model.onnx")
    adapter = PredictorAdapter.from_onnx(tmp_path / "model.onnx").fit(images, y)
    np.testing.assert_allclose(
        adapter.predict_proba(images), network.predict_proba(images), atol=1e-4
    )
    with pytest.raises(ValueError, match="takes pixels of uint8"):
        adapter.predict(images / 255.0)
    system = make_pipeline(FaceAligner((24, 24)), adapter)
    result = evaluate_subject_independent(system, X, y, cv=4, memory=tmp_path / "folds")
    assert len(result.images) == len(subjects)
