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
    """What a model finds on the test part of a split."""

    y_pred: np.ndarray
    probabilities: dict
    fit_seconds: float
    predict_seconds: float


class FoldStore:
    """The finished folds of an evaluation in a folder.

    A fold is taken if all that it depends on is the same. Where that cannot be told, nothing is
    kept, with a warning; nor is it with ``folder=None``.
    """

    def __init__(self, folder, data):
        self.folder, self.labels, self.data_key = folder, np.unique(data.y), None
        if folder is None:
            return
        own = Path(skfer.__file__).parent
        code = [*sorted(own.rglob("*.py")), *sorted(own.rglob("*.safetensors"))]
        parts = (code, collect_versions(), data.X, data.y, data.subjects)
        self.data_key = self.key(*parts)

    def key(self, *parts):
        """Return a text that stands for all of the parts, None if nothing is kept."""
        if self.folder is None:
            return None
        try:
            return fingerprint(*parts)
        except Exception as error:  # of objects and files of any kind
            warnings.warn(f"Finished folds cannot be kept: {error}", stacklevel=5)
            self.folder = None

    def split_key(self, estimator_key, split):
        """Return a text that stands for all that a fold depends on, None if nothing is kept."""
        if self.folder is None:
            return None
        place = split.repeat, split.fold
        return self.key(self.data_key, estimator_key, *place, split.train, split.test)

    def load(self, key, split):
        """Return the FoldPrediction of a finished fold, None if there is none."""
        if key is None or not (file := self._file(key)).is_file():
            return None
        try:
            return _parse(file.read_text(), key, self.labels, len(split.test))
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            warnings.warn(f"'{file}' is damaged; the fold is computed again.", stacklevel=5)

    def save(self, key, prediction):
        """Keep a finished fold, unless a model answers with a label that the data lack."""
        if key is None or not np.isin(prediction.y_pred, self.labels).all():
            return
        with atomic_path(self._file(key)) as path:
            path.write_text(_format(prediction, key, self.labels))

    def _file(self, key):
        return Path(self.folder) / f"{key}.json"


def _format(prediction, key, labels):
    """Write what was found below a checksum of it and of all that it depends on."""
    codes = {label: code for code, label in enumerate(labels.tolist())}
    columns = {name: values.tolist() for name, values in prediction.probabilities.items()}
    dtypes = [values.dtype.name for values in prediction.probabilities.values()]
    y_pred = [codes.get(label) for label in np.asarray(prediction.y_pred).tolist()]
    seconds = [prediction.fit_seconds, prediction.predict_seconds]
    body = json.dumps([y_pred, columns, dtypes, *seconds])
    return f"{fingerprint(key, body)}\n{body}"


def _parse(text, key, labels, n_images):
    checksum, body = text.split("\n", 1)
    if checksum != fingerprint(key, body):
        raise ValueError("not what was written")
    codes, columns, dtypes, fit_seconds, predict_seconds = json.loads(body)
    probabilities = {
        name: np.array(values, _DTYPES[dtype])
        for (name, values), dtype in zip(columns.items(), dtypes, strict=True)
    }
    y_pred = labels[codes]
    if any(values.shape != (n_images,) for values in (y_pred, *probabilities.values())):
        raise ValueError("not for these images")
    return FoldPrediction(y_pred, probabilities, fit_seconds, predict_seconds)
