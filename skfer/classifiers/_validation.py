"""The splits inside fit: whole subjects are held out, or nothing."""

import math
import warnings

import numpy as np
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold, StratifiedKFold
from sklearn.utils.validation import check_consistent_length

from skfer._subjects import known_subjects, own_subjects


def hold_out_subjects(faces, y, groups, fraction, random_state):
    """Split training images into training and validation rows, by subject.

    Returns the rows of both and the subjects held out. `groups` come before the subjects of the
    face array `faces`, which may be None.
    """
    groups = known_subjects(y if faces is None else faces, groups, "groups")
    n_subjects = len(np.unique(groups))
    if n_subjects < 2:
        raise ValueError("validation_fraction needs two subjects or more; all images show one.")
    if math.ceil(fraction * n_subjects) == n_subjects:
        raise ValueError(
            f"validation_fraction={fraction} of {n_subjects} subjects leaves none for training; "
            "give a smaller one."
        )
    splitter = GroupShuffleSplit(1, test_size=fraction, random_state=random_state)
    training, validation = next(splitter.split(y, groups=groups))
    missing = np.setdiff1d(y, y[training])
    if len(missing):
        raise ValueError(
            f"With validation_fraction={fraction}, the subjects left for training never show "
            f"{missing.tolist()}. Hold out fewer subjects, or give another random_state."
        )
    return training, validation, np.unique(groups[validation])


def subjects_or_none(X, groups):
    """Return the subject of each sample, or None where nobody names any.

    `groups` come before those that a face array or DataFrame `X` brings. ValueError, as of
    `known_subjects`, where subjects are given for some samples only or contradict each other.
    """
    own = own_subjects(X)
    if groups is None and (own is None or not (own != "").any()):
        return None
    return known_subjects(groups if X is None else X, groups, "groups")


def inner_folds(y, subjects, n_splits):
    """Return the folds inside fit, by subject and not shuffled, as a list of (train, test) rows.

    Classes are spread over at most `n_splits` folds, fewer where there are fewer subjects or
    images of the largest class; a class may be missing in a training part. `subjects` are what
    `subjects_or_none` returned: None, or a single one, splits by image and warns. There are no
    folds if no class has two images.
    """
    largest_class = np.unique(y, return_counts=True)[1].max()
    if largest_class < 2:
        return []
    if subjects is not None:
        check_consistent_length(y, subjects)
    n_subjects = 0 if subjects is None else len(np.unique(subjects))
    if n_subjects < 2:
        warnings.warn(
            "The folds inside fit go by image, "
            + ("because all show one person. " if n_subjects else "because no subjects are known. ")
            + "People are on both sides of them, so probabilities are too confident. Give a face "
            "array with subjects (skfer.faces.make_face_array), or the person of each image as "
            "groups=.",
            stacklevel=3,
        )
        splitter, subjects = StratifiedKFold(min(n_splits, largest_class)), None
    else:
        splitter = StratifiedGroupKFold(min(n_splits, n_subjects, largest_class))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")
        return list(splitter.split(y, y, subjects))
