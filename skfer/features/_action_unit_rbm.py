"""Groups of features that may stand for action units, each under a Boltzmann machine."""

from numbers import Integral, Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data

from skfer._typing import Array, RandomState
from skfer.base import TooltipMixin
from skfer.features._boltzmann import fit_machine, hidden_units
from skfer.utils._targets import encode_classes

_MOST = 1 - 1e-6  # share of variance explained, above which the information would be infinite
_WIDTH = 1.0  # deviations from the mean at which a visible unit is surely on
_CANDIDATES = 2  # features compared for each that is taken


class ActionUnitAwareRBM(
    ClassNamePrefixFeaturesOutMixin, TooltipMixin, TransformerMixin, BaseEstimator
):
    r"""Learn hidden units over groups of features that tell expressions apart together.

    An expression is a combination of action units, each seen at a few places of the face. In the
    manner of the AU-aware receptive fields of Liu M. et al. (2015) [1]_, features are gathered in
    groups, each of them greedily: the next member says most of the expression and least of what the
    group says already (mRMR [2]_). A restricted Boltzmann machine over each group, trained without
    labels, gives the new features.

    Parameters
    ----------
    n_groups : int, default=20
        Number of groups, fewer where the features are used up.
    group_size : int, default=60
        Features of a group.
    n_hidden : int, default=60
        Hidden units of each machine.
    learning_rate : float, default=0.05
        Learning rate of the machines.
    n_iter : int, default=15
        Passes over the training rows for each machine.
    random_state : int, RandomState instance or None, default=None
        Seed of the machines.

    Attributes
    ----------
    groups_ : list of ndarray of int
        The features of each group, in the order in which they were chosen.
    machines_ : list of Bunch, of length n_groups
        ``mean`` and ``scale`` of the features of a group, ``components`` and ``intercept`` of the
        hidden units.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    See Also
    --------
    skfer.descriptors.MicroActionDescriptor : The features that [1]_ groups.

    Notes
    -----
    As if all were normal, the information of feature :math:`i` on the class is
    :math:`-\frac{1}{2} \log (1 - \eta_i^2)`, :math:`\eta_i^2` the share of its variance that lies
    between the classes, and that on feature :math:`j` is :math:`-\frac{1}{2} \log (1 - r_{ij}^2)`,
    :math:`r_{ij}` the correlation. The next member has the greatest difference of the first and the
    mean of the second over the group so far.

    We know the parts of [1]_, not its details. Guesses: the measure of information; the sizes; that
    a feature is in one group only, so that each group starts at the most telling feature left; that
    only twice as many features as are taken come into question, the most telling. [1]_ stacks
    several machines on a group, here there is one.

    Visible units are binary. Each feature has two, how far it is above and below its mean, up to
    one standard deviation; with one unit from the least to the greatest value the machines learn
    little but the mean.

    References
    ----------
    .. [1] M. Liu, S. Li, S. Shan and X. Chen, "AU-inspired deep networks for facial expression
       feature learning", Neurocomputing 159, 2015.
    .. [2] H. Peng, F. Long and C. Ding, "Feature selection based on mutual information: criteria of
       max-dependency, max-relevance, and min-redundancy", IEEE Transactions on Pattern Analysis and
       Machine Intelligence 27(8), 2005.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.features import ActionUnitAwareRBM
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.standard_normal((60, 20)), np.repeat(["happy", "sad"], 30)
    >>> X[30:, 7] += 5
    >>> model = ActionUnitAwareRBM(2, group_size=3, n_hidden=5, random_state=0).fit(X, y)
    >>> int(model.groups_[0][0]), model.transform(X).shape
    (7, (60, 10))
    """

    _parameter_constraints: dict = {
        "n_groups": [Interval(Integral, 1, None, closed="left")],
        "group_size": [Interval(Integral, 1, None, closed="left")],
        "n_hidden": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_groups: int = 20,
        *,
        group_size: int = 60,
        n_hidden: int = 60,
        learning_rate: float = 0.05,
        n_iter: int = 15,
        random_state: RandomState = None,
    ):
        self.n_groups = n_groups
        self.group_size = group_size
        self.n_hidden = n_hidden
        self.learning_rate = learning_rate
        self.n_iter = n_iter
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Gather the groups and train a machine over each.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.
        y : array-like of shape (n_samples,)
            Labels, of two classes or more.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If there is one class only.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        _, y = encode_classes(self, y)
        random_state = check_random_state(self.random_state)
        self.groups_ = gather_groups(X, y, self.n_groups, self.group_size)
        self.machines_ = [
            fit_machine(
                X[:, group],
                self.n_hidden,
                width=_WIDTH,
                learning_rate=self.learning_rate,
                n_iter=self.n_iter,
                random_state=random_state,
            )
            for group in self.groups_
        ]
        self._n_features_out = len(self.groups_) * self.n_hidden
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Compute the hidden units of all groups.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_groups * n_hidden), dtype float64
            Probabilities that the units are on, group by group.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        pairs = zip(self.machines_, self.groups_, strict=True)
        return np.hstack([hidden_units(machine, X[:, group]) for machine, group in pairs])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def gather_groups(X, y, n_groups, group_size):
    """Return groups of features (indices) of much relevance for `y` and little redundancy.

    `y` counts the classes from 0.
    """
    centred = X - X.mean(axis=0)
    length = np.sqrt(np.square(centred).sum(axis=0))
    rows = centred / np.where(length > 0, length, 1)
    relevance = _information(_between_classes(rows, y))
    candidates = np.argsort(-relevance, kind="stable")[: _CANDIDATES * n_groups * group_size]
    relevance, rows = relevance[candidates], rows[:, candidates].astype(np.float32)
    shared = _information(np.square(rows.T @ rows))
    free = np.ones(len(candidates), bool)
    groups = []
    while len(groups) < n_groups and free.any():
        group, redundancy = [], np.zeros(len(candidates))
        while len(group) < group_size and free.any():
            score = relevance - redundancy / max(1, len(group))
            best = np.where(free, score, -np.inf).argmax()
            free[best] = False
            redundancy += shared[best]
            group.append(best)
        groups.append(candidates[group])
    return groups


def _between_classes(rows, y):
    """Return the share of the variance between the classes, for centred columns of length 1."""
    means = np.stack([rows[y == label].mean(axis=0) for label in range(y.max() + 1)])
    return np.bincount(y) @ np.square(means)


def _information(explained):
    """Return the mutual information of normal variables, in nats, from the variance explained."""
    return -0.5 * np.log1p(-np.minimum(explained, _MOST))
