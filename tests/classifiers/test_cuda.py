"""What only a GPU can show; skipped where there is none."""

import numpy as np
import pytest
import torch

from skfer.alignment import FaceAligner
from skfer.augmentation import EyeJitter, RandomAffine
from skfer.classifiers import CSPPClassifier, _batches
from skfer.datasets import make_faces
from skfer.inspection import grad_cam
from skfer.persistence import load_model, save_model

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.fixture(scope="module")
def data():
    X, y, _ = make_faces(6, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return FaceAligner((48, 48), margin=0.125).fit_transform(X), y


def quick(**parameters):
    settings = {"max_epochs": 3, "random_state": 0, "input_size": (48, 48), "device": "cuda"}
    return CSPPClassifier(**settings | parameters)


@pytest.mark.parametrize(
    "augmentation", [RandomAffine(brightness=0.1), EyeJitter(brightness=0.1), None]
)
def test_it_trains_and_predicts(X, y, augmentation):
    model = quick(augmentation=augmentation, max_epochs=15).fit(X, y)
    assert next(model.net_.module_.parameters()).is_cuda
    assert model.score(X, y) > 0.8


def test_the_cpu_predicts_the_same(X, y, tmp_path):
    model = quick(precision="float32").fit(X, y)
    save_model(model, tmp_path / "model.skfer")
    on_cpu = load_model(tmp_path / "model.skfer", device="cpu")
    np.testing.assert_allclose(on_cpu.predict_proba(X), model.predict_proba(X), atol=1e-3)
    np.testing.assert_allclose(grad_cam(on_cpu, X[:4]), grad_cam(model, X[:4]), atol=0.01)


def test_bfloat16_is_taken_and_predicts_nearly_the_same(X, y):
    model = quick().fit(X, y)
    assert model.net_.precision == "bfloat16"
    reduced = model.predict_proba(X)
    model.net_.precision = "float32"
    np.testing.assert_allclose(reduced, model.predict_proba(X), atol=0.05)


def test_streamed_faces_train_the_same_model(X, y, monkeypatch):
    held = quick(precision="float32").fit(X, y).predict_proba(X)
    monkeypatch.setattr(_batches, "_free_memory", lambda device: 0)
    streamed = quick(precision="float32").fit(X, y).predict_proba(X)
    np.testing.assert_allclose(streamed, held, atol=0.05)


def test_faces_lie_on_the_device_as_uint8(X, y):
    model = quick(max_epochs=1).fit(X, y)
    batches = model.net_.get_iterator(model.net_.get_dataset(X["image"].copy(), None))
    assert batches.images.is_cuda
    assert batches.images.dtype == torch.uint8
