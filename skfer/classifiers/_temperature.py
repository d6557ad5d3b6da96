"""From scores to probabilities by one number, the temperature."""

import warnings

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.base import clone
from sklearn.utils import _safe_indexing

from skfer.utils._progress import tell_progress

_LEAST_PROBABILITY = 1e-12  # of a vote for nobody, before its logarithm is taken


def fit_temperature(scores, codes):
    """Return the temperature that makes the softmax of scores most likely.

    `scores` are of shape (n_samples, n_classes), minus infinity for a class that is ruled out;
    `codes` tell the column of the true class of each sample. Samples whose true class is ruled out
    are left out; if there are no others, it warns and returns 1.

    >>> import numpy as np
    >>> from skfer.classifiers._temperature import fit_temperature
    >>> scores = np.array([[2.0, 0.0]] * 4)
    >>> float(round(fit_temperature(scores, np.array([0, 0, 0, 1])), 3))  # 3 to 1: 2 / log(3)
    1.82
    """
    known = np.isfinite(scores[np.arange(len(codes)), codes])
    if not known.any():
        warnings.warn(
            "Each class is shown by one subject, or in one image only, so the probabilities are "
            "not calibrated.",
            stacklevel=3,
        )
        return 1.0
    scores, codes = scores[known], codes[known]
    rows = np.arange(len(codes))

    def loss(log_temperature):
        return -log_softmax(scores / np.exp(log_temperature), axis=1)[rows, codes].mean()

    return np.exp(minimize_scalar(loss, bounds=(-10, 10), method="bounded").x)


def class_scores(model, X, classes):
    """Return a column for each of `classes`, minus infinity for those that the model does not know.

    The scores of two classes are minus and plus the decision function, as scikit-learn has them.
    """
    if hasattr(model, "decision_function"):
        known = model.decision_function(X)
        known = np.column_stack([-known, known]) if known.ndim == 1 else known
    else:
        known = np.log(model.predict_proba(X) + _LEAST_PROBABILITY)
    scores = np.full((len(known), len(classes)), -np.inf)
    scores[:, np.searchsorted(classes, model.classes_)] = known
    return scores


def scores_out_of_fold(estimator, X, y, folds, classes):
    """Return the scores of each sample by a copy that was not trained on its fold.

    A fold that leaves one class for the training rules out all of it.
    """
    scores = np.full((len(y), len(classes)), -np.inf)
    for number, (train, test) in enumerate(folds, 1):
        if len(np.unique(y[train])) > 1:
            tell_progress(f"calibration {number} of {len(folds)}")
            model = clone(estimator).fit(_safe_indexing(X, train), y[train])
            scores[test] = class_scores(model, _safe_indexing(X, test), classes)
    return scores
