"""Support vector machines of pairs of classes, with soft votes."""

from itertools import combinations
from numbers import Real
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.metrics.pairwise import linear_kernel, rbf_kernel
from sklearn.svm import SVC
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skfer._typing import Array
from skfer.base import TooltipMixin
from skfer.classifiers._decisions import HighestScoreMixin


class PairwiseSVC(TooltipMixin, HighestScoreMixin, ClassifierMixin, BaseEstimator):
    """Support vector machines of the pairs of classes, joined by soft votes.

    The machines are those of :class:`~sklearn.svm.SVC`, one for each pair of classes. There each
    gives a vote, and nearly every sample has a class that wins all of its votes, so the scores
    hardly tell a clear decision from a doubtful one. Here a vote is the probability that the margin
    stands for, which a calibration can use.

    Parameters
    ----------
    C : float, default=1.0
        Inverse regularization.
    kernel : {"linear", "rbf"}, default="linear"
        Kernel. For ``"rbf"``, gamma is 1 / (`n_features` times the variance of all features), the
        ``"scale"`` of :class:`~sklearn.svm.SVC`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    coef_ : ndarray of shape (n_pairs, n_features)
        Weights of the features in each machine, for a linear kernel only.
    support_vectors_ : ndarray of shape (n_support, n_features)
        The training rows that the machines use, for ``"rbf"`` only.
    pair_coef_ : ndarray of shape (n_pairs, n_support)
        Weights of these rows in each machine, for ``"rbf"`` only.
    intercept_ : ndarray of shape (n_pairs,)
        Intercept of each machine.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    Notes
    -----
    With the margin m of the machine of a pair, positive for the first class, that class wins with
    probability 1 / (1 + exp(-2 m)), the softmax of (m, -m). The score of a class is the sum of the
    logarithms of the probabilities with which it wins its pairs.

    The products of all rows are computed at once, several times as fast for thousands of features
    as within libsvm. They take memory that grows with the square of the number of rows.

    Examples
    --------
    >>> from skfer.classifiers import PairwiseSVC
    >>> X, y = [[0.0], [1.0], [5.0], [6.0], [10.0], [11.0]], list("aabbcc")
    >>> machine = PairwiseSVC().fit(X, y)
    >>> machine.predict([[0.5], [5.5], [10.5]]).tolist()
    ['a', 'b', 'c']
    """

    _parameter_constraints: dict = {
        "C": [Interval(Real, 0, None, closed="neither")],
        "kernel": [StrOptions({"linear", "rbf"})],
    }

    def __init__(self, C: float = 1.0, *, kernel: Literal["linear", "rbf"] = "linear"):
        self.C = C
        self.kernel = kernel

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train the machines.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.
        y : array-like of shape (n_samples,)
            Labels, of two classes or more.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If there is one class only.
        """
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        check_classification_targets(y)
        self._gamma = 1 / (X.shape[1] * (X.var(dtype=float) or 1.0))
        machines = SVC(kernel="precomputed", C=self.C, decision_function_shape="ovo")
        machines.fit(self._products(X, X), y)
        self.classes_ = machines.classes_
        self.intercept_ = machines.intercept_
        support, weights = X[machines.support_], pair_weights(machines)
        if self.kernel == "linear":
            self.coef_ = weights @ support
        else:
            self.support_vectors_, self.pair_coef_ = support, weights
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Compute the score of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), or (n_samples,) for two classes
            Logarithms, 0 at most; for two classes, the margin of the second.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        if self.kernel == "linear":
            margins = X @ self.coef_.T
        else:
            margins = self._products(X, self.support_vectors_) @ self.pair_coef_.T
        margins += self.intercept_
        return margins[:, 0] if len(self.classes_) == 2 else soft_votes(margins, len(self.classes_))

    def _products(self, X, Y):
        return linear_kernel(X, Y) if self.kernel == "linear" else rbf_kernel(X, Y, self._gamma)


def pair_weights(machines):
    """Return the weights of the support vectors in the machine of each pair of classes.

    scikit-learn has one row less than classes: in the columns of one class, those against the
    others in their order.
    """
    ends = np.cumsum(machines.n_support_)
    columns = [slice(end - n, end) for end, n in zip(ends, machines.n_support_, strict=True)]
    pairs = list(combinations(range(len(ends)), 2))
    weights = np.zeros((len(pairs), ends[-1]))
    for row, (first, second) in zip(weights, pairs, strict=True):
        row[columns[first]] = machines.dual_coef_[second - 1, columns[first]]
        row[columns[second]] = machines.dual_coef_[first, columns[second]]
    return weights


def soft_votes(margins, n_classes):
    """Take margins of all pairs of classes, in the order of scikit-learn, to scores of the classes.

    >>> import numpy as np
    >>> from skfer.classifiers._pairwise_svc import soft_votes
    >>> soft_votes(np.array([[1.0, 2.0, -3.0]]), 3).round(2).tolist()  # a over b and c, c over b
    [[-0.15, -8.13, -4.02]]
    """
    scores = np.zeros((len(margins), n_classes))
    for margin, (first, second) in zip(margins.T, combinations(range(n_classes), 2), strict=True):
        scores[:, first] -= np.logaddexp(0, -2 * margin)
        scores[:, second] -= np.logaddexp(0, 2 * margin)
    return scores
