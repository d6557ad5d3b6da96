"""The split inside fit: whole subjects are held out, or nothing."""

import numpy as np
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import check_consistent_length

from skfer._subjects import known_subjects

__all__ = ["hold_out_subjects"]


def hold_out_subjects(faces, y, groups, fraction, random_state):
    """Split training images by subject.

    Parameters
    ----------
    faces : ndarray of shape (n_images,) or None
        Face array whose subjects count if no groups are given.
    y : ndarray of shape (n_images,)
        Labels.
    groups : array-like of shape (n_images,) or None
        Subjects.
    fraction : float
        Share of the subjects that is held out.
    random_state : int
        Seed of the choice.

    Returns
    -------
    training, validation : ndarray of int
        Indices of the images.
    subjects : ndarray
        The subjects held out.

    Raises
    ------
    ValueError
        If subjects are unknown, there are fewer than two, or a label stands for held-out subjects
        only.

    Examples
    --------
    >>> from skfer.classifiers._validation import hold_out_subjects
    >>> training, validation, subjects = hold_out_subjects(
    ...     None, np.array(["sad"] * 4), ["a", "a", "b", "b"], 0.5, 0
    ... )
    >>> training.tolist(), validation.tolist(), subjects.tolist()
    ([0, 1], [2, 3], ['b'])
    """
    groups = known_subjects(y if faces is None else faces, groups)
    check_consistent_length(y, groups)
    if len(np.unique(groups)) < 2:
        raise ValueError("validation_fraction needs two subjects or more; all images show one.")
    splitter = GroupShuffleSplit(1, test_size=fraction, random_state=random_state)
    training, validation = next(splitter.split(y, groups=groups))
    missing = np.setdiff1d(y, y[training])
    if len(missing):
        raise ValueError(
            f"With validation_fraction={fraction}, the subjects left for training never show "
            f"{missing.tolist()}. Hold out fewer subjects, or give another random_state."
        )
    return training, validation, np.unique(groups[validation])
