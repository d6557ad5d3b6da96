"""Features of a person relative to the same person's own face."""

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import _check_feature_names_in, check_array, validate_data

from skfer._subjects import require_pandas, subject_ids
from skfer._typing import Array, FeatureNames
from skfer.base import TooltipMixin
from skfer.utils._text import join_some


def normalize_by_subject(rows, subjects, is_reference, with_std=False):
    """Subtract from each row the mean of its subject's reference rows, and perhaps scale by them.

    >>> import numpy as np
    >>> from skfer.features._subject_normalizer import normalize_by_subject
    >>> rows, subjects = np.array([[1.0], [3.0], [7.0]]), np.array(["a", "a", "b"])
    >>> normalize_by_subject(rows, subjects, np.array([True, False, True])).tolist()
    [[0.0], [2.0], [0.0]]
    """
    reference = pd.DataFrame(rows[is_reference]).groupby(subjects[is_reference])
    centred = rows - reference.mean().loc[subjects].to_numpy()
    if with_std:
        centred /= reference.std(ddof=0).replace(0, 1).loc[subjects].to_numpy()
    return centred.astype(rows.dtype, copy=False)


class SubjectNormalizer(TooltipMixin, TransformerMixin, BaseEstimator):
    """Centre the features of each person on that person's own face.

    People differ at rest: action units, distances of landmarks and other features of a neutral face
    are not zero. The mean of a person's reference rows is subtracted from all rows of the person.
    No label is used. The subjects travel with the rows, in a column that is taken off, so the step
    works in a pipeline, in ``cross_val_score``, in a grid search and in
    :func:`~skfer.evaluation.evaluate_subject_independent`.

    Parameters
    ----------
    subject : str or None, default="subject"
        Name of the column of the DataFrame `X` with the subject of each row. None takes all rows
        for those of one person, and needs no DataFrame.
    neutral : str or None, default=None
        Name of a column of bool that marks the reference rows: known to be neutral by how they were
        recorded, such as the first frames of each video, not by their labels. None takes all rows
        of the person.
    with_std : bool, default=False
        Divide by the standard deviations of the reference rows too; 1 where they are 0.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in ``fit``, with those of the subject and the reference.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Their names, if `X` was a DataFrame with names of text.

    Notes
    -----
    **A protocol of its own.** The rows of a tested person are judged with the help of that person's
    other rows in the same call: a transductive protocol over unlabelled test data (with `neutral`,
    one that is calibrated to the person). A system that sees a single picture of a stranger cannot
    do that, so report its accuracy apart, never in one column with those of single pictures. With
    ``neutral=None`` the result also depends on how often the person shows each expression.

    Rows that `neutral` marks are known to be neutral, so to recognize them is no success. Give the
    mark as a column of ``info`` too, and take the accuracy of the other rows from
    :meth:`EvaluationResult.by_group <skfer.evaluation.EvaluationResult.by_group>`.

    Nothing is learned: ``transform`` uses the rows it is given, and a person seen in ``fit`` is
    centred anew. All rows of a person must therefore come in one call. A split by subject
    does that; a split of images does not.

    Baltrusaitis et al. [1]_ normalize features of the face like this, by the median of the person's
    video.

    References
    ----------
    .. [1] Baltrusaitis, Mahmoud, and Robinson (2015). Cross-dataset learning and person-specific
       normalisation for automatic action unit detection. FG.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.features import SubjectNormalizer
    >>> X = pd.DataFrame({"AU12": [1.0, 3.0, 0.0, 0.5], "subject": ["ann", "ann", "ben", "ben"]})
    >>> SubjectNormalizer().fit_transform(X).ravel().tolist()
    [-1.0, 1.0, -0.25, 0.25]
    >>> X["first"] = [True, False, True, False]
    >>> SubjectNormalizer(neutral="first").fit_transform(X).ravel().tolist()
    [0.0, 2.0, 0.0, 0.5]
    """

    def __init__(
        self, subject: str | None = "subject", *, neutral: str | None = None, with_std: bool = False
    ):
        self.subject = subject
        self.neutral = neutral
        self.with_std = with_std

    def fit(self, X: ArrayLike | pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Check the columns; nothing is learned.

        Parameters
        ----------
        X : DataFrame, or array-like without `subject` and `neutral`, of shape (n_rows, n_columns)
            Feature rows, and the columns that the parameters name.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted step.

        Raises
        ------
        ValueError
            As by ``transform``, which does not depend on ``fit``.
        """
        self._split(X, reset=True)
        return self

    def transform(self, X: ArrayLike | pd.DataFrame) -> Array:
        """Centre rows, each person by the person's own reference rows among them.

        Parameters
        ----------
        X : DataFrame, or array-like without `subject` and `neutral`, of shape (n_rows, n_columns)
            All rows of each person.

        Returns
        -------
        X_new : ndarray of shape (n_rows, n_features), dtype float32 or float64
            The features without the columns that the parameters name.

        Raises
        ------
        ValueError
            If a column is missing, a subject is unknown, `neutral` is not of bool, or a person has
            no reference row, or only one where all rows, or the deviations, are the reference.
        """
        rows, subjects, is_reference = self._split(X, reset=False)
        return normalize_by_subject(rows, subjects, is_reference, self.with_std)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features: those of the input without the columns of subject and reference.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the input; None takes ``feature_names_in_``, or ``x0``, ``x1``...

        Returns
        -------
        names : ndarray of str
            The names.
        """
        names = _check_feature_names_in(self, input_features)
        return names[~np.isin(names, self._named_columns())]

    def _named_columns(self):
        return [name for name in (self.subject, self.neutral) if name is not None]

    def _split(self, X, reset):
        """Return the features, the subject of each row, and whether it is a reference."""
        named = self._named_columns()
        if named:
            require_pandas(X, "X")
        absent = [name for name in named if name not in getattr(X, "columns", ())]
        if absent:
            raise ValueError(
                f"X has no column {join_some(absent, quoted=True)}. SubjectNormalizer needs a "
                "DataFrame that says whose row it is: X.assign(subject=subjects)."
            )
        rows = X.drop(columns=named) if named else X
        rows = check_array(rows, dtype=[np.float64, np.float32], estimator=self, input_name="X")
        validate_data(self, X, reset=reset, skip_check_array=True)
        subjects = np.zeros(len(rows), int)
        if self.subject is not None:
            subjects = subject_ids(X[self.subject])
            unknown = np.flatnonzero(subjects == "")
            if len(unknown):
                raise ValueError(f"Row {unknown[0]} has no subject in column '{self.subject}'.")
        is_reference = np.ones(len(rows), bool)
        if self.neutral is not None:
            if not pd.api.types.is_bool_dtype(X[self.neutral]) or X[self.neutral].isna().any():
                raise ValueError(
                    f"Column '{self.neutral}' is of {X[self.neutral].dtype}; mark the neutral rows "
                    "with True and all others with False, none left out."
                )
            is_reference = X[self.neutral].to_numpy(bool)
        self._check_references(subjects, is_reference)
        return rows, subjects, is_reference

    def _check_references(self, subjects, is_reference):
        counts = pd.Series(is_reference).groupby(subjects).sum()
        least = 2 if self.neutral is None or self.with_std else 1
        few = counts.index[counts < least].tolist()
        if few:
            people = "The batch" if self.subject is None else f"Person {few[0]!r}"
            advice = (
                "all rows of a person must come in one call"
                if self.neutral is None
                else f"mark them in column '{self.neutral}', or take all rows with neutral=None"
            )
            raise ValueError(
                f"{people} has {counts[few[0]]} reference rows (n_samples={counts[few[0]]}), but "
                f"needs {least} or more; {advice}."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
