"""Export of a classifier to ONNX, preprocessing of the network included."""

import io
import json
import logging
import warnings
from contextlib import redirect_stdout
from copy import deepcopy

import numpy as np
import torch
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted
from torch import nn

from skfer.classifiers._batches import central_crop, scale_to_unit
from skfer.persistence._networks import NETWORK_CLASSIFIERS
from skfer.utils._files import atomic_path
from skfer.utils._optional import require

_TOLERANCE = 1e-4


def export_onnx(model, path, *, dtype="uint8"):
    """Export a classifier over a network to ONNX, and check the file against it.

    The graph takes ``images`` of shape (n_images, height, width), aligned faces, and gives
    ``probabilities`` of shape (n_images, n_classes). Scaling, central crop, local contrast of the
    network, softmax and test-time flips are inside. The labels are in the file's metadata, under
    ``labels``.

    Parameters
    ----------
    model : CSPPClassifier, NetworkClassifier or Pipeline
        Fitted. Of a pipeline the last step is exported; the steps before it are the caller's.
    path : str or Path
        File to write.
    dtype : {"uint8", "float32"}, default="uint8"
        Type of the images; as in ``predict``, uint8 is divided by 255, float taken as it is.

    Returns
    -------
    difference : float
        Largest difference between the probabilities of onnxruntime and those of the model, on
        random images.

    Raises
    ------
    TypeError
        If the model has no network.
    RuntimeError
        If the probabilities differ by more than 1e-4.
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
    classifier = model.steps[-1][1] if isinstance(model, Pipeline) else model
    if not isinstance(classifier, NETWORK_CLASSIFIERS):
        raise TypeError(
            f"{type(classifier).__name__} has no network; export a CSPPClassifier or "
            "NetworkClassifier."
        )
    check_is_fitted(classifier)
    onnx, onnxruntime, _ = [
        require(name, extra="onnx", needed_by="export_onnx")
        for name in ("onnx", "onnxruntime", "onnxscript")
    ]
    images = _random_images(classifier.image_shape_, dtype)
    graph = _trace(_Deployed(classifier), images)
    graph.metadata_props.add(key="labels", value=json.dumps(classifier.classes_.tolist()))
    with atomic_path(path) as unfinished:
        onnx.save(graph, unfinished)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (probabilities,) = session.run(None, {"images": images.numpy()})
    difference = float(np.abs(probabilities - classifier.predict_proba(images.numpy())).max())
    if not difference <= _TOLERANCE:
        raise RuntimeError(
            f"'{path}' gives other probabilities than the model, by {difference:.2g}; do not "
            "use it."
        )
    return difference


class _Deployed(nn.Module):
    """From images as users have them to probabilities."""

    def __init__(self, classifier):
        super().__init__()
        self.network = deepcopy(classifier.net_.network).cpu()
        self.size = tuple(classifier.input_size or classifier.image_shape_)
        self.n_classes = len(classifier.classes_)
        self.flip = classifier.test_time_flip

    def forward(self, images):
        images = central_crop(scale_to_unit(images)[:, None], self.size)
        views = [images, images.flip(3)] if self.flip else [images]
        scores = [self.network(view)[:, : self.n_classes].softmax(dim=1) for view in views]
        return sum(scores) / len(scores)


def _random_images(shape, dtype):
    images = np.random.default_rng(0).random((3, *shape), np.float32)
    if dtype == "uint8":
        return torch.from_numpy((255 * images).astype(np.uint8))
    if dtype == "float32":
        return torch.from_numpy(images)
    raise ValueError(f"dtype={dtype!r}; expected 'uint8' or 'float32'.")


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
                dynamic_shapes={"images": {0: torch.export.Dim("n_images")}},
                dynamo=True,
            )
    finally:
        logger.setLevel(level)
    return program.model_proto
