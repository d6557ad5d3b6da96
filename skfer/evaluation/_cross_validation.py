"""One cross-validation over given folds; the protocols differ only in the folds."""

import time
from functools import partial

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from tqdm import tqdm

from skfer.evaluation._fold_store import FoldPrediction, keep_folds
from skfer.evaluation._inner_splits import inner_splits
from skfer.evaluation._result import EvaluationResult


def cross_validate_folds(protocol, folds, estimator, X, y, subjects, n_jobs, memory, verbose):
    """Fit and predict each fold, in parallel if asked, and return an EvaluationResult.

    `folds` lists pairs of index arrays (train, test); `y` and `subjects` have shape (n_images,).
    A fold that lies finished in the folder `memory` is not computed again.
    """
    estimator = clone(estimator)
    evaluate_fold = partial(_evaluate_fold, may_leak=protocol == "leaky-image-split")
    if memory is not None:
        evaluate_fold = keep_folds(evaluate_fold, memory, estimator, X, y, subjects)
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    predictions = parallel(
        delayed(evaluate_fold)(estimator, X, y, subjects, fold, train, test)
        for fold, (train, test) in enumerate(folds)
    )
    bar = tqdm(predictions, desc=protocol, total=len(folds), unit="fold", disable=verbose <= 0)
    predictions = sorted(bar, key=lambda prediction: prediction.fold)
    seconds = pd.DataFrame(
        [(p.fold, p.fit_seconds, p.predict_seconds) for p in predictions],
        columns=["fold", "fit_seconds", "predict_seconds"],
    )
    images = pd.concat([_fold_frame(prediction, y, subjects) for prediction in predictions])
    images = images.sort_values("image", ignore_index=True)
    return EvaluationResult(images, protocol, tuple(np.unique(y).tolist()), seconds)


def _evaluate_fold(estimator, X, y, subjects, fold, train, test, *, may_leak):
    X_train, X_test = _safe_indexing(X, train), _safe_indexing(X, test)
    splits = inner_splits(estimator, y[train], subjects[train], may_leak=may_leak)
    model = clone(estimator).set_params(**splits)
    start = time.perf_counter()
    model.fit(X_train, y[train])
    fitted = time.perf_counter()
    y_pred = model.predict(X_test)
    predicted = time.perf_counter()
    probabilities = {}
    if hasattr(model, "predict_proba"):
        columns = model.predict_proba(X_test).T
        probabilities = {f"proba_{c}": p for c, p in zip(model.classes_, columns, strict=True)}
    return FoldPrediction(fold, test, y_pred, probabilities, fitted - start, predicted - fitted)


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
