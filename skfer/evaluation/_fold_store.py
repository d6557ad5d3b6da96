"""Finished folds in a folder, as plain data: to read one runs no code."""

import json
import warnings
from functools import partial
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


def keep_folds(evaluate_fold, folder, estimator, X, y, subjects):
    """Return `evaluate_fold`, but such that it takes from `folder` the folds that are finished.

    A fold is taken if all that it depends on is the same. Where that cannot be told, nothing is
    kept, with a warning.
    """
    own = Path(skfer.__file__).parent
    try:
        code = [*sorted(own.rglob("*.py")), *sorted(own.rglob("*.safetensors")), collect_versions()]
        key = fingerprint(code, estimator, X, y, subjects)
    except Exception as error:  # of objects and files of any kind
        warnings.warn(f"Finished folds cannot be kept: {error}", stacklevel=4)
        return evaluate_fold
    return partial(_take_or_evaluate, evaluate_fold, Path(folder), key)


def _take_or_evaluate(evaluate_fold, folder, key, estimator, X, y, subjects, fold, train, test):
    key, labels = fingerprint(key, fold, train, test), np.unique(y)
    file = folder / f"{key}.json"
    if file.is_file():
        try:
            return _parse(file.read_text(), key, labels, fold, test)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError):
            warnings.warn(f"'{file}' is damaged; the fold is computed again.", stacklevel=2)
    prediction = evaluate_fold(estimator, X, y, subjects, fold, train, test)
    with atomic_path(file) as path:
        path.write_text(_format(prediction, key, labels))
    return prediction


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
