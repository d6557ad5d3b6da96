"""Pyramid of histograms of oriented gradients."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, Options

from skfer._typing import FeatureNames, Shape
from skfer.base import ImageDescriptor
from skfer.descriptors._cells import cell_histograms
from skfer.utils._opencv import cv2

# Greatest gradient in the 16 bits that OpenCV's Canny takes; twice its square fits 32.
_LARGEST = 2**14
# Lower threshold of the hysteresis, as a part of the upper one.
_LOWER = 0.4
# Part of a bin by which directions are turned, so that rounding never decides on a multiple of
# 45 degrees, which is where many gradients of whole numbers lie.
_TURN = 1e-4


class PHOGDescriptor(ImageDescriptor):
    """Describe an image by a pyramid of histograms of oriented gradients (PHOG).

    Gradients vote with their magnitude for their orientation, at the pixels of Canny edges only
    [1]_. Level 0 of the pyramid is the histogram of the whole image, level `l` has one for each of
    the cells of a grid of 2 to the power of `l` rows and columns. All together are divided by their
    sum, so gain and offset of an image do not matter.

    Parameters
    ----------
    n_orientations : int, default=20
        Number of orientation bins.
    angle : {180, 360}, default=360
        Degrees over which the bins are spread: 180 takes opposite gradients for one orientation,
        360 tells dark to bright from bright to dark, and recognizes expressions better.
    n_levels : int, default=3
        Number of levels; 3 gives 1 + 4 + 16 cells.
    edges : bool, default=True
        Let the pixels of edges vote only. False lets all pixels vote.
    edge_quantile : float, default=0.7
        Upper threshold of the edges, as a quantile of the gradient magnitudes of the same image:
        edges begin in the strongest 30 %. The lower one, down to which they go on, is 0.4 times
        the upper one.
    n_jobs : int, default=None
        Number of threads; None means 1 unless in a ``joblib.parallel_config`` context, -1 all
        processors.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None means square.

    Attributes
    ----------
    image_shape_ : tuple of (int, int)
        Height and width of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of an image.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where ``fit`` saw a DataFrame.

    Raises
    ------
    ValueError
        In ``fit`` and ``transform``, if a parameter is out of its range.

    Notes
    -----
    As in [1]_ (section 2, quoted from memory), gradients are those of a 3 x 3 Sobel mask without
    smoothing; each votes for one bin, the first of which begins at 0 degrees. Fan and Tjahjadi
    [2]_ describe faces by 20 bins and these three levels, 420 features, which are the defaults;
    whether over 180 or 360 degrees they do not say. Choices of this class are:

    - Thresholds of the edges are relative to the image, so that a face of low contrast has edges
      too. The quantile and the ratio are those of MATLAB's ``edge``; neither paper names any.
    - Borders are replicated.
    - Where the sides are no multiples of the cells, these differ by a pixel, rather than the rest
      being left out of the finer levels. Cells of an image smaller than its grid may be empty.

    An image without gradients gives zeros.

    References
    ----------
    .. [1] A. Bosch, A. Zisserman and X. Munoz, "Representing shape with a spatial pyramid kernel",
       CIVR 2007, section 2.
    .. [2] X. Fan and T. Tjahjadi, "A spatial-temporal framework based on histogram of gradients and
       optical flow for facial expression recognition in video sequences", Pattern Recognition
       48(11), 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import PHOGDescriptor
    >>> phog = PHOGDescriptor()
    >>> phog.fit_transform(np.zeros((10, 48, 48), np.uint8)).shape
    (10, 420)
    >>> phog.get_feature_names_out()[-1]
    'phog_l2_r3_c3_o19'
    """

    _white = None

    _parameter_constraints: dict = {
        "n_orientations": [Interval(Integral, 1, None, closed="left")],
        "angle": [Options(Integral, {180, 360})],
        "n_levels": [Interval(Integral, 1, None, closed="left")],
        "edges": ["boolean"],
        "edge_quantile": [Interval(Real, 0, 1, closed="both")],
        "n_jobs": [Integral, None],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        n_orientations: int = 20,
        angle: Literal[180, 360] = 360,
        n_levels: int = 3,
        edges: bool = True,
        edge_quantile: float = 0.7,
        n_jobs: int | None = None,
        image_shape: Shape | None = None,
    ):
        self.n_orientations = n_orientations
        self.angle = angle
        self.n_levels = n_levels
        self.edges = edges
        self.edge_quantile = edge_quantile
        self.n_jobs = n_jobs
        self.image_shape = image_shape

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by level, row and column of the cell, and orientation.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"phog_l2_r3_c1_o17"``: third level, fourth row, second column,
            orientation bin 17.
        """
        super().get_feature_names_out(input_features)
        names = [
            f"phog_l{level}_r{r}_c{c}_o{o}"
            for level in range(self.n_levels)
            for r, c, o in np.ndindex(2**level, 2**level, self.n_orientations)
        ]
        return np.array(names, dtype=object)

    def _describe(self, pixels):
        return phog_features(
            pixels,
            n_orientations=self.n_orientations,
            angle=self.angle,
            n_levels=self.n_levels,
            edge_quantile=self.edge_quantile if self.edges else None,
        )


