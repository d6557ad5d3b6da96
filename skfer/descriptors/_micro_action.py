"""Responses to patterns that are learnt from patches of faces."""

from itertools import pairwise
from numbers import Integral

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from sklearn.cluster import MiniBatchKMeans
from sklearn.preprocessing import normalize
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from skfer._typing import FeatureNames, RandomState, Shape
from skfer.base import ImageDescriptor

_FLOOR = 0.01  # least variance of a patch, as a fraction of that of its image
_WHITENING_FLOOR = 0.1  # added to the variances, of patches of variance 1
_PATCHES = 60  # of each training image, to learn from


class MicroActionDescriptor(ImageDescriptor):
    """Describe an image by its greatest responses to patterns learnt from patches.

    A convolution layer and a max-pooling layer, as those that give the micro-action patterns of Liu
    M. et al. (2015) [1]_: patches of the training images are normalized, whitened and clustered by
    k-means [2]_; each cluster centre is a filter, and the image is described by its greatest
    response within each cell of a grid.

    Parameters
    ----------
    n_patterns : int, default=100
        Number of filters.
    patch_size : int, default=8
        Side of the filters in pixels; that of the image, where that is less.
    n_cells : int, default=6
        Number of rows and of columns of cells.
    random_state : int, RandomState instance or None, default=None
        Seed of the patches that are learnt from and of k-means.
    n_jobs : int, default=None
        Number of threads; None means 1 unless in a ``joblib.parallel_config`` context, -1 all
        processors.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None means square.

    Attributes
    ----------
    filters_ : ndarray of shape (n_patterns, height, width), dtype float64
        The filters, whitening included. They are applied to patches of mean 0 and variance 1.
    offset_ : ndarray of shape (n_patterns,), dtype float64
        What is added to the responses.
    image_shape_ : tuple of (int, int)
        Height and width of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of an image.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where ``fit`` saw a DataFrame.

    See Also
    --------
    skfer.features.ActionUnitAwareRBM : Groups the features, as [1]_ goes on.

    Notes
    -----
    Unlike other descriptors it learns, without labels, so that it belongs into the folds. It learns
    from 60 patches of each training image; there are no more patterns than these.

    We know the parts of [1]_, not its details. Guesses: the sizes; the normalization and whitening,
    which are those of [2]_; that the cells do not overlap; that responses below 0 count as 0. The
    result depends neither on gain nor on offset of an image.

    References
    ----------
    .. [1] M. Liu, S. Li, S. Shan and X. Chen, "AU-inspired deep networks for facial expression
       feature learning", Neurocomputing 159, 2015.
    .. [2] A. Coates, H. Lee and A. Y. Ng, "An analysis of single-layer networks in unsupervised
       feature learning", AISTATS 2011.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.descriptors import MicroActionDescriptor
    >>> images = make_faces(4, 1, image_size=(48, 48), random_state=0).images
    >>> patterns = MicroActionDescriptor(10, random_state=0)
    >>> patterns.fit_transform(images).shape
    (24, 360)
    >>> patterns.get_feature_names_out()[-1]
    'microaction_r5_c5_p9'
    """

    _white = None

    _parameter_constraints: dict = {
        "n_patterns": [Interval(Integral, 1, None, closed="left")],
        "patch_size": [Interval(Integral, 1, None, closed="left")],
        "n_cells": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        n_patterns: int = 100,
        *,
        patch_size: int = 8,
        n_cells: int = 6,
        random_state: RandomState = None,
        n_jobs: int | None = None,
        image_shape: Shape | None = None,
    ):
        self.n_patterns = n_patterns
        self.patch_size = patch_size
        self.n_cells = n_cells
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.image_shape = image_shape

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by row and column of the cell and by pattern.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"microaction_r0_c3_p17"``: first row, fourth column, pattern 17.
        """
        super().get_feature_names_out(input_features)
        shape = (self.n_cells, self.n_cells, len(self.filters_))
        return np.array(
            [f"microaction_r{r}_c{c}_p{p}" for r, c, p in np.ndindex(shape)], dtype=object
        )

    def _learn(self, batch):
        random_state = check_random_state(self.random_state)
        images = batch.images
        shape = tuple(min(self.patch_size, side) for side in images.shape[1:])
        chosen = []
        for image in images:
            patches = normalized_patches(image, shape)
            chosen.append(patches[random_state.randint(len(patches), size=_PATCHES)])
        patches = np.concatenate(chosen)
        mean = patches.mean(axis=0)
        whitening = _whitening(patches - mean)
        clusters = MiniBatchKMeans(
            min(self.n_patterns, len(patches)),
            n_init=1,
            batch_size=2048,
            random_state=random_state,
        ).fit((patches - mean) @ whitening)
        filters = normalize(clusters.cluster_centers_) @ whitening
        self.filters_ = filters.reshape(-1, *shape)
        self.offset_ = -filters @ mean
        super()._learn(batch)

    def _describe(self, images):
        check_is_fitted(self, "filters_")
        shape = self.filters_.shape[1:]
        filters = self.filters_.reshape(len(self.filters_), -1).T
        grid = tuple(side - own + 1 for side, own in zip(images.shape[1:], shape, strict=True))
        features = [
            _greatest(
                (normalized_patches(image, shape) @ filters + self.offset_).reshape(*grid, -1),
                self.n_cells,
            ).ravel()
            for image in images
        ]
        return np.stack(features)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags


def _whitening(patches):
    """Return the matrix that decorrelates centred patches, and raises no noise (ZCA)."""
    covariance = np.atleast_2d(np.cov(patches, rowvar=False, ddof=0))
    values, vectors = np.linalg.eigh(covariance)
    return vectors / np.sqrt(values + _WHITENING_FLOOR) @ vectors.T


def normalized_patches(image, shape):
    """Return all patches of an image as rows of mean 0, and of variance 1 where it is no flat."""
    image = image.astype(np.float64)
    patches = sliding_window_view(image - image.mean(), shape).reshape(-1, shape[0] * shape[1])
    patches = patches - patches.mean(axis=1, keepdims=True)
    variance = np.square(patches).mean(axis=1, keepdims=True) + _FLOOR * image.var()
    return patches / np.sqrt(np.maximum(variance, np.finfo(float).tiny))


def _greatest(responses, n_cells):
    """Return the greatest response (height, width, n_patterns) of each cell, or 0 if that is more.

    A cell has a place at least, so that cells overlap where there are fewer places than cells.
    """
    for axis in (0, 1):
        side = responses.shape[axis]
        edges = np.linspace(0, side, n_cells + 1).astype(int)
        cells = [
            responses.take(range(min(start, side - 1), max(stop, min(start, side - 1) + 1)), axis)
            for start, stop in pairwise(edges)
        ]
        responses = np.stack([cell.max(axis=axis) for cell in cells], axis=axis)
    return np.maximum(responses, 0)
