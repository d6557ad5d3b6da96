import json
import sys

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer import networks
from skfer.alignment import FaceAligner
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.persistence import _onnx, export_onnx
from tests.small_network import SmallNetwork

onnxruntime = pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (8, 30, 28), np.uint8), np.array(["sad", "happy"] * 4)


def probabilities(path, images):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session, session.run(None, {"images": images})[0]


@pytest.mark.parametrize(
    "model",
    [
        CSPPClassifier(max_epochs=1, input_size=(24, 24), test_time_flip=True),
        # Half a pixel is interpolated, and the cells of the pyramid overlap.
        NetworkClassifier(SmallNetwork, max_epochs=1, input_size=(25, 24)),
        NetworkClassifier(networks.LopesNet, max_epochs=1, network__contrast_window=None),
    ],
    ids=["contrast-crop-flip", "odd-margin", "lopes"],
)
def test_probabilities_are_those_of_the_model(data, tmp_path, model):
    X, y = data
    model.set_params(random_state=0, device="cpu", precision="float32").fit(X, y)
    path = tmp_path / "model.onnx"
    assert export_onnx(model, path) <= 1e-4
    session, exported = probabilities(path, X)
    np.testing.assert_allclose(exported, model.predict_proba(X), atol=1e-4)
    assert json.loads(session.get_modelmeta().custom_metadata_map["labels"]) == ["happy", "sad"]
    assert sorted(path.parent.iterdir()) == [path]  # the weights are inside


def test_last_step_of_a_pipeline_and_float_images(data, tmp_path):
    X, y = data
    aligner = FaceAligner((24, 24))
    network = NetworkClassifier(SmallNetwork, max_epochs=1, random_state=0, precision="float32")
    pipeline = make_pipeline(aligner, network)
    images = X / np.float32(255)
    pipeline.fit(images, y)
    export_onnx(pipeline, tmp_path / "model.onnx", dtype="float32")
    _, exported = probabilities(tmp_path / "model.onnx", aligner.transform(images))
    np.testing.assert_allclose(exported, pipeline.predict_proba(images), atol=1e-4)


def test_what_cannot_be_exported(data, tmp_path, monkeypatch):
    X, y = data
    with pytest.raises(TypeError, match="SVC has no network"):
        export_onnx(SVC(), tmp_path / "model.onnx")
    model = NetworkClassifier(SmallNetwork, max_epochs=1, random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="dtype='int8'"):
        export_onnx(model, tmp_path / "model.onnx", dtype="int8")
    monkeypatch.setattr(_onnx, "_TOLERANCE", -1)
    with pytest.raises(RuntimeError, match="other probabilities"):
        export_onnx(model, tmp_path / "model.onnx")
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ImportError, match=r"'\.\[onnx\]'"):
        export_onnx(model, tmp_path / "model.onnx")
