"""The split inside fit: whole subjects are held out, or nothing."""

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from skfer._subjects import known_subjects


def hold_out_subjects(faces, y, groups, fraction, random_state):
    """Split training images into training and validation rows, by subject.

    Returns the rows of both and the subjects held out. `groups` come before the subjects of the
    face array `faces`, which may be None.
    """
    groups = known_subjects(y if faces is None else faces, groups)
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
