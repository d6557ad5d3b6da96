"""What travels together through an evaluation: images, labels, subjects and columns beside them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.utils import Bunch, _safe_indexing, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _num_samples

from skfer._subjects import drop_subjects, known_subjects, require_pandas
from skfer.faces import is_face_array, is_sequence, with_fields
from skfer.utils._text import join_some

# Columns of the result; a column of the data cannot have their names.
_RESULT_COLUMNS = ("image", "method", "protocol", "repeat", "fold", "y_true", "y_pred")


@dataclass(frozen=True, eq=False)
class EvaluationData:
    """Images with their labels, subjects, and further columns, checked; one row per image.

    A face array holds the same subjects, so that they reach every step of a pipeline.
    """

    X: object
    y: np.ndarray
    subjects: np.ndarray
    info: pd.DataFrame

    def __len__(self):
        return len(self.y)

    @property
    def classes(self):
        """All labels, sorted."""
        return tuple(np.unique(self.y).tolist())

    def take(self, rows):
        """Return the data of some rows."""
        X = _safe_indexing(self.X, rows)
        info = self.info.iloc[rows].reset_index(drop=True)
        return EvaluationData(X, self.y[rows], self.subjects[rows], info)

    def for_estimator(self, estimator):
        """Return the data without the column of subjects, unless the estimator asks for it."""
        return replace(self, X=drop_subjects(self.X, estimator))

    def with_images(self, X):
        """Return the same data with other images; an EyeLocator makes faces of photographs."""
        return replace(self, X=with_fields(X, subject=self.subjects) if is_face_array(X) else X)


def check_data(X, y, subjects=None, info=None):
    """Check images, labels, subjects and further columns; returns EvaluationData.

    ValueError names labels that are missing, indexes that differ, and columns of `info` that the
    result has itself. A column ``subject`` of `info` is left out, since `subjects` leads. Sequences
    get a column ``n_frames``, missing for videos.
    """
    _check_indexes(X, y, subjects, info)
    _check_lengths(X, {"labels": y, "subjects": subjects})
    y = column_or_1d(y, warn=True)
    unlabelled = np.flatnonzero(pd.isna(y))
    if len(unlabelled):
        raise ValueError(f"Sample {unlabelled[0]} has no label; leave it out.")
    check_classification_targets(y)
    if len(np.unique(y)) == 1:
        raise ValueError(
            f"All {len(y)} images show '{y[0]}'; an evaluation needs at least two expressions."
        )
    subjects = known_subjects(X, subjects)
    own = X["subject"] if is_face_array(X) and "subject" in X.dtype.names else None
    if is_face_array(X) and not np.array_equal(own, subjects):
        X = with_fields(X, subject=subjects)
    info = check_info(info, y)
    if is_face_array(X) and len(X) and is_sequence(X["image"][0]) and "n_frames" not in info:
        info["n_frames"] = [None if isinstance(each, str) else len(each) for each in X["image"]]
    return EvaluationData(X, y, subjects, info)


def data_of(data):
    """Return the EvaluationData of what a reader returned, or of a tuple (X, y, subjects)."""
    if isinstance(data, Bunch):
        X = data.faces if "faces" in data else data.data  # of load_feature_table
        return check_data(X, data.target, data.subjects, data.frame)
    if isinstance(data, tuple) and 2 <= len(data) <= 4:
        return check_data(*data)
    raise ValueError(
        "A data set is what a reader of skfer.datasets returns, or a tuple (X, y, subjects) or "
        f"(X, y, subjects, info); got {type(data).__name__}."
    )


def check_info(info, y):
    """Return columns beside the labels, a row each; refuse columns that the result has itself."""
    if info is None:
        return pd.DataFrame(index=range(len(y)))
    require_pandas(info, "info")
    if not isinstance(info, pd.DataFrame):
        raise ValueError(f"info is a {type(info).__name__}; expected a DataFrame.")
    _check_lengths(y, {"rows of info": info})
    info = info.drop(columns="subject", errors="ignore").reset_index(drop=True)
    taken = [name for name in info if name in _RESULT_COLUMNS or str(name).startswith("proba_")]
    if taken:
        raise ValueError(
            f"The result has a column {join_some(taken, quoted=True)} of its own; rename that "
            "of info."
        )
    twice = info.columns[info.columns.duplicated()]
    if len(twice):
        raise ValueError(f"info has two columns '{twice[0]}'.")
    unknown = np.flatnonzero(info["sequence"].isna()) if "sequence" in info else []
    if len(unknown):
        raise ValueError(f"Sample {unknown[0]} has no sequence; give one that is an image its own.")
    return info


def _check_lengths(X, columns):
    """Refuse columns of another length than the images have."""
    for name, column in columns.items():
        if column is not None and _num_samples(column) != _num_samples(X):
            raise ValueError(
                f"There are {_num_samples(X)} images, but {_num_samples(column)} {name}."
            )


def _check_indexes(*tables):
    """Refuse frames and series whose rows are in different orders; they are taken by position."""
    indexes = [table.index for table in tables if isinstance(table, pd.DataFrame | pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes):
        raise ValueError(
            "X, y, subjects and info have pandas indexes that differ. Rows are taken by their "
            "position: bring them into one order, or give y.to_numpy() and subjects.to_numpy()."
        )
