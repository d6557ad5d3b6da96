"""One cross-validation over given folds; the protocols differ only in the folds."""

import time

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import has_fit_parameter
from tqdm import tqdm

from skfer.evaluation._fold_store import FoldPrediction, FoldStore
from skfer.evaluation._folds_in_parallel import run_folds
from skfer.evaluation._inner_splits import inner_splits
from skfer.evaluation._result import EvaluationResult
from skfer.evaluation._stateless import run_stateless_steps, transform_once
from skfer.faces import is_face_array, with_fields


def cross_validate_folds(protocol, folds, estimator, X, y, subjects, n_jobs, memory, verbose):
    """Fit and predict each fold, in parallel if asked, and return an EvaluationResult.

    `folds` lists pairs of index arrays (train, test); `y` and `subjects` have shape (n_images,).
    A fold that lies finished in the folder `memory` is not computed again.
    """
    estimator = clone(estimator)
    store = FoldStore(memory, estimator, X, y, subjects)
    predictions = [store.load(fold, *parts) for fold, parts in enumerate(folds)]
    missing = [fold for fold, prediction in enumerate(predictions) if prediction is None]
    if missing:
        estimator, X = run_stateless_steps(estimator, X)
        if is_face_array(X):  # an EyeLocator makes one of plain photographs
            X = with_fields(X, subject=subjects)
    calls = [(estimator, y, subjects, fold, *folds[fold], protocol) for fold in missing]
    computed = run_folds(_evaluate_fold, X, calls, n_jobs)
    n_kept = len(folds) - len(missing)
    bar = tqdm(computed, protocol, len(folds), initial=n_kept, unit="fold", disable=verbose <= 0)
    for prediction in bar:
        predictions[prediction.fold] = prediction
        store.save(prediction, *folds[prediction.fold])
    seconds = pd.DataFrame(
        [(p.fold, p.fit_seconds, p.predict_seconds) for p in predictions],
        columns=["fold", "fit_seconds", "predict_seconds"],
    )
    images = pd.concat([_fold_frame(prediction, y, subjects) for prediction in predictions])
    images = images.sort_values("image", ignore_index=True)
    return EvaluationResult(images, protocol, tuple(np.unique(y).tolist()), seconds)


def _evaluate_fold(X, estimator, y, subjects, fold, train, test, protocol):
    X_train, X_test = _safe_indexing(X, train), _safe_indexing(X, test)
    may_leak = protocol == "leaky-image-split"
    splits = inner_splits(estimator, y[train], subjects[train], may_leak=may_leak)
    model = clone(estimator).set_params(**splits)
    groups = {} if is_face_array(X) else _groups_for_fit(model, subjects[train])
    start = time.perf_counter()
    model.fit(X_train, y[train], **groups)
    fitted = time.perf_counter()
    last, X_test = transform_once(model, X_test)
    y_pred = last.predict(X_test)
    predicted = time.perf_counter()
    probabilities = {}
    if hasattr(last, "predict_proba"):
        columns = last.predict_proba(X_test).T
        probabilities = {f"proba_{c}": p for c, p in zip(last.classes_, columns, strict=True)}
    return FoldPrediction(fold, test, y_pred, probabilities, fitted - start, predicted - fitted)


def _groups_for_fit(model, subjects):
    """Return what ``fit`` needs to know the subjects of images that bring none, if it uses them."""
    path, last = [], model
    while hasattr(last, "steps"):
        name, last = last.steps[-1]
        path.append(f"{name}__")
    uses_subjects = getattr(last, "validation_fraction", None) is not None
    uses_subjects |= bool(getattr(getattr(last, "augmentation", None), "exchange", 0))
    if not (uses_subjects and has_fit_parameter(last, "groups")):
        return {}
    if get_config()["enable_metadata_routing"]:
        last.set_fit_request(groups=True)
        return {"groups": subjects}
    return {f"{''.join(path)}groups": subjects}


def _fold_frame(prediction, y, subjects):
    return pd.DataFrame(
        {
            "image": prediction.test,
            "subject": subjects[prediction.test],
            "fold": prediction.fold,
            "y_true": y[prediction.test],
            "y_pred": prediction.y_pred,
            **prediction.probabilities,
        }
    )
