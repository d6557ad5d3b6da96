"""Guards against the leak of subjects: one person on both sides of a split."""

import copy
import warnings
from collections.abc import Iterable
from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.model_selection import GroupKFold, check_cv

from skfer._subjects import known_subjects
from skfer._typing import Array, Folds
from skfer.utils._doubtful_subjects import warn_doubtful_subjects
from skfer.utils._text import count_of, join_some


def check_leakage(splits: Iterable[tuple[ArrayLike, ArrayLike]], subjects: ArrayLike) -> None:
    """Refuse splits in which a subject is on both sides.

    Parameters
    ----------
    splits : iterable of (train, test)
        Indices or boolean masks of the images, as a splitter of scikit-learn yields them.
    subjects : array-like of shape (n_images,)
        Subject of each image.

    Raises
    ------
    ValueError
        If a subject is unknown, or has images in the training and in the test part of a fold, or a
        part names images that there are not. The message names the fold, counted from 0, and the
        subjects.

    Examples
    --------
    >>> from skfer.evaluation import check_leakage
    >>> check_leakage([([0, 1], [2, 3])], ["anna", "ben", "ben", "carl"])
    Traceback (most recent call last):
    ...
    ValueError: Fold 0 has 1 subject in training and test: 'ben'. Split by subject, as GroupKFold
    does with the subjects as groups.
    """
    subjects = known_subjects(subjects, subjects)
    refuse, fold = _refuse_shared(subjects), None
    for fold, (train, test) in enumerate(splits):
        refuse(fold, *(_as_rows(part, fold, len(subjects)) for part in (train, test)))
    if fold is None:
        raise ValueError("There are no splits; a generator gives its splits once.")


def _refuse_shared(subjects):
    """Return a function that refuses a fold whose parts share a subject."""
    names, codes = np.unique(subjects, return_inverse=True)

    def refuse(fold, train, test):
        in_train, in_test = (
            np.bincount(codes[part], minlength=len(names)) > 0 for part in (train, test)
        )
        shared = names[in_train & in_test]
        if len(shared):
            raise ValueError(
                f"Fold {fold} has {count_of(len(shared), 'subject')} in training and test: "
                f"{join_some(shared, quoted=True)}. Split by subject, as GroupKFold does with the "
                "subjects as groups."
            )

    return refuse


def subject_folds(
    y: ArrayLike, subjects: ArrayLike, cv: Folds = 8, *, random_state: int | None = None
) -> list[tuple[Array, Array]]:
    """Make folds that share no subject, and check it.

    Parameters
    ----------
    y : array-like of shape (n_images,)
        Labels.
    subjects : array-like of shape (n_images,)
        Subject of each image.
    cv : int, splitter or iterable of (train, test), default=8
        A number of folds stands for ``GroupKFold(cv)``. A splitter of scikit-learn gets the
        subjects as its groups.
    random_state : int, default=None
        Seed of another deal of the subjects: a number of folds then stands for
        ``GroupKFold(cv, shuffle=True, random_state=random_state)``, and a splitter that shuffles
        gets this seed.

    Returns
    -------
    folds : list of (train, test)
        Index arrays, one pair per fold.

    Raises
    ------
    ValueError
        If subjects are unknown or too few, a subject is on both sides of a fold, an image is
        tested twice, or a fold has no training image of a class; if there is a `random_state` for
        a splitter that does not shuffle.

    Warns
    -----
    UserWarning
        If there are as many subjects as images, which is rare in a face data set; if two subjects
        differ only in case, accents, spaces or leading zeros; if a subject is called "train"
        or "test".

    Examples
    --------
    >>> from skfer.evaluation import subject_folds
    >>> y = ["happy", "sad", "happy", "sad"]
    >>> [test.tolist() for _, test in subject_folds(y, ["anna", "anna", "ben", "ben"], cv=2)]
    [[2, 3], [0, 1]]
    """
    y, subjects = np.asarray(y), known_subjects(y, subjects)
    check_subjects(subjects)
    warn_doubts(subjects)
    return list(deal_subjects(y, subjects, cv, random_state))


def warn_doubts(subjects):
    """Warn of subjects that may be no people, or one person twice; the caller's caller is shown."""
    warn_doubtful_subjects(subjects)
    n_subjects = len(np.unique(subjects))
    if n_subjects == len(subjects):
        warnings.warn(
            f"Each of the {n_subjects} images has its own subject, so the split does not "
            "differ from one by image. Check that the subject is the person, not the file.",
            stacklevel=3,
        )


def warn_lone_classes(y, subjects):
    """Warn of classes that one subject alone shows; the caller's caller is shown."""
    n_people = pd.Series(np.asarray(subjects)).groupby(np.asarray(y)).nunique()
    lone = n_people.index[n_people == 1]
    if len(lone):
        warnings.warn(
            f"{join_some(lone, quoted=True)} (shown by one subject alone) cannot be learned from "
            "others. Leave such expressions out, or find more people.",
            stacklevel=3,
        )


