"""The protocols: the subject-independent one, and the leaky one it is compared with."""

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from skfer._subjects import known_subjects
from skfer.evaluation._cross_validation import cross_validate_folds
from skfer.evaluation._inner_splits import check_inner_splits
from skfer.evaluation._leakage import check_subjects, list_folds, subject_folds
from skfer.evaluation._near_duplicates import warn_near_duplicates
from skfer.evaluation._parts import refuse_fitted_parts
from skfer.faces import is_face_array, with_fields


def evaluate_subject_independent(
    estimator, X, y, subjects=None, *, cv=8, n_jobs=None, memory=None, verbose=0
):
    """Cross-validate on people the classifier has never seen.

    This is the protocol to publish: no subject is in the training and the test part of a fold,
    which is checked whatever `cv` is. The same holds for the splitters inside the estimator, be it
    in a ``GridSearchCV``, ``StackingClassifier`` or ``CalibratedClassifierCV``, alone or in a
    pipeline: they are given the subjects as groups, and refused if their folds share one. A
    network's ``validation_fraction`` holds out whole subjects.

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
        If subjects are unknown or too few, contradict those of the face array, or one is on both
        sides of a fold, outer or inner; if a classifier inside the estimator stays fitted when it
        is cloned (``FrozenEstimator``); if an image is tested twice, or a fold has no training
        image of a class.

    Warns
    -----
    UserWarning
        If another part of the estimator stays fitted, or holds out images instead of people inside
        ``fit``; if subjects are doubtful, as in :func:`subject_folds`; if an image of one subject
        nearly equals one of another, as :func:`find_near_duplicates` tells (up to 50,000 images;
        rows if they are square).

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
    X, y, subjects = _check_data(X, y, subjects)
    refuse_fitted_parts(estimator)
    folds = subject_folds(y, subjects, cv)
    check_inner_splits(estimator, y, subjects, folds)
    warn_near_duplicates(X, subjects)
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
    X, y, subjects = _check_data(X, y, subjects)
    check_subjects(y, subjects)
    splitter = KFold(cv, shuffle=True, random_state=random_state)
    folds = list_folds(splitter.split(y), y)
    return cross_validate_folds(
        "leaky-image-split", folds, estimator, X, y, subjects, n_jobs, memory, verbose
    )


def _check_data(X, y, subjects):
    """Return images, labels and subjects; a face array gets the subjects that the folds go by."""
    _check_indexes(X, y, subjects)
    y = column_or_1d(y, warn=True)
    check_consistent_length(X, y)
    unlabelled = np.flatnonzero(pd.isna(y))
    if len(unlabelled):
        raise ValueError(f"Sample {unlabelled[0]} has no label; leave it out.")
    check_classification_targets(y)
    subjects = known_subjects(X, subjects)
    own = X["subject"] if is_face_array(X) and "subject" in X.dtype.names else None
    if is_face_array(X) and not np.array_equal(own, subjects):
        X = with_fields(X, subject=subjects)
    return X, y, subjects


def _check_indexes(*tables):
    """Refuse frames and series whose rows are in different orders; they are taken by position."""
    indexes = [table.index for table in tables if isinstance(table, pd.DataFrame | pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes):
        raise ValueError(
            "X, y and subjects have pandas indexes that differ. Rows are taken by their position: "
            "bring them into one order, or give y.to_numpy() and subjects.to_numpy()."
        )
