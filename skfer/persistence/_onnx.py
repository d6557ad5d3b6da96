"""Export of a classifier to ONNX, preprocessing of the network included."""

import io
import json
import logging
import warnings
from contextlib import redirect_stdout
from copy import deepcopy
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted
from torch import nn

from skfer.alignment import EyeLocator, FaceAligner
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers._batches import central_crop, scale_to_unit
from skfer.networks import LocalContrastNormalization
from skfer.persistence._networks import NETWORK_CLASSIFIERS
from skfer.preprocessing import IntensityNormalizer
from skfer.utils._choice import check_choice
from skfer.utils._files import atomic_path
from skfer.utils._optional import require

_TOLERANCE = 1e-4
_MOST_IMAGES = 2**31 - 1  # in one batch; torch 2.8 exports no number without a bound

# Steps that move faces, or act in `fit` only.
_OF_THE_CALLER = (EyeLocator, FaceAligner, EyeJitterSampler)


def export_onnx(
    model: BaseEstimator, path: str | Path, *, dtype: Literal["uint8", "float32"] = "uint8"
) -> float:
    """Export a classifier over a network to ONNX, and check the file against it.

    The graph takes ``images`` of shape (n_images, height, width), aligned faces, and gives
    ``probabilities`` of shape (n_images, n_classes). Scaling, local contrast, central crop,
    softmax and test-time flips are inside. The labels are in the file's metadata, under
    ``labels``.

    Parameters
    ----------
    model : CSPPClassifier, NetworkClassifier or Pipeline
        Fitted. Of a pipeline the last step is exported, with any
        :class:`~skfer.preprocessing.IntensityNormalizer` before it; the alignment is the caller's.
    path : str or Path
        File to write.
    dtype : {"uint8", "float32"}, default="uint8"
        Type of the images; as in ``predict``, uint8 is divided by 255, float taken as it is.

    Returns
    -------
    difference : float
        Largest difference between the probabilities of onnxruntime and those of the model on the
        CPU in float32, on random images of the range of those of ``fit``.

    Raises
    ------
    TypeError
        If the model has no network.
    ValueError
        If another step of the pipeline changes the images, or the classifier was fitted on pixels
        of another range than `dtype` has.
    RuntimeError
        If the probabilities differ by more than 1e-4; nothing is written.
    ImportError
        If onnx, onnxscript or onnxruntime is missing.

    Examples
    --------
    >>> from skfer.persistence import export_onnx
    >>> export_onnx(42, "model.onnx")
    Traceback (most recent call last):
    ...
    TypeError: int has no network; export a CSPPClassifier or NetworkClassifier.
    """
    check_choice("dtype", dtype, ("uint8", "float32"))
    classifier, normalizers = _take_apart(model)
    onnx, onnxruntime, _ = [
        require(name, extra="onnx", needed_by="export_onnx")
        for name in ("onnx", "onnxruntime", "onnxscript")
    ]
    classifier = _on_cpu(classifier)
    limits = (0.0, 1.0) if normalizers else classifier.pixel_range_
    images = _random_images(classifier.image_shape_, dtype, *limits)
    expected = make_pipeline(*normalizers, classifier).predict_proba(images.numpy())
    graph = _trace(_Deployed(classifier, normalizers), images)
    graph.metadata_props.add(key="labels", value=json.dumps(classifier.classes_.tolist()))
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (probabilities,) = session.run(None, {"images": images.numpy()})
    difference = float(np.abs(probabilities - expected).max())
    if not difference <= _TOLERANCE:
        raise RuntimeError(
            f"The graph gives other probabilities than the model, by {difference:.2g}; '{path}' is "
            "not written."
        )
    with atomic_path(path) as unfinished:
        onnx.save(graph, unfinished)
    return difference


def _take_apart(model):
    """Return the classifier and the normalizers before it; refuse what changes images otherwise."""
    steps = model.steps if isinstance(model, Pipeline) else [("model", model)]
    classifier, normalizers = steps[-1][1], []
    if not isinstance(classifier, NETWORK_CLASSIFIERS):
        raise TypeError(
            f"{type(classifier).__name__} has no network; export a CSPPClassifier or "
            "NetworkClassifier."
        )
    check_is_fitted(classifier)
    for name, step in steps[:-1]:
        if isinstance(step, IntensityNormalizer):
            normalizers.append(step)
        elif step in (None, "passthrough"):
            continue
        elif normalizers or not isinstance(step, _OF_THE_CALLER):
            raise ValueError(
                f"The step {name!r}, {type(step).__name__}, cannot be written to the graph. Export "
                "the last step alone, model[-1], and give the graph what this step gives."
            )
    return classifier, normalizers


def _on_cpu(classifier):
    """Copy a classifier, to compute on the CPU in float32; the original stays where it is."""
    classifier = deepcopy(classifier)
    net = classifier.net_
    net.module_ = net.network.cpu().float()
    net.device, net.precision, net.compile = "cpu", "float32", False
    return classifier


class _Deployed(nn.Module):
    """From images as users have them to probabilities."""

    def __init__(self, classifier, normalizers):
        super().__init__()
        self.contrast = nn.Sequential(
            *(LocalContrastNormalization(step.window, step.floor) for step in normalizers)
        )
        self.network = classifier.net_.network
        self.size = tuple(classifier.input_size or classifier.image_shape_)
        self.n_classes = len(classifier.classes_)
        self.flip = classifier.test_time_flip

    def forward(self, images):
        images = images.float() if len(self.contrast) else scale_to_unit(images)
        images = central_crop(self.contrast(images[:, None]), self.size)
        views = [images, images.flip(3)] if self.flip else [images]
        scores = [self.network(view)[:, : self.n_classes].softmax(dim=1) for view in views]
        return sum(scores) / len(scores)


def _random_images(shape, dtype, low, high):
    images = np.random.default_rng(0).random((3, *shape), np.float32)
    if dtype == "uint8":
        return torch.from_numpy((255 * images).astype(np.uint8))
    return torch.from_numpy(low + (high - low) * images)


def _trace(network, images):
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)  # the exporter prints on its way
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                network.eval(),
                (images,),
                input_names=["images"],
                output_names=["probabilities"],
                dynamic_shapes={"images": {0: torch.export.Dim("n_images", max=_MOST_IMAGES)}},
                dynamo=True,
            )
    finally:
        logger.setLevel(level)
    return program.model_proto
