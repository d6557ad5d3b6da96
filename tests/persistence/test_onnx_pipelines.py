"""What an exported graph holds of the steps before the network, and what it refuses."""

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from torch import nn

from skfer.alignment import FaceAligner
from skfer.classifiers import NetworkClassifier
from skfer.descriptors import PixelDescriptor
from skfer.persistence import export_onnx
from skfer.pipelines import make_cspp_pipeline
from skfer.preprocessing import IntensityNormalizer

onnxruntime = pytest.importorskip("onnxruntime")

LABELS = np.array(["sad", "happy"] * 6)


@pytest.fixture(scope="module")
def stack():
    """Faces of a kind: one pattern a label, of little contrast, under noise."""
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 60, (2, 24, 24))
    return (100 + patterns[np.arange(12) % 2] + rng.integers(0, 10, (12, 24, 24))).astype(np.uint8)


class Linear(nn.Module):
    """A network that is exported in no time, and is not blind to gain."""

    def __init__(self, n_classes, image_size):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(np.prod(image_size), n_classes))

    def forward(self, images):
        return self.layers(images)


def quick(**parameters):
    settings = {"max_epochs": 1, "random_state": 0, "device": "cpu", "precision": "float32"}
    return NetworkClassifier(Linear, **settings | parameters)


def probabilities(path, images):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"images": images})[0]


def test_local_contrast_of_a_pipeline_is_in_the_graph(stack, tmp_path):
    X = stack / np.float32(255)
    model = make_pipeline(IntensityNormalizer(5, floor=0.1), "passthrough", quick()).fit(X, LABELS)
    assert export_onnx(model, tmp_path / "model.onnx", dtype="float32") <= 1e-4
    exported = probabilities(tmp_path / "model.onnx", X)
    np.testing.assert_allclose(exported, model.predict_proba(X), atol=1e-4)


def test_the_recipe_of_the_paper_is_exported_as_it_predicts(stack, tmp_path):
    model = make_cspp_pipeline(
        align=None, recipe="paper", max_epochs=3, lr=0.01, batch_size=8, random_state=0
    )
    model.set_params(
        jitter__n_copies=1, classify__network__dropout=0.0, classify__precision="float32"
    ).fit(stack, LABELS)
    export_onnx(model, tmp_path / "model.onnx")
    exported = probabilities(tmp_path / "model.onnx", stack)
    np.testing.assert_allclose(exported, model.predict_proba(stack), atol=1e-4)
    assert exported.std() > 0.01  # not the same for all


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        ([FunctionTransformer(np.sqrt)], "'functiontransformer', FunctionTransformer"),
        ([PixelDescriptor()], "'pixeldescriptor', PixelDescriptor"),
        (
            [IntensityNormalizer(), FaceAligner((20, 20), rotate=False, crop=None)],
            "'facealigner', FaceAligner",
        ),
    ],
)
def test_other_steps_are_refused_by_name(stack, tmp_path, steps, named):
    model = make_pipeline(*steps, quick()).fit(stack, LABELS)
    with pytest.raises(ValueError, match=f"The step {named}, cannot be written"):
        export_onnx(model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_classifier_of_bright_floats_takes_no_uint8(stack, tmp_path):
    X = stack.astype(np.float32)
    model = quick().fit(X, LABELS)
    with pytest.raises(
        ValueError, match="pixels up to 1, but .* up to 168.* uint8 counts as 1 here"
    ):
        export_onnx(model, tmp_path / "model.onnx")
    assert export_onnx(model, tmp_path / "model.onnx", dtype="float32") <= 1e-4
    exported = probabilities(tmp_path / "model.onnx", X)
    np.testing.assert_allclose(exported, model.predict_proba(X), atol=1e-4)


def test_it_is_compared_in_float32_and_nothing_of_the_callers_is_moved(
    stack, tmp_path, monkeypatch
):
    moved = []
    move = torch.nn.Module.cpu
    monkeypatch.setattr(torch.nn.Module, "cpu", lambda self: (moved.append(self), move(self))[1])
    model = quick(precision="bfloat16").fit(stack, LABELS)
    before = model.predict_proba(stack)
    assert export_onnx(model, tmp_path / "model.onnx") <= 1e-4
    assert moved and not {id(m) for m in moved} & {id(m) for m in model.net_.module_.modules()}
    assert model.net_.precision == "bfloat16"
    np.testing.assert_array_equal(model.predict_proba(stack), before)
