"""Local Fisher discriminant analysis with a sparse projection."""

from numbers import Integral, Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh, svd
from scipy.spatial.distance import pdist, squareform
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.linear_model import Lasso
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data

from skfer._typing import Array
from skfer.base import TooltipMixin
from skfer.utils._targets import encode_classes

_MAX_ITER = 10_000


class SparseLocalFisher(
    ClassNamePrefixFeaturesOutMixin, TooltipMixin, TransformerMixin, BaseEstimator
):
    r"""Project feature rows so that classes come apart and neighbours stay together (SLFDA).

    Local Fisher discriminant analysis (Sugiyama 2007 [1]_) is Fisher's, with a scatter within the
    classes that counts pairs of neighbours only: a class may consist of several clusters, such as
    subjects or intensities of an expression. Each component is then approximated by a sparse one,
    by regression on the features with an L1 penalty. In the manner of the SLFDA of Zhan et al.
    (2016), of which we know no details.

    Parameters
    ----------
    n_components : int, default=None
        Number of components; None takes the number of classes less one, as far as there are
        features. Unlike those of Fisher there may be more.
    n_neighbors : int, default=7
        The neighbour of the same class whose distance is the scale of a row, 7 in [1]_; the
        furthest where the class is smaller.
    alpha : float, default=0.05
        L1 penalty as a fraction of the least that makes all weights of a component zero; below 1.
        0 leaves local Fisher discriminant analysis as it is.
    shrinkage : float, default=0.5
        Share of the identity in the scatter within the classes, above 0 and at most 1; the identity
        is scaled to the mean variance of a feature.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_features), dtype float64
        The weights of the features, sparse for `alpha` above 0.
    mean_ : ndarray of shape (n_features,), dtype float64
        Mean of the training rows, which is subtracted.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    Notes
    -----
    With the affinity :math:`A_{ij} = \exp(-\|x_i - x_j\|^2 / (\sigma_i \sigma_j))` of rows of one
    class, :math:`\sigma_i` the distance to the neighbour, both the scatter within and that between
    the classes are :math:`\frac{1}{2} \sum_{ij} W_{ij} (x_i - x_j) (x_i - x_j)^T` with

    .. math::

        W^w_{ij} = A_{ij} / n_c \text{ within class } c,\ 0 \text{ elsewhere}; \qquad
        W^b_{ij} = A_{ij} (1 / n - 1 / n_c) \text{ within},\ 1 / n \text{ elsewhere}

    ([1]_, section 3; the affinity after [2]_). The components are the eigenvectors of the largest
    ratios of both. Their length makes the mean scatter within the classes one, after shrinkage;
    with `alpha` above 0 it is a little less, as Lasso has it.

    Guesses: that the sparse projection is a regression on the embedding, as in sparse spectral
    regression (Cai et al. 2007 [3]_); the unit of `alpha`; the shrinkage, which [1]_ does not have.
    The regression is by Lasso on the rows and on as many rows of the identity as the shrinkage
    takes, which makes it an elastic net: small `alpha` comes close to local Fisher discriminant
    analysis even where there are more features than rows. Neighbours are sought within the class,
    as in Sugiyama's program. Features are not scaled; put a scaler before this step where their
    units differ.

    Images of one subject are neighbours of each other. To judge a projection, cross-validate by
    subject.

    References
    ----------
    .. [1] M. Sugiyama, "Dimensionality reduction of multimodal labeled data by local Fisher
       discriminant analysis", Journal of Machine Learning Research 8, 2007.
    .. [2] L. Zelnik-Manor and P. Perona, "Self-tuning spectral clustering", NIPS 2004.
    .. [3] D. Cai, X. He and J. Han, "Spectral regression: a unified approach for sparse subspace
       learning", ICDM 2007.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.features import SparseLocalFisher
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.standard_normal((60, 20)), np.repeat(["happy", "sad"], 30)
    >>> X[30:, 4] += 5
    >>> fisher = SparseLocalFisher(alpha=0.3).fit(X, y)
    >>> fisher.transform(X).shape, np.flatnonzero(fisher.components_[0])
    ((60, 1), array([4]))
    """

    _parameter_constraints: dict = {
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "alpha": [Interval(Real, 0, 1, closed="left")],
        "shrinkage": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        n_neighbors: int = 7,
        alpha: float = 0.05,
        shrinkage: float = 0.5,
    ):
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.alpha = alpha
        self.shrinkage = shrinkage

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn the projection.

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
            If there is one class only, or there are more components than rows or features.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        classes, y = encode_classes(self, y)
        n_components = self.n_components
        if n_components is None:
            n_components = min(len(classes) - 1, X.shape[1])
        elif n_components > min(X.shape):
            n_rows, n_features = X.shape
            raise ValueError(
                f"n_components={n_components}, but X has {n_rows} rows of {n_features} features."
            )
        self.mean_ = X.mean(axis=0)
        X = X - self.mean_
        self.components_ = _local_fisher(X, y, n_components, self.n_neighbors, self.shrinkage)
        if self.alpha:
            self.components_ = _sparse_components(X, self.components_, self.alpha, self.shrinkage)
        self._n_features_out = n_components
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Project feature rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.

        Returns
        -------
        X_new : ndarray of shape (n_samples, n_components), dtype float64
            The components of each row.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return (X - self.mean_) @ self.components_.T

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []
        return tags


