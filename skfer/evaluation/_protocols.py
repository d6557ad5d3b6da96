"""The protocols within one data set: by subject, and the leaky one it is compared with."""

from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold

from skfer._stateless import last_step
from skfer._typing import Folds, Images
from skfer.evaluation._cross_validation import Plan, Split, cross_validate
from skfer.evaluation._data import check_data
from skfer.evaluation._fold_store import FoldStore
from skfer.evaluation._guards._inner_splits import check_inner_splits
from skfer.evaluation._guards._leakage import (
    check_folds,
    check_subjects,
    deal_subjects,
    warn_doubts,
    warn_untested,
)
from skfer.evaluation._guards._near_duplicates import warn_near_duplicates
from skfer.evaluation._guards._parts import refuse_fitted_parts
from skfer.evaluation._result import EvaluationResult
from skfer.evaluation._signatures import one_or_several


@one_or_several
def evaluate_subject_independent(
    estimator: BaseEstimator | dict[str, Any],
    X: Images | pd.DataFrame,
    y: ArrayLike,
    subjects: ArrayLike | None = None,
    *,
    info: pd.DataFrame | None = None,
    cv: Folds = 8,
    n_repeats: int = 1,
    random_state: int | None = None,
    n_jobs: int | None = None,
    memory: str | Path | None = None,
    only_folds: list[int] | None = None,
    verbose: int = 0,
) -> EvaluationResult | dict[str, EvaluationResult]:
    """Cross-validate on people the classifier has never seen.

    This is the protocol to publish: no subject is in the training and the test part of a fold,
    which is checked whatever `cv` is. The same holds for the splitters inside the estimator, be it
    in a ``GridSearchCV``, ``StackingClassifier`` or ``CalibratedClassifierCV``, alone or in a
    pipeline: they are given the subjects as groups, and refused if their folds share one. A
    network's ``validation_fraction`` holds out whole subjects.

    Parameters
    ----------
    estimator : estimator instance, or dict of {str: estimator instance}
        A classifier or a pipeline that ends in one; or several by name, which are evaluated on the
        same folds. It is cloned for each fold, never fitted.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array; or feature rows, also as a DataFrame.
    y : array-like of shape (n_images,)
        Labels.
    subjects : array-like of shape (n_images,), default=None
        Subject of each image; None takes those of the face array, or of the column ``subject`` of a
        DataFrame. The estimator gets the column only if a part of it asks for it, such as
        :class:`~skfer.features.SubjectNormalizer`.
    info : DataFrame of n_images rows, default=None
        Further columns for the result, such as ``data.frame`` of a reader. ``sequence`` groups the
        frames of a video; columns such as ``gender`` serve :meth:`EvaluationResult.by_group`.
    cv : int, splitter or iterable of (train, test), default=8
        A number of folds stands for ``GroupKFold(cv)``. Each image is tested at most once.
    n_repeats : int, default=1
        Number of evaluations, each with another deal of the subjects to the folds and with other
        seeds: a whole number that is a ``random_state`` among the parameters of the estimator is
        raised by the number of the repeat, 0 to ``n_repeats - 1``. Above 1, `cv` is a number or a
        splitter that shuffles.
    random_state : int, default=None
        Seed of the deal of repeat 0, raised by 1 for each further one. None deals as
        ``GroupKFold(cv)`` does if there is one repeat, and stands for 0 if there are more.
    n_jobs : int, default=None
        Number of folds evaluated at the same time, as in joblib.
    memory : str or Path, default=None
        Folder where finished folds are kept, as plain text. A repeated run, for instance after an
        interruption, takes each fold for which all is the same: pixels or files, labels, subjects,
        split, parameters and files they name, code, and versions of libraries. What was drawn with
        ``random_state=None`` is taken again, not drawn again. None keeps nothing.
    only_folds : list of int, default=None
        Numbers of the folds to evaluate, from 0; they go on through the repeats, so that with 8
        folds number 11 is fold 3 of repeat 1. The result is that of these folds alone. With
        `memory`, processes that each take some of the folds share one folder, and
        :func:`merge_folds` puts all together. None takes all.
    verbose : int, default=0
        Above 0, a progress bar on a terminal, which says where the fold is; else a line for each
        finished fold.

    Returns
    -------
    result : EvaluationResult, or dict of {str: EvaluationResult}
        Tidy frames of images, subjects and folds, and their summary; one for each estimator.

    Raises
    ------
    ValueError
        If subjects are unknown or too few, contradict those of the face array, or one is on both
        sides of a fold, outer or inner; if a classifier inside the estimator stays fitted when it
        is cloned (``FrozenEstimator``); if an image is tested twice, or a fold has no training
        image of a class; if `only_folds` names a fold that there is not, or `memory` holds folds of
        another evaluation in parts.

    Warns
    -----
    UserWarning
        If another part of the estimator stays fitted, or holds out images instead of people inside
        ``fit``; if `cv` leaves images untested; if subjects are doubtful, as in
        :func:`subject_folds`; if an image of one subject nearly equals one of another, as
        :func:`find_near_duplicates` tells (up to 50,000 images; rows if they are square).

    Notes
    -----
    The leading steps of a pipeline that are skfer's and learn nothing, such as ``EyeLocator``,
    ``FaceAligner`` and the descriptors, run once for all folds. The seconds of the result do not
    count them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skfer.evaluation import evaluate_subject_independent
    >>> X = np.tile([[0.0, 1.0], [1.0, 0.0]], (8, 1))
    >>> y, subjects = ["happy", "sad"] * 8, np.repeat(list("abcdefgh"), 2)
    >>> result = evaluate_subject_independent(KNeighborsClassifier(1), X, y, subjects, cv=4)
    >>> result.summary()["pooled_accuracy"]
    1.0
    """
    data = check_data(X, y, subjects, info)
    methods = name_methods(estimator)
    for method in methods.values():
        refuse_fitted_parts(method)
    splits = _deal_repeats(data, cv, n_repeats, random_state)
    warn_untested([split.test for split in splits], len(data))
    for method in methods.values():
        check_inner_splits(method, data, (split.train for split in splits))
    warn_near_duplicates(data.X, data.subjects)
    plan = Plan("subject-independent", splits, data)
    return evaluate_methods(plan, estimator, n_jobs, memory, verbose, only_folds)


