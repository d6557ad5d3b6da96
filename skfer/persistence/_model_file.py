"""The model file: a zip with the estimators as skops, the networks as safetensors and a card."""

import json
import os
import platform
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted
from torch import nn

from skfer import __version__
from skfer.persistence._networks import attach_networks, detach_networks
from skfer.persistence._skops import check_members, dump_estimator, load_estimator
from skfer.utils._files import atomic_path

_FORMAT = 2
_CARD, _MODEL = "card.json", "model.skops"


def save_model(
    model: BaseEstimator, path: str | Path, *, card: dict[str, Any] | None = None
) -> None:
    """Save a fitted model without pickle.

    The file is a zip: estimators as skops, weights as safetensors, a card as JSON. Callbacks,
    `compile`, `device` and `verbose` belong to the session and are left out, as is the `memory`
    of a pipeline.

    Parameters
    ----------
    model : estimator
        Fitted, of scikit-learn or skfer; networks may stand anywhere inside it.
    path : str or Path
        File to write. An existing one is replaced when the new one is complete.
    card : dict, default=None
        What a user of the model should know, such as ``training_data``, ``protocol`` and
        ``figures``; anything that JSON can hold. Labels, preprocessing, versions and date are
        added.

    Raises
    ------
    TypeError
        If anything in the model cannot be saved without pickle. The message names it.
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
    stripped, files = detach_networks(model)
    card = {"format": _FORMAT, "card": _make_card(model, card)}
    files |= {_CARD: json.dumps(card).encode(), _MODEL: dump_estimator(stripped)}
    with atomic_path(path) as unfinished, ZipFile(unfinished, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def load_model(
    path: str | Path,
    *,
    device: str = "auto",
    networks: type[nn.Module] | Iterable[type[nn.Module]] = (),
) -> BaseEstimator:
    """Load a model that `save_model` wrote. No code from the file is run.

    Parameters
    ----------
    path : str or Path
        The file.
    device : str, default="auto"
        Where networks go; ``"auto"`` takes CUDA where there is one, else the CPU.
    networks : type or iterable of type, default=()
        Class of one's own, or several, that were the `network` of a
        :class:`~skfer.classifiers.NetworkClassifier`. Those of :mod:`skfer.networks` are known.

    Returns
    -------
    model : estimator
        The fitted model.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, asks for anything that is not known, or would take more memory than
        its size allows.

    Examples
    --------
    >>> from skfer.persistence import load_model
    >>> load_model("nowhere.skfer")
    Traceback (most recent call last):
    ...
    FileNotFoundError: There is no model 'nowhere.skfer'.
    """
    with _open(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != _CARD}
        model = load_estimator(files.pop(_MODEL))
        if not isinstance(model, BaseEstimator):
            raise ValueError("it holds no estimator")
        attach_networks(model, files, networks=networks, device=device)
        check_is_fitted(model)
        return model


def read_card(path: str | Path) -> dict[str, Any]:
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
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged.

    Examples
    --------
    >>> from skfer.persistence import read_card
    >>> read_card("nowhere.skfer")
    Traceback (most recent call last):
    ...
    FileNotFoundError: There is no model 'nowhere.skfer'.
    """
    with _open(path) as archive:
        return _read_card(archive)


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
    card = dict(card or {})
    if isinstance(card.get("notes"), str):
        card["notes"] = [card["notes"]]
    return added | card


@contextmanager
def _open(path):
    """Open a model file; whatever fails in the block is the fault of the file: a ValueError."""
    if not os.path.exists(path):
        raise FileNotFoundError(f"There is no model '{path}'.")
    try:
        with ZipFile(path) as archive:
            check_members(archive, os.path.getsize(path))
            _read_card(archive)
            yield archive
    except (BadZipFile, IsADirectoryError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ValueError(
            f"Cannot load the model '{path}': it is not a file that skfer fit or save_model wrote, "
            f"or it is damaged ({reason})."
        ) from error
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise ValueError(f"Cannot load the model '{path}': {reason}") from error


def _read_card(archive):
    if _CARD not in archive.namelist():
        raise ValueError("it is not a model of skfer")
    content = json.loads(archive.read(_CARD))
    if content["format"] != _FORMAT:
        raise ValueError(f"its format {content['format']} needs another version of skfer")
    if not isinstance(content["card"], dict):
        raise ValueError("its card is damaged")
    return content["card"]
