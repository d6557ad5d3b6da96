"""How accuracy grows with the number of people a method is trained on."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from skfer._stateless import run_stateless_steps_inside
from skfer._typing import Folds, Images
from skfer.evaluation._cross_validation import Plan, Split
from skfer.evaluation._data import check_data
from skfer.evaluation._guards._inner_splits import check_inner_splits
from skfer.evaluation._guards._leakage import subject_folds
from skfer.evaluation._guards._near_duplicates import warn_near_duplicates
from skfer.evaluation._guards._parts import refuse_fitted_parts
from skfer.evaluation._protocols import evaluate_methods
from skfer.evaluation._result import EvaluationResult

_N_DRAWS = 1000


def evaluate_learning_curve(
    estimator: BaseEstimator,
    X: Images | pd.DataFrame,
    y: ArrayLike,
    subjects: ArrayLike | None = None,
    *,
    info: pd.DataFrame | None = None,
    n_train_subjects: Sequence[int] | None = None,
    cv: Folds = 8,
    random_state: int = 0,
    n_jobs: int | None = None,
    memory: str | Path | None = None,
    verbose: int = 0,
) -> dict[int, EvaluationResult]:
    """Cross-validate with training parts of more and more subjects.

    The test folds stay the same, so the accuracies differ by the training alone. What counts for
    new people is the number of people seen in training, not that of images [1]_.

    Parameters
    ----------
    estimator : estimator instance
        As for :func:`evaluate_subject_independent`; one only.
    X, y, subjects, info, cv, n_jobs, memory, verbose
        As for :func:`evaluate_subject_independent`.
    n_train_subjects : sequence of int, default=None
        Numbers of training subjects, at most those of the smallest training part. None takes five
        from a tenth of them to all.
    random_state : int, default=0
        Seed of the choice of subjects. Larger training parts contain the smaller ones.

    Returns
    -------
    results : dict of {int: EvaluationResult}
        The result for each number of training subjects, in ascending order.

    Raises
    ------
    ValueError
        As :func:`evaluate_subject_independent`, and if a number of subjects is out of range or so
        small that they cannot show all classes.

    References
    ----------
    .. [1] J. M. Girard et al., "How much training data for facial action unit detection?", FG 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skfer.evaluation import evaluate_learning_curve
    >>> X = np.tile([[0.0, 1.0], [1.0, 0.0]], (8, 1))
    >>> y, subjects = ["happy", "sad"] * 8, np.repeat(list("abcdefgh"), 2)
    >>> results = evaluate_learning_curve(
    ...     KNeighborsClassifier(1), X, y, subjects, cv=4, n_train_subjects=[1, 3, 6])
    >>> {n: result.summary()["pooled_accuracy"] for n, result in results.items()}
    {1: 1.0, 3: 1.0, 6: 1.0}
    """
    data = check_data(X, y, subjects, info)
    if isinstance(estimator, dict):
        raise ValueError("A learning curve is of one estimator; call it for each of the dict.")
    refuse_fitted_parts(estimator)
    folds = subject_folds(data.y, data.subjects, cv)
    check_inner_splits(estimator, data, (train for train, _ in folds))
    warn_near_duplicates(data.X, data.subjects)
    most = min(len(np.unique(data.subjects[train])) for train, _ in folds)
    sizes = _check_sizes(n_train_subjects, most)
    orders = [
        _order_subjects(data, train, sizes[0], np.random.RandomState(random_state + fold))
        for fold, (train, _) in enumerate(folds)
    ]
    data = data.for_estimator(estimator)
    estimator, X = run_stateless_steps_inside(estimator, data.X)
    data = data.with_images(X)
    results = {}
    for size in sizes:
        splits = [
            Split(0, fold, train[np.isin(data.subjects[train], order[:size])], test)
            for fold, ((train, test), order) in enumerate(zip(folds, orders, strict=True))
        ]
        notes = (f"Trained on {size} subjects in each fold.",)
        plan = Plan("subject-independent", splits, data, notes)
        results[size] = evaluate_methods(plan, estimator, n_jobs, memory, verbose)
    return results


def _check_sizes(sizes, most):
    if sizes is None:
        sizes = np.linspace(min(most, max(2, most / 10)), most, 5).round()
    sizes = sorted({int(size) for size in sizes})
    if not sizes or sizes[0] < 1 or sizes[-1] > most:
        raise ValueError(
            f"n_train_subjects={sizes}; the smallest training part allows 1 to {most} subjects."
        )
    return sizes


def _order_subjects(data, train, least, random_state):
    """Return the training subjects in an order whose first `least` show all classes."""
    names, codes = np.unique(data.subjects[train], return_inverse=True)
    n_classes = len(data.classes)
    for _ in range(_N_DRAWS):
        order = random_state.permutation(len(names))
        shown = data.y[train][np.isin(codes, order[:least])]
        if len(np.unique(shown)) == n_classes:
            return names[order]
    raise ValueError(
        f"Among {_N_DRAWS} draws of {least} training subjects none shows all {n_classes} classes; "
        "begin with more subjects."
    )