def local_affinity(rows, n_neighbors):
    """Compute the affinity (n_rows, n_rows) of the rows of one class, scaled by a neighbour."""
    distance = squareform(pdist(rows))
    scale = np.sort(distance, axis=1)[:, min(n_neighbors, len(rows) - 1)]
    # Where a row has so many doubles, only they are its neighbours.
    least = np.finfo(float).eps * distance.max() ** 2 or 1.0
    products = np.maximum(np.outer(scale, scale), least)
    return np.exp(-(distance**2) / products)


def local_scatter(X, y, n_neighbors):
    """Compute the scatter within and between classes, each (n_features, n_features).

    `X` is centred and `y` counts the classes from 0. Class by class, so that memory grows with the
    square of the largest class only.
    """
    n_features = X.shape[1]
    within, between = np.zeros((n_features, n_features)), X.T @ X
    for label in range(y.max() + 1):
        rows = X[y == label]
        affinity = local_affinity(rows, n_neighbors)
        laplacian = np.diag(affinity.sum(axis=1)) - affinity
        local = rows.T @ laplacian @ rows
        within += local / len(rows)
        between += local * (1 / len(X) - 1 / len(rows))
        # Of all pairs, which X.T @ X counts, those of one class have another weight.
        centred = rows - rows.mean(axis=0)
        between -= len(rows) / len(X) * centred.T @ centred
    return within, between


def _local_fisher(X, y, n_components, n_neighbors, shrinkage):
    """Compute the components (n_components, n_features) of centred rows, the first the best."""
    # Rows span fewer dimensions than there are features, often; nothing of the solution lies
    # outside of them.
    _, singular_values, axes = svd(X, full_matrices=False)
    rank = max(n_components, np.sum(singular_values > 1e-10 * singular_values.max(initial=0)))
    axes = axes[:rank]
    within, between = local_scatter(X @ axes.T, y, n_neighbors)
    within, between = within / len(X), between / len(X)
    # Rows that are equal within each class have nothing but rounding left.
    least = np.finfo(float).eps * np.trace(between)
    mean_variance = max(np.trace(within), least) / X.shape[1] or 1.0
    within = (1 - shrinkage) * within + shrinkage * mean_variance * np.eye(len(axes))
    best = [len(axes) - n_components, len(axes) - 1]
    _, vectors = eigh(between, within, subset_by_index=best)
    components = vectors.T[::-1] @ axes
    largest = np.abs(components).argmax(axis=1)
    return components * np.sign(components[np.arange(n_components), largest])[:, None]


def _sparse_components(X, components, alpha, shrinkage):
    """Approximate components (n_components, n_features) by sparse ones, on centred rows."""
    # Rows that stand for the share of the identity, so that the limit of small alpha is the
    # components themselves, whatever the number of features.
    identity = np.eye(X.shape[1]) * np.sqrt(np.mean(X**2) * len(X))
    X = np.vstack([np.sqrt(1 - shrinkage) * X, np.sqrt(shrinkage) * identity])
    embedding = X @ components.T
    largest = np.abs(X.T @ embedding).max(axis=0) / len(X)
    unit = np.where(largest > 0, largest, 1)  # in which the penalty at which all is zero is 1
    lasso = Lasso(alpha, fit_intercept=False, precompute=True, max_iter=_MAX_ITER)
    weights = lasso.fit(X, embedding / unit).coef_.reshape(components.shape)
    return weights * unit[:, None]
