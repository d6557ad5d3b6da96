"""Finished folds in a folder, as plain data: to read one runs no code."""

import json
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

import skfer
from skfer.evaluation._records import collect_versions
from skfer.utils._files import atomic_path
from skfer.utils._fingerprint import fingerprint

_DTYPES = {"float32": np.float32, "float64": np.float64}


class FoldPrediction(NamedTuple):
    """What is found on the test part of a fold."""

    fold: int
    test: np.ndarray
    y_pred: np.ndarray
    probabilities: dict
    fit_seconds: float
    predict_seconds: float


class FoldStore:
    """The finished folds of an evaluation in a folder.

    A fold is taken if all that it depends on is the same. Where that cannot be told, nothing is
    kept, with a warning; nor is it with ``folder=None``.
    """

    def __init__(self, folder, estimator, X, y, subjects):
        self.folder, self.labels = folder, np.unique(y)
        if folder is None:
            return
        own = Path(skfer.__file__).parent
        try:
            code = [*sorted(own.rglob("*.py")), *sorted(own.rglob("*.safetensors"))]
            self.key = fingerprint(code, collect_versions(), estimator, X, y, subjects)
        except Exception as error:  # of objects and files of any kind
            warnings.warn(f"Finished folds cannot be kept: {error}", stacklevel=4)
            self.folder = None

    def load(self, fold, train, test):
        """Return the FoldPrediction of a finished fold, None if there is none."""
        if self.folder is None:
            return None
        file, key = self._file(fold, train, test)
        if not file.is_file():
            return None
        try:
            return _parse(file.read_text(), key, self.labels, fold, test)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            warnings.warn(f"'{file}' is damaged; the fold is computed again.", stacklevel=5)

    def save(self, prediction, train, test):
        """Keep a finished fold."""
        if self.folder is None:
            return
        file, key = self._file(prediction.fold, train, test)
        with atomic_path(file) as path:
            path.write_text(_format(prediction, key, self.labels))

    def _file(self, fold, train, test):
        key = fingerprint(self.key, fold, train, test)
        return Path(self.folder) / f"{key}.json", key


def _format(prediction, key, labels):
    """Write what was found below a checksum of it and of all that it depends on."""
    codes = {label: code for code, label in enumerate(labels.tolist())}
    columns = {name: values.tolist() for name, values in prediction.probabilities.items()}
    dtypes = [values.dtype.name for values in prediction.probabilities.values()]
    y_pred = [codes.get(label) for label in np.asarray(prediction.y_pred).tolist()]
    seconds = [prediction.fit_seconds, prediction.predict_seconds]
    body = json.dumps([y_pred, columns, dtypes, *seconds])
    return f"{fingerprint(key, body)}\n{body}"


def _parse(text, key, labels, fold, test):
    checksum, body = text.split("\n", 1)
    if checksum != fingerprint(key, body):
        raise ValueError("not what was written")
    codes, columns, dtypes, fit_seconds, predict_seconds = json.loads(body)
    probabilities = {
        name: np.array(values, _DTYPES[dtype])
        for (name, values), dtype in zip(columns.items(), dtypes, strict=True)
    }
    y_pred = labels[codes]
    if any(values.shape != test.shape for values in (y_pred, *probabilities.values())):
        raise ValueError("not for these images")
    return FoldPrediction(fold, test, y_pred, probabilities, fit_seconds, predict_seconds)
