"""The model file: weights in safetensors, everything else in checked JSON beside them."""

import hashlib
import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import safetensors
import safetensors.torch
import torch
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skfer import __version__
from skfer.persistence._network_state import (
    CLASSIFIERS,
    decode_network_classifier,
    encode_network_classifier,
)
from skfer.persistence._skops import check_unpacked_size, dump_estimator, load_estimator

__all__ = ["load_model", "read_card", "save_model"]

_FORMAT = 1
_PIPELINES = {"sklearn": Pipeline, "imblearn": SamplingPipeline}


def save_model(model, path, *, card=None):
    """Save a fitted model without pickle.

    The weights go into a safetensors file, with the parameters as JSON in its header; steps
    without a network go through skops. Callbacks, `compile`, `device` and `verbose` belong to the
    session and are left out, as are ``set_output``, metadata requests and the `memory` of a
    pipeline.

    Parameters
    ----------
    model : estimator
        A fitted :class:`~skfer.classifiers.CSPPClassifier` or
        :class:`~skfer.classifiers.NetworkClassifier`, an estimator of scikit-learn or skfer, or a
        pipeline of them.
    path : str or Path
        File to write. An existing one is replaced when the new one is complete.
    card : dict, default=None
        What a user of the model should know, such as ``training_data``, ``protocol`` and
        ``figures``; anything that JSON can hold. Labels, preprocessing, versions and date are
        added.

    Raises
    ------
    TypeError
        If a step, parameter or label cannot be saved without pickle. The message names it.
    NotFittedError
        If the model is not fitted.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.classifiers import CSPPClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.persistence import load_model, save_model
    >>> X, y, _ = make_faces(2, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    >>> model = CSPPClassifier(max_epochs=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(model, Path(folder) / "model.skfer", card={"training_data": "make_faces"})
    ...     again = load_model(Path(folder) / "model.skfer")
    >>> bool((again.predict(X) == model.predict(X)).all())
    True
    """
    check_is_fitted(model)
    tensors = {}
    document = {
        "format": _FORMAT,
        "card": _make_card(model, card),
        "model": _encode(model, tensors, "model"),
    }
    text = json.dumps(document)
    metadata = {"skfer": text, "sha256": checksum(text, tensors)}
    content = safetensors.torch.save(tensors, metadata=metadata)
    path = Path(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_model(path, *, device="auto", networks=()):
    """Load a model that `save_model` wrote. No code from the file is run.

    Parameters
    ----------
    path : str or Path
        The file.
    device : str, default="auto"
        Where networks go; ``"auto"`` takes CUDA where there is one, else the CPU.
    networks : iterable of type, default=()
        Classes of one's own that were the `network` of a
        :class:`~skfer.classifiers.NetworkClassifier`. Those of :mod:`skfer.networks` are known.

    Returns
    -------
    model : estimator
        The fitted model.

    Raises
    ------
    ValueError
        If the file is missing, damaged, or asks for anything that is not known.

    Examples
    --------
    >>> from skfer.persistence import load_model
    >>> load_model("nowhere.skfer")
    Traceback (most recent call last):
    ...
    ValueError: Cannot load the model 'nowhere.skfer': ...
    """
    document, tensors = _read(path)
    try:
        # Tensors with a slash in their name are weights, the others archives.
        archives = [tensor for name, tensor in tensors.items() if "/" not in name]
        check_unpacked_size(archive.numpy().tobytes() for archive in archives)
        model = _decode(document["model"], tensors, "model", networks=networks, device=device)
        if not isinstance(model, BaseEstimator):
            raise ValueError("it holds no estimator")
        return model
    # Whatever a damaged or hostile description leads to is the file's fault, not the user's.
    except Exception as error:
        raise _refusal(path, error) from error


def read_card(path):
    """Read what a model file says of its model, without building the model.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    card : dict
        What was given to `save_model`, and ``labels``, ``preprocessing``, ``versions`` and
        ``saved``.

    Raises
    ------
    ValueError
        If the file is missing or damaged.

    Examples
    --------
    >>> from skfer.persistence import read_card
    >>> read_card("nowhere.skfer")
    Traceback (most recent call last):
    ...
    ValueError: Cannot load the model 'nowhere.skfer': ...
    """
    return _read(path)[0]["card"]


def _make_card(model, card):
    steps = model.steps if isinstance(model, Pipeline) else [("model", model)]
    names = ("scikit-learn", "skorch", "numpy", "torch")
    added = {
        "labels": np.asarray(getattr(model, "classes_", [])).tolist(),
        "preprocessing": [f"{name}: {step!r}" for name, step in steps[:-1]],
        "versions": {"python": platform.python_version(), "skfer": __version__}
        | {name: version(name) for name in names},
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return added | (card or {})


def _encode(model, tensors, place):
    if isinstance(model, Pipeline):
        module = "imblearn" if isinstance(model, SamplingPipeline) else "sklearn"
        steps = [[name, _encode(step, tensors, f"{place}.{name}")] for name, step in model.steps]
        return {"type": "pipeline", "module": module, "steps": steps}
    if model is None or model == "passthrough":
        return {"type": "passthrough"}
    if type(model) in CLASSIFIERS.values():
        description, weights = encode_network_classifier(model)
        tensors.update({f"{place}/{name}": tensor for name, tensor in weights.items()})
        return {"type": "network", **description}
    content = np.frombuffer(dump_estimator(model), np.uint8)
    tensors[place] = torch.from_numpy(content.copy())
    return {"type": "skops"}


def _decode(node, tensors, place, **options):
    kind = node["type"]
    if kind == "pipeline":
        names = [name for name, _ in node["steps"]]
        if not names or len(set(names)) != len(names):
            raise ValueError("the steps of a pipeline need different names")
        steps = [
            (str(name), _decode(step, tensors, f"{place}.{name}", **options))
            for name, step in node["steps"]
        ]
        return _PIPELINES[node["module"]](steps)
    if kind == "passthrough":
        return "passthrough"
    if kind == "network":
        prefix = f"{place}/"
        weights = {
            name.removeprefix(prefix): tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }
        return decode_network_classifier(node, weights, **options)
    if kind == "skops":
        return load_estimator(tensors[place].numpy().tobytes())
    raise ValueError(f"it holds a step of the unknown type {kind!r}")


def checksum(text, tensors):
    """Sum up a model, so that a damaged copy is noticed; it is no signature.

    Parameters
    ----------
    text : str
        The description.
    tensors : dict of str to Tensor
        The weights.

    Returns
    -------
    digest : str
        SHA-256 of text, names and weights, as hexadecimal digits.

    Examples
    --------
    >>> from skfer.persistence._model_file import checksum
    >>> checksum("{}", {})[:8]
    '44136fa3'
    """
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        digest.update(name.encode())
        digest.update(tensors[name].contiguous().numpy().tobytes())
    return digest.hexdigest()


def _read(path):
    try:
        with safetensors.safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            document = json.loads(metadata["skfer"])
            _check_document(document)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if metadata["sha256"] != checksum(metadata["skfer"], tensors):
            raise ValueError("its checksum does not fit; the file is damaged")
        return document, tensors
    except KeyError as error:
        raise _refusal(path, "it is no model of skfer") from error
    except (OSError, TypeError, ValueError, RecursionError, safetensors.SafetensorError) as error:
        raise _refusal(path, error) from error


def _check_document(document):
    if not isinstance(document, dict) or not isinstance(document.get("format"), int):
        raise ValueError("it is no model of skfer")
    if document["format"] < 1:
        raise ValueError(f"its format {document['format']} does not exist")
    if document["format"] > _FORMAT:
        raise ValueError(f"its format {document['format']} needs a newer skfer")
    if not isinstance(document.get("card"), dict) or not isinstance(document.get("model"), dict):
        raise ValueError("its description is damaged")


def _refusal(path, reason):
    reason = str(reason) or type(reason).__name__
    return ValueError(f"Cannot load the model '{path}': {reason}")
