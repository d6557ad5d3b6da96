"""Magnitudes of a bank of Gabor filters."""

from functools import lru_cache
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import Interval

from skfer._typing import FeatureNames, Shape
from skfer.base import ImageDescriptor
from skfer.descriptors._gabor_bank import GaborBank

# Least divisor of a response map, in standard deviations of the image: rounding noise is no
# texture. On 48x48 faces the weakest map measured had five times as much.
MIN_RMS = 1e-3
# Filtered together: few enough that their responses stay in the cache of a processor, and enough
# that the threads of `n_jobs` compute rather than wait for each other's Python.
PIXELS_AT_A_TIME = 10_000


class GaborDescriptor(ImageDescriptor):
    r"""Describe an image by Gabor magnitudes, averaged over the cells of a grid.

    An image is filtered at `n_scales` wavelengths, each :math:`\sqrt{2}` (half an octave) longer
    than the one before, and `n_orientations` orientations. The magnitude of each response is
    averaged over the cells of the grid, which forgives small shifts, and the grid of each filter is
    divided by its root mean square, which leaves where a filter answers but not how strongly.
    Brightness and contrast of an image do not matter.

    Parameters
    ----------
    n_orientations : int, default=8
        Number of orientations, evenly spread over 180 degrees.
    n_scales : int, default=5
        Number of wavelengths.
    min_wavelength : float, default=2.0
        Shortest wavelength in pixels; 2 is the shortest that pixels can carry.
    sigma : float, default=2*pi
        Standard deviation of the Gaussian envelope as a phase of its wave, in radians: 2 pi is
        one wavelength. Larger values select orientation and wavelength more sharply.
    grid_size : int, default=12
        Number of rows and of columns of the grid. Cells may cover fractions of pixels.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None means square.
    n_jobs : int, default=None
        Number of threads, each with a chunk of the images; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.

    Attributes
    ----------
    image_shape_ : tuple of (int, int)
        Height and width of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels of an image.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, where ``fit`` saw a DataFrame.

    Notes
    -----
    Borders are replicated as far as the kernels reach. Images are standardized to mean 0 and
    variance 1 and filtered a few at a time, so that memory for the responses does not grow with
    their number. Each kernel is a factor in x times a factor in y, so that filtering is a product
    of small matrices. A filter that answers with less than a thousandth of a standard deviation is
    not raised to a root mean square of 1, because rounding noise is not texture; a constant image
    gives zeros.

    The kernels are those of [1]_, without their constant factor. Littlewort et al. [2]_ describe
    faces of 48x48 pixels by 8 orientations and 9 scales of 2 to 32 pixels
    (``n_scales=9, grid_size=48``). The wavelengths and the grid suit faces of this size;
    for larger ones scale `min_wavelength` with the face.

    References
    ----------
    .. [1] M. Lades et al., "Distortion invariant object recognition in the dynamic link
       architecture", IEEE Transactions on Computers 42(3), 1993.
    .. [2] G. Littlewort et al., "Dynamics of facial expression extracted automatically from video",
       Image and Vision Computing 24(6), 2006.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import GaborDescriptor
    >>> gabor = GaborDescriptor(n_scales=3, grid_size=6)
    >>> gabor.fit_transform(np.zeros((10, 48, 48), np.uint8)).shape
    (10, 864)
    >>> gabor.get_feature_names_out()[-1]
    'gabor_s2_o7_r5_c5'
    """

    _white = None

    _parameter_constraints: dict = {
        "n_orientations": [Interval(Integral, 1, None, closed="left")],
        "n_scales": [Interval(Integral, 1, None, closed="left")],
        "min_wavelength": [Interval(Real, 2, None, closed="left")],
        "sigma": [Interval(Real, 0, None, closed="neither")],
        "grid_size": [Interval(Integral, 1, None, closed="left")],
        "image_shape": [tuple, list, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        n_orientations: int = 8,
        n_scales: int = 5,
        min_wavelength: float = 2.0,
        sigma: float = 2 * np.pi,
        grid_size: int = 12,
        image_shape: Shape | None = None,
        n_jobs: int | None = None,
    ):
        self.n_orientations = n_orientations
        self.n_scales = n_scales
        self.min_wavelength = min_wavelength
        self.sigma = sigma
        self.grid_size = grid_size
        self.image_shape = image_shape
        self.n_jobs = n_jobs

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by scale, orientation, row and column of the grid.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"gabor_s0_o2_r1_c3"``: shortest wavelength, third orientation, second
            row, fourth column.
        """
        super().get_feature_names_out(input_features)
        shape = (self.n_scales, self.n_orientations, self.grid_size, self.grid_size)
        return np.array(
            [f"gabor_s{s}_o{o}_r{r}_c{c}" for s, o, r, c in np.ndindex(shape)], dtype=object
        )

    def _describe(self, pixels):
        over_rows = _area_mean_weights(pixels.shape[1], self.grid_size)
        over_columns = _area_mean_weights(pixels.shape[2], self.grid_size).T
        wavelengths = self.min_wavelength * np.sqrt(2) ** np.arange(self.n_scales)
        bank = _bank(tuple(wavelengths), self.n_orientations, self.sigma, pixels.shape[1:])
        grids = (self.n_scales, self.n_orientations, self.grid_size, self.grid_size)
        features = np.empty((len(pixels), *grids), np.float32)
        for batch in gen_batches(len(pixels), max(1, PIXELS_AT_A_TIME // pixels[0].size)):
            standardized = np.stack([standardize(image) for image in pixels[batch]])
            features[batch] = bank.grid_means(standardized, over_rows, over_columns)
        rms = np.sqrt(np.mean(np.square(features), axis=(-2, -1), keepdims=True))
        features /= np.maximum(rms, MIN_RMS)
        return features.reshape(len(pixels), -1)


# Remembered, since a single face waits longer for its filters than for its features.
_bank = lru_cache(maxsize=4)(GaborBank)


def standardize(image):
    """Return an image of mean 0 and variance 1, a constant one of 0, as float32."""
    # The minimum goes first so that a constant image becomes exactly 0, whatever its rounding.
    image = np.asarray(image, dtype=float) - image.min()
    image -= image.mean()
    return (image / (image.std() or 1.0)).astype(np.float32)


def _area_mean_weights(n_pixels, n_cells):
    """Weights (n_cells, n_pixels) of the mean over equal cells, in parts of pixels."""
    edges = np.linspace(0, n_pixels, n_cells + 1)
    pixel = np.arange(n_pixels)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return (overlap.clip(0) * n_cells / n_pixels).astype(np.float32)
