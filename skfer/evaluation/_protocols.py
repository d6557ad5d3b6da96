"""The protocols: the subject-independent one, and the leaky one it is compared with."""

import numpy as np
from sklearn.model_selection import KFold
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import check_consistent_length

from skfer._subjects import known_subjects
from skfer.evaluation._cross_validation import cross_validate_folds
from skfer.evaluation._leakage import (
    check_search_leakage,
    check_subjects,
    list_folds,
    subject_folds,
)


def evaluate_subject_independent(
    estimator, X, y, subjects=None, *, cv=8, n_jobs=None, memory=None, verbose=0
):
    """Cross-validate on people the classifier has never seen.

    This is the protocol to publish: no subject is in the training and the test part of a fold,
    which is checked whatever `cv` is. A ``GridSearchCV`` is fitted with the subjects as its
    groups, and refused if its inner folds share one.

    Parameters
    ----------
    estimator : estimator instance
        A classifier or a pipeline that ends in one. It is cloned for each fold, never fitted.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array.
    y : array-like of shape (n_images,)
        Labels.
    subjects : array-like of shape (n_images,), default=None
        Subject of each image; None takes those of the face array.
    cv : int, splitter or iterable of (train, test), default=8
        A number of folds stands for ``GroupKFold(cv)``. Each image is tested at most once.
    n_jobs : int, default=None
        Number of folds evaluated at the same time, as in joblib.
    memory : str or Path, default=None
        Folder where finished folds are kept, as plain text. A repeated run, for instance after an
        interruption, takes each fold for which all is the same: pixels or files, labels, subjects,
        split, parameters and files they name, code, and versions of libraries. What was drawn with
        ``random_state=None`` is taken again, not drawn again. None keeps nothing.
    verbose : int, default=0
        Above 0, a progress bar over the folds.

    Returns
    -------
    result : EvaluationResult
        Tidy frames of images, subjects and folds, and their summary.

    Raises
    ------
    ValueError
        If subjects are unknown or too few, a subject is on both sides of a fold, an image is
        tested twice, or a fold has no training image of a class.

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
    y, subjects = _check_data(X, y, subjects)
    folds = subject_folds(y, subjects, cv)
    if isinstance(estimator, BaseSearchCV):
        check_search_leakage(estimator, y, subjects, folds)
    return cross_validate_folds(
        "subject-independent", folds, estimator, X, y, subjects, n_jobs, memory, verbose
    )


def evaluate_image_split(
    estimator, X, y, subjects=None, *, cv=8, random_state=0, n_jobs=None, memory=None, verbose=0
):
    """Cross-validate on shuffled images: LEAKY, for comparison only.

    Images of one person, often neighbouring frames of one video, are in training and test, and
    recognizing the person passes for recognizing the expression. Accuracies under this
    protocol are too high and must not be published as those of a recognizer; they show how much
    an evaluation that forgets the subjects would have overstated.

    Parameters
    ----------
    estimator, X, y, subjects, n_jobs, memory, verbose
        As in :func:`evaluate_subject_independent`. The subjects serve the accuracy of each
        subject and the interval.
    cv : int, default=8
        Number of folds of ``KFold(cv, shuffle=True)``.
    random_state : int, default=0
        Seed of the shuffle.

    Returns
    -------
    result : EvaluationResult
        Tidy frames of images, subjects and folds, and their summary.

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
    y, subjects = _check_data(X, y, subjects)
    check_subjects(y, subjects)
    splitter = KFold(cv, shuffle=True, random_state=random_state)
    folds = list_folds(splitter.split(y), y)
    return cross_validate_folds(
        "leaky-image-split", folds, estimator, X, y, subjects, n_jobs, memory, verbose
    )


def _check_data(X, y, subjects):
    check_consistent_length(X, y)
    return np.asarray(y), known_subjects(X, subjects)
