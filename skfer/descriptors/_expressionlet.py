"""Expressionlets: covariances of local space-time features, by the modes of a mixture."""

from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skfer._typing import FeatureNames, RandomState
from skfer.base import SequenceDescriptor
from skfer.descriptors._space_time import check_cell_shape, space_time_features

# Places are spread evenly over 0 to 1; this brings them to variance 1, as the features have.
_PLACE_SCALE = np.sqrt(12)


class ExpressionletDescriptor(SequenceDescriptor):
    r"""Describe a sequence by expressionlets, after Liu et al. (2014) [1]_.

    A sequence is a cloud of local features, each the gradients of a small block of pixels over a
    few frames, with its place and time. A Gaussian mixture over those of all training sequences,
    the universal manifold model, divides the cloud in modes, such as the mouth corners. For
    each sequence and mode, the covariance of the features that fit the mode best is an
    expressionlet. Its matrix logarithm can be compared by plain differences.
    Sequences of any length have as many features.

    Parameters
    ----------
    n_components : int, default=16
        Number of modes of the mixture.
    n_dimensions : int, default=16
        Number of principal components to which the gradients of a block are reduced; fewer where
        there are fewer of them or fewer blocks.
    n_best : int, default=8
        Number of local features of an expressionlet; all, where a sequence has fewer. Far fewer
        than a sequence has, or the expressionlets of all modes become alike: three frames of 48x48
        have 25.
    cell_shape : tuple of (int, int, int), default=(2, 8, 8)
        Number of frames, rows and columns of a cell. A block has 2 x 2 x 2 cells, and blocks
        overlap by half.
    n_orientations : int, default=8
        Number of orientations of the gradients in a cell, over 360 degrees.
    regularization : float, default=0.01
        What is added to the variances, of which those of the training features are 1.
    max_samples : int, default=20000
        Number of local features that the mixture is fitted to, as many of each sequence, drawn at
        random.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw and of the mixture.
    n_jobs : int, default=None
        Number of threads of ``transform``; None means 1 unless in a ``joblib.parallel_config``
        context, -1 all processors.

    Attributes
    ----------
    pca_ : PCA
        Takes the gradients of blocks to their principal components, with variance 1.
    mixture_ : GaussianMixture
        The universal manifold model, of `n_components` modes with diagonal covariances.
    image_shape_ : tuple of (int, int)
        Height and width of the frames seen in ``fit``.

    Raises
    ------
    ValueError
        In ``fit`` and ``transform``, if a parameter is out of its range, the frames have another
        size than in ``fit``, or the training sequences have fewer local features than the mixture
        has components, or show nothing.

    Notes
    -----
    Known to us of [1]_ is what the first paragraph says, and that a discriminant analysis follows,
    see :func:`~skfer.pipelines.make_expressionlet_pipeline`. Guesses of this class are:

    - The local features: histograms of the orientations of gradients in 2 x 2 x 2 cells, scaled to
      length 1, by principal components of variance 1; their size, step and number.
    - The place of a block: its centre, as fractions of the number of frames, of the height and of
      the width, brought to variance 1. Fractions make slow sequences equal to fast ones.
    - Features fit a mode best by its density, not by the probability of the mode, which is 1 for
      many features at once.
    - The covariance :math:`C` is that of features and places, with `regularization` on its diagonal
      since a few features span few dimensions. The features are the upper triangle of
      :math:`\log C`, those off the diagonal times :math:`\sqrt 2`, so that distances are those of
      the matrices.

    With the default number of modes each is a place of the face over the whole sequence. Of timing
    the covariances then have linear trends only.

    Gain and offset of a frame do not matter. A single frame has blocks that repeat it.

    References
    ----------
    .. [1] M. Liu, S. Shan, R. Wang and X. Chen, "Learning expressionlets on spatio-temporal
       manifold for dynamic facial expression recognition", CVPR 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import ExpressionletDescriptor
    >>> rng = np.random.default_rng(0)
    >>> sequences = [rng.random((n_frames, 48, 48)) for n_frames in (9, 20)]
    >>> descriptor = ExpressionletDescriptor(n_components=4, random_state=0)
    >>> descriptor.fit_transform(sequences).shape
    (2, 760)
    >>> descriptor.get_feature_names_out()[-1]
    'expressionlet_k3_x_x'
    """

    _white = None

    _parameter_constraints: dict = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "n_dimensions": [Interval(Integral, 1, None, closed="left")],
        "n_best": [Interval(Integral, 2, None, closed="left")],
        "cell_shape": [tuple, list],
        "n_orientations": [Interval(Integral, 1, None, closed="left")],
        "regularization": [Interval(Real, 0, None, closed="neither")],
        "max_samples": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        n_components: int = 16,
        n_dimensions: int = 16,
        n_best: int = 8,
        cell_shape: tuple[int, int, int] = (2, 8, 8),
        n_orientations: int = 8,
        regularization: float = 0.01,
        max_samples: int = 20_000,
        random_state: RandomState = None,
        n_jobs: int | None = None,
    ):
        self.n_components = n_components
        self.n_dimensions = n_dimensions
        self.n_best = n_best
        self.cell_shape = cell_shape
        self.n_orientations = n_orientations
        self.regularization = regularization
        self.max_samples = max_samples
        self.random_state = random_state
        self.n_jobs = n_jobs

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by mode and by the two dimensions of the covariance.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Ignored.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"expressionlet_k7_p0_y"``: of mode 7, between the first principal
            component of the gradients and the height of a block.
        """
        super().get_feature_names_out(input_features)
        dimensions = [*(f"p{index}" for index in range(self.pca_.n_components_)), "t", "y", "x"]
        pairs = np.column_stack(np.triu_indices(len(dimensions))).tolist()
        names = [
            f"expressionlet_k{mode}_{dimensions[first]}_{dimensions[second]}"
            for mode in range(self.n_components)
            for first, second in pairs
        ]
        return np.array(names, dtype=object)

    def _learn(self, batch):
        check_cell_shape(self.cell_shape)
        rng = check_random_state(self.random_state)
        share = -(-self.max_samples // len(batch.images))
        drawn = []
        for index in range(len(batch.images)):
            features, places = self._local_features(self._frames(batch, index))
            chosen = rng.permutation(len(features))[:share]
            drawn.append((features[chosen], places[chosen]))
        features, places = (np.concatenate(part) for part in zip(*drawn, strict=True))
        if len(features) < self.n_components:
            raise ValueError(
                f"The training sequences have {len(features)} local features, fewer than "
                f"n_components={self.n_components}; give more sequences or smaller cells."
            )
        if not np.ptp(features, axis=0).any():
            raise ValueError(
                "The local features of all training sequences are equal: their frames show nothing."
            )
        self.pca_ = PCA(min(self.n_dimensions, *features.shape), whiten=True, svd_solver="full")
        self.pca_.fit(features)
        self.mixture_ = GaussianMixture(
            self.n_components,
            covariance_type="diag",
            reg_covar=self.regularization,
            random_state=rng.randint(np.iinfo(np.int32).max),
        )
        self.mixture_.fit(self._join(features, places))
        super()._learn(batch)

    def _describe(self, frames):
        check_is_fitted(self)
        points = self._join(*self._local_features(frames))
        mixture = self.mixture_
        best = best_fitting(points, mixture.means_, mixture.covariances_, self.n_best)
        return log_covariances(points[best], self.regularization).ravel()

    def _local_features(self, frames):
        return space_time_features(frames, self.cell_shape, self.n_orientations)

    def _join(self, features, places):
        return np.hstack([self.pca_.transform(features), (places - 0.5) * _PLACE_SCALE])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags


def best_fitting(points, means, variances, n_best):
    """Return the indices (n_components, n_best) of the points of greatest density of each mode.

    >>> points = np.array([[0.0], [1.0], [5.0]])
    >>> best_fitting(points, np.array([[4.0]]), np.ones((1, 1)), 1).tolist()
    [[2]]
    """
    precisions = 1 / variances
    # The squared distance in deviations, but for a constant of each mode.
    distances = precisions @ (points**2).T - 2 * (means * precisions) @ points.T
    n_best = min(n_best, len(points))
    return np.argpartition(distances, n_best - 1, axis=1)[:, :n_best]


def log_covariances(points, regularization):
    """Take sets of points (n_sets, n_points, n_dimensions) to vectors of their log-covariances.

    >>> points = np.array([[[1.0, 0.0], [-1.0, 0.0]]])
    >>> log_covariances(points, 1.0).round(3).tolist()
    [[1.099, 0.0, 0.0]]
    """
    centred = points - points.mean(axis=1, keepdims=True)
    n_points, n_dimensions = points.shape[1:]
    covariances = centred.swapaxes(1, 2) @ centred / max(1, n_points - 1)
    covariances += regularization * np.eye(n_dimensions)
    values, vectors = np.linalg.eigh(covariances)
    # Rounding may take what regularization left of a variance below it.
    logs = np.log(np.maximum(values, regularization))
    matrices = (vectors * logs[:, None]) @ vectors.swapaxes(1, 2)
    rows, columns = np.triu_indices(n_dimensions)
    return matrices[:, rows, columns] * np.where(rows == columns, 1, np.sqrt(2))
