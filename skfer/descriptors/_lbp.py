"""Histograms of uniform local binary patterns."""

import math
from numbers import Integral, Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import Interval, StrOptions

from skfer._typing import FeatureNames, Shape
from skfer.base import ImageDescriptor
from skfer.descriptors._cells import cell_histograms, count_pixels
from skfer.utils._opencv import cv2

_N_LABELS = 59
# Weights of Shan et al. for the regions of a face whose eyes lie in the third row.
_REGION_WEIGHTS = {
    "shan": [
        [0, 1, 1, 1, 1, 0],
        [2, 2, 1, 1, 2, 2],
        [2, 4, 4, 4, 4, 2],
        [0, 1, 0, 0, 1, 0],
        [1, 1, 2, 2, 1, 1],
        [1, 2, 4, 4, 2, 1],
        [0, 1, 2, 2, 1, 0],
    ]
}
# Pixels taken at a time, so that the interpolated neighbours stay in the cache.
_BLOCK = 2**16
# Relative difference below which two pixels are equal; that of true ones is greater at 8 bits.
_TIE = 1e-11


class LBPDescriptor(ImageDescriptor):
    """Describe an image by histograms of uniform local binary patterns (LBP).

    Each pixel is compared with 8 neighbours on a circle; which of them are at least as bright makes
    its pattern [1]_. The 58 uniform patterns, those with at most two changes round the circle,
    have a label each, and all others share one. The image is divided into a grid of regions, each
    described by the histogram of its labels [2]_. The order of the grey values counts, not the
    values.

    Parameters
    ----------
    radius : float, default=2.0
        Radius of the circle in pixels. Neighbours between pixels are interpolated bilinearly.
    n_rows : int, default=7
        Number of rows of regions.
    n_columns : int, default=6
        Number of columns of regions.
    region_weights : {"shan"}, array-like of shape (n_rows, n_columns) or None, default=None
        Factors, not negative, of the histograms. ``"shan"`` is the table of [2]_, 0 to 4, for 7 x 6
        regions of a face with the eyes in the third row. None leaves the histograms as they are.
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
        In ``fit`` and ``transform``, if a parameter is out of its range, `region_weights` have
        another shape than the grid, or one of them is negative or not finite.

    Notes
    -----
    Labels are numbered 0 to 58 as by ``method="nri_uniform"`` of scikit-image's
    ``local_binary_pattern`` and equal its own but for the border and for ties. The border is
    replicated here, since the black that scikit-image puts outside would draw a pattern of its own
    round each image. A neighbour between pixels that equals the pixel to 11 digits counts as
    equal, as one on a pixel does, where scikit-image leaves it to rounding.

    A histogram counts the share of the pixels of its region, so it sums to 1; each pixel belongs to
    one region, and a region without a pixel, in an image smaller than the grid, gives zeros. Shan
    et al. [2]_ take 7 x 6 regions of 18 x 21 pixels (width x height) from faces of 110 x 150, with
    8 neighbours at a radius of 2, which are the defaults; faces of 48 x 48 have regions of about
    8 x 7 pixels. The table ``"shan"`` was made for a chi-squared distance of templates, which
    weights that enter as factors of the histograms reproduce; in a linear kernel they count
    squared. Before a linear classifier, square roots of the features help: their products compare
    histograms by the Bhattacharyya coefficient, in which common patterns count less.

    References
    ----------
    .. [1] T. Ojala, M. Pietikainen and T. Maenpaa, "Multiresolution gray-scale and rotation
       invariant texture classification with local binary patterns", IEEE Transactions on Pattern
       Analysis and Machine Intelligence 24(7), 2002, section 2.
    .. [2] C. Shan, S. Gong and P. W. McOwan, "Facial expression recognition based on local binary
       patterns: a comprehensive study", Image and Vision Computing 27(6), 2009.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import LBPDescriptor
    >>> lbp = LBPDescriptor()
    >>> lbp.fit_transform(np.zeros((10, 48, 48), np.uint8)).shape
    (10, 2478)
    >>> lbp.get_feature_names_out()[-1]
    'lbp_r6_c5_p58'
    """

    _white = None

    _parameter_constraints: dict = {
        "radius": [Interval(Real, 0, None, closed="neither")],
        "n_rows": [Interval(Integral, 1, None, closed="left")],
        "n_columns": [Interval(Integral, 1, None, closed="left")],
        "region_weights": [StrOptions(set(_REGION_WEIGHTS)), "array-like", None],
        "n_jobs": [Integral, None],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        radius: float = 2.0,
        n_rows: int = 7,
        n_columns: int = 6,
        region_weights: Literal["shan"] | ArrayLike | None = None,
        n_jobs: int | None = None,
        image_shape: Shape | None = None,
    ):
        self.radius = radius
        self.n_rows = n_rows
        self.n_columns = n_columns
        self.region_weights = region_weights
        self.n_jobs = n_jobs
        self.image_shape = image_shape

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by row and column of the region and by label.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"lbp_r0_c3_p17"``: first row, fourth column, label 17.
        """
        super().get_feature_names_out(input_features)
        shape = (self.n_rows, self.n_columns, _N_LABELS)
        return np.array([f"lbp_r{r}_c{c}_p{p}" for r, c, p in np.ndindex(shape)], dtype=object)

    def _describe(self, pixels):
        weights = self._weights()
        features = np.empty((len(pixels), *weights.shape, _N_LABELS), np.float32)
        for batch in gen_batches(len(pixels), max(1, _BLOCK // pixels[0].size)):
            labels = local_binary_patterns(pixels[batch], self.radius)
            features[batch] = cell_histograms(labels, (len(labels), *weights.shape), _N_LABELS)
        n_pixels = count_pixels(pixels.shape[1:], weights.shape)
        features *= (weights / np.maximum(n_pixels, 1))[..., None].astype(np.float32)
        return features.reshape(len(pixels), -1)

    def _weights(self):
        """Return the factors of the regions, float of shape (n_rows, n_columns)."""
        shape = (self.n_rows, self.n_columns)
        weights = self.region_weights
        if weights is None:
            return np.ones(shape)
        named = isinstance(weights, str)
        weights = np.asarray(_REGION_WEIGHTS[weights] if named else weights, dtype=float)
        if weights.shape != shape:
            name = repr(self.region_weights) if named else "region_weights"
            raise ValueError(f"{name} has shape {weights.shape}, but the grid of regions {shape}.")
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise ValueError("region_weights must be finite and not negative.")
        return weights


def local_binary_patterns(images, radius):
    """Label the uniform pattern of each pixel, uint8 of the shape of the stack, 0 to 58.

    The first neighbour lies to the right, the others follow counterclockwise. A pattern of `n`
    neighbours that are at least as bright as the pixel, 0 < n < 8, has label
    ``1 + 8 * (n - 1) + rotation``, none has 0, all have 57; 58 is not uniform. Borders are
    replicated.
    """
    margin = math.ceil(radius)
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    # All pixels in one line, where a neighbour is a step along it: several times as fast as views
    # of the images. What runs over the edges of an image lies in the margin and is cut off.
    width = padded.shape[2]
    line = padded.ravel()
    start = margin * (width + 1)
    length = line.size - 2 * start
    centre = line[start : start + length]
    exact = line.astype(np.float64)
    # Rounding must not decide where a neighbour between pixels equals the pixel.
    threshold = np.abs(exact[start : start + length])
    threshold *= -_TIE
    threshold += centre
    patterns = np.zeros(padded.shape, np.uint8)
    bits = patterns.ravel()[start : start + length]
    columns = {}
    for (y, down), (x, right) in reversed(_neighbours(radius)):
        step = start + y * width + x
        bits += bits
        if not (down or right):
            bits += line[step : step + length] >= centre
            continue
        if right not in columns:
            columns[right] = _between(exact[:-1], exact[1:], right)
        above = columns[right][step : step + length]
        below = columns[right][step + width :][:length]
        bits += _between(above, below, down) >= threshold
    labels = cv2.LUT(patterns.reshape(-1, width), _LABELS).reshape(padded.shape)
    return labels[:, margin : margin + images.shape[1], margin : margin + images.shape[2]]


def _neighbours(radius):
    """Return y and x of each neighbour, as whole pixels and a fraction."""
    angle = np.pi / 4 * np.arange(8)
    offsets = np.column_stack([-radius * np.sin(angle), radius * np.cos(angle)])
    # Rounded like scikit-image's, and because the sine of 180 degrees is not quite 0.
    offsets = offsets.round(5)
    whole = np.floor(offsets).astype(int)
    return [list(zip(*pair, strict=True)) for pair in zip(whole, offsets - whole, strict=True)]


def _between(one, other, fraction):
    """Interpolate between two lines of pixels."""
    if fraction == 0:
        return one
    return cv2.addWeighted(one, 1 - fraction, other, fraction, 0).ravel()


def _uniform_labels():
    """Return the label of each of the 256 patterns."""
    labels = np.full(256, _N_LABELS - 1, np.uint8)
    for n_ones in range(1, 8):
        for rotation in range(8):
            ones = (np.arange(n_ones) - rotation) % 8
            labels[(1 << ones).sum()] = 1 + 8 * (n_ones - 1) + rotation
    labels[0], labels[255] = 0, _N_LABELS - 2
    return labels


_LABELS = _uniform_labels()
