"""Subject ids: the one place that turns a column of any type into them."""

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length, column_or_1d


def subject_ids(column):
    """Return a column of any type as an array of str; the empty string stands for unknown.

    >>> from skfer._subjects import subject_ids
    >>> subject_ids([1.0, None, " S3 "]).tolist()
    ['1', '', 'S3']
    """
    column = column_or_1d(column, dtype=object)
    return np.array([_subject_id(value) for value in column], dtype=str)


def known_subjects(X, subjects=None):
    """Return the subject of each image: `subjects` if given, else those of a face array `X`.

    Raises ValueError if there are none, their number is another, or one is unknown.
    """
    if subjects is None:
        names = getattr(getattr(X, "dtype", None), "names", None) or ()
        if "subject" not in names:
            raise ValueError(
                "Rows and stacks of images carry no subjects. Give a face array "
                "(skfer.faces.make_face_array), or the person of each image as subjects= or "
                "groups=."
            )
        subjects = X["subject"]
    subjects = subject_ids(subjects)
    check_consistent_length(X, subjects)
    unknown = np.flatnonzero(subjects == "")
    if len(unknown):
        raise ValueError(
            f"{len(unknown)} of {len(subjects)} images have no subject, the first is sample "
            f"{unknown[0]}. Name the person of each image, in the face array or as subjects= or "
            "groups=."
        )
    return subjects


def _subject_id(value):
    if pd.isna(value):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value).strip()