@one_or_several
def evaluate_image_split(
    estimator: BaseEstimator | dict[str, Any],
    X: Images | pd.DataFrame,
    y: ArrayLike,
    subjects: ArrayLike | None = None,
    *,
    info: pd.DataFrame | None = None,
    cv: int = 8,
    random_state: int = 0,
    n_jobs: int | None = None,
    memory: str | Path | None = None,
    only_folds: list[int] | None = None,
    verbose: int = 0,
) -> EvaluationResult | dict[str, EvaluationResult]:
    """Cross-validate on shuffled images: LEAKY, for comparison only.

    Images of one person, often neighbouring frames of one video, are in training and test, and
    recognizing the person passes for recognizing the expression. Accuracies under this
    protocol are too high and must not be published as those of a recognizer; they show how much
    an evaluation that forgets the subjects would have overstated.

    Parameters
    ----------
    estimator, X, y, subjects, info, n_jobs, memory, only_folds, verbose
        As in :func:`evaluate_subject_independent`. The subjects serve the accuracy of each
        subject and the interval.
    cv : int, default=8
        Number of folds of ``KFold(cv, shuffle=True)``.
    random_state : int, default=0
        Seed of the shuffle.

    Returns
    -------
    result : EvaluationResult, or dict of {str: EvaluationResult}
        As of :func:`evaluate_subject_independent`.

    Raises
    ------
    ValueError
        If subjects are unknown or only one, or a fold has no training image of a class.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skfer.evaluation import evaluate_image_split
    >>> X = np.tile([[0.0, 1.0], [1.0, 0.0]], (8, 1))
    >>> y, subjects = ["happy", "sad"] * 8, np.repeat(list("abcdefgh"), 2)
    >>> evaluate_image_split(KNeighborsClassifier(1), X, y, subjects, cv=4).protocol
    'leaky-image-split'
    """
    data = check_data(X, y, subjects, info)
    check_subjects(data.subjects)
    splitter = KFold(cv, shuffle=True, random_state=random_state)
    folds = check_folds(splitter.split(data.y), data.y)
    splits = [Split(0, fold, *parts) for fold, parts in enumerate(folds)]
    plan = Plan("leaky-image-split", splits, data)
    return evaluate_methods(plan, estimator, n_jobs, memory, verbose, only_folds)


def name_methods(estimator):
    """Return a dict of estimators by name; one alone has the name of its last step's class."""
    if isinstance(estimator, dict):
        if not estimator:
            raise ValueError("The dict of estimators is empty.")
        return estimator
    return {type(last_step(estimator)).__name__: estimator}


def evaluate_methods(plan, estimator, n_jobs, memory, verbose, only_folds=None):
    """Evaluate one estimator or a dict of them by the same Plan."""
    store = FoldStore(memory, plan.data)
    results = {
        name: cross_validate(plan, method, name, store, n_jobs, verbose, only_folds)
        for name, method in name_methods(estimator).items()
    }
    return results if isinstance(estimator, dict) else next(iter(results.values()))


def _deal_repeats(data, cv, n_repeats, random_state):
    if n_repeats < 1:
        raise ValueError(f"n_repeats={n_repeats}; expected 1 or more.")
    if random_state is None and n_repeats > 1:
        random_state = 0
    check_subjects(data.subjects)
    warn_doubts(data.subjects)
    splits = []
    for repeat in range(n_repeats):
        seed = None if random_state is None else random_state + repeat
        folds = deal_subjects(data.y, data.subjects, cv, seed)
        splits += [Split(repeat, fold, *parts) for fold, parts in enumerate(folds)]
    return splits