def warn_untested(tests, n_images):
    """Warn of images that are in no test part; the caller's caller is shown."""
    n_tested = len(np.unique(np.concatenate(tests)))
    if n_tested < n_images:
        warnings.warn(
            f"{n_images - n_tested} of the {n_images} images are in no test part of cv; the "
            "result covers only the others.",
            stacklevel=3,
        )


def caught_doubts(warn, *arguments):
    """Return what ``warn(*arguments)`` warns of, as sentences."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn(*arguments)
    return [str(warning.message) for warning in caught]


def deal_subjects(y, subjects, cv, random_state=None):
    """Yield the folds of `subject_folds`, one by one: all training parts at once may be large."""
    splitter = _make_splitter(cv, random_state, len(np.unique(subjects)))
    refuse = _refuse_shared(subjects)
    splits = split_by_subject(splitter, y, subjects)
    for fold, (train, test) in enumerate(check_folds(splits, y, subjects)):
        refuse(fold, train, test)
        yield train, test


def _make_splitter(cv, random_state, n_subjects):
    if isinstance(cv, Integral):
        if not 2 <= cv <= n_subjects:
            raise ValueError(
                f"cv={cv} is out of range: {n_subjects} subjects allow 2 to {n_subjects} folds."
            )
        return GroupKFold(cv, shuffle=random_state is not None, random_state=random_state)
    if random_state is None:
        return check_cv(cv)
    if not getattr(cv, "shuffle", False):
        raise ValueError(
            "Repeats and random_state need a number of folds, or a splitter that shuffles, such as "
            f"StratifiedGroupKFold({min(8, n_subjects)}, shuffle=True); got cv={cv!r}."
        )
    cv = copy.copy(cv)
    cv.random_state = random_state
    return cv


def check_subjects(subjects):
    """Refuse subjects of shape (n_images,) that are all the same."""
    if len(np.unique(subjects)) == 1:
        raise ValueError(
            f"All {len(subjects)} images show one subject, '{subjects[0]}'; an evaluation needs at "
            "least two."
        )


def check_folds(splits, y, subjects=None):
    """Yield splits as index arrays, and check them; `subjects` are those of a split by subject.

    Refused are no folds, empty parts, unknown rows, images tested twice and classes without
    training image.
    """
    n_tests, fold = np.zeros(len(y), int), None
    classes, codes = np.unique(y, return_inverse=True)
    for fold, (train, test) in enumerate(splits):
        train, test = (_as_rows(part, fold, len(y)) for part in (train, test))
        if not (len(train) and len(test)):
            raise ValueError(f"Fold {fold} of cv has no training or no test images.")
        n_tests += np.bincount(test, minlength=len(y))
        if n_tests.max() > 1:
            raise ValueError(
                f"Sample {n_tests.argmax()} is in the test part of {n_tests.max()} folds; the "
                "pooled accuracy counts each image once."
            )
        missing = classes[np.bincount(codes[train], minlength=len(classes)) == 0]
        if len(missing):
            raise ValueError(
                f"Fold {fold} has no training image of {join_some(missing, quoted=True)}, so it "
                f"cannot be learned there. {_remedy_for(missing, y, subjects)}"
            )
        yield train, test
    if fold is None:
        raise ValueError("cv gives no fold.")


def _remedy_for(missing, y, subjects):
    """Say what helps classes that a fold has no training image of: more folds, or nothing."""
    if subjects is None:
        return "Use more folds; a class of one image alone has to be left out."
    people = {label: np.unique(subjects[y == label]) for label in missing}
    alone = [f"'{label}' ('{who[0]}')" for label, who in people.items() if len(who) == 1]
    if alone:
        return f"Leave out what one subject alone shows, {join_some(alone)}, or find more people."
    return "Use StratifiedGroupKFold or more folds."


def split_by_subject(splitter, y, subjects):
    """Yield the splits of a splitter that is given the subjects as its groups."""
    splits = None
    while True:
        # Its folds are examined, so a splitter need not warn that it does not look at the subjects.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The groups parameter is ignored")
            splits = iter(splitter.split(y, y, subjects)) if splits is None else splits
            parts = next(splits, None)
        if parts is None:
            return
        yield parts


def _as_rows(part, fold, n_images):
    """Return the rows of a part of a fold, which are given as indices or as a mask."""
    part = np.asarray(part)
    try:
        return np.arange(n_images)[part if part.size else part.astype(int)]
    except IndexError as error:
        raise ValueError(
            f"Fold {fold} names rows that the {n_images} images do not have: {error}."
        ) from error