def phog_features(images, *, n_orientations, angle, n_levels, edge_quantile):
    """Take images (n_images, height, width) to PHOGs, one row each; None lets all pixels vote.

    >>> images = np.tile(np.arange(8), (3, 8, 1))
    >>> phog_features(images, n_orientations=4, angle=360, n_levels=1, edge_quantile=None)[0]
    array([1., 0., 0., 0.])
    """
    dx, dy = sobel_gradients(images)
    votes = np.hypot(dx, dy)
    if edge_quantile is not None:
        votes *= _canny_edges(dx, dy, edge_quantile)
    bins = orientation_bins(dx, dy, votes, n_orientations, angle)
    pyramid = _pyramid(bins, votes, n_orientations, n_levels)
    total = pyramid.sum(axis=1, keepdims=True)
    return np.divide(pyramid, total, out=pyramid, where=total > 0)


def sobel_gradients(images):
    """Return the gradients along x and along y of images stretched to 0..1, float32 each."""
    n_images, height, width = images.shape
    # The minimum goes first so that a constant image becomes exactly 0, whatever its rounding.
    stretched = images - images.min(axis=(1, 2), keepdims=True).astype(np.float64)
    largest = stretched.max(axis=(1, 2), keepdims=True)
    stretched /= np.where(largest > 0, largest, 1)
    # One call for all images, one below the other, each with its border rows twice.
    rows = np.clip(np.arange(-1, height + 1), 0, height - 1)
    tall = stretched.astype(np.float32)[:, rows].reshape(-1, width)
    border = cv2.BORDER_REPLICATE
    dx, dy = (
        cv2.Sobel(tall, cv2.CV_32F, *order, borderType=border).reshape(n_images, -1, width)
        for order in ((1, 0), (0, 1))
    )
    return dx[:, 1:-1], dy[:, 1:-1]


def _canny_edges(dx, dy, quantile):
    """Mark the edges of each image, bool of the shape of the gradients."""
    n_images = len(dx)
    largest = np.maximum(np.abs(dx), np.abs(dy)).reshape(n_images, -1).max(axis=1)
    scale = _LARGEST / np.where(largest > 0, largest, 1)
    upper = scale * np.quantile(np.hypot(dx, dy).reshape(n_images, -1), quantile, axis=1)
    across, down = (
        np.rint(scale[:, None, None] * gradient).astype(np.int16) for gradient in (dx, dy)
    )
    limits = np.stack([_LOWER * upper, upper], axis=1).tolist()
    edges = np.empty(dx.shape, np.uint8)
    for image in range(n_images):
        cv2.Canny(across[image], down[image], *limits[image], edges[image], L2gradient=True)
    return edges > 0


def orientation_bins(dx, dy, votes, n_orientations, angle):
    """Return the orientation bin of each pixel that votes, 0 of others."""
    bins = np.zeros(dx.shape, np.intp)
    voting = votes > 0
    turns = np.arctan2(dy[voting], dx[voting]) / np.radians(angle)
    bins[voting] = np.floor(turns * n_orientations + _TURN).astype(np.intp) % n_orientations
    return bins


def _pyramid(bins, votes, n_bins, n_levels):
    """Sum votes over the cells of each level, float64 of shape (n_images, n_features)."""
    n_images, n_cells = len(bins), 2 ** (n_levels - 1)
    level = cell_histograms(bins, (n_images, n_cells, n_cells), n_bins, votes)
    levels = [level]
    while level.shape[1] > 1:
        level = level.reshape(n_images, level.shape[1] // 2, 2, -1, 2, n_bins).sum(axis=(2, 4))
        levels.insert(0, level)
    return np.concatenate([level.reshape(n_images, -1) for level in levels], axis=1)
