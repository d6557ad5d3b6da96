"""Gabor responses averaged over the cells of radial grids."""

from functools import lru_cache
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft, sparse
from sklearn.utils._param_validation import Interval

from skfer._typing import FeatureNames, Shape
from skfer.base import ImageDescriptor
from skfer.descriptors._gabor import standardize
from skfer.utils._opencv import cv2

# Height of the faces for which the constants of the kernels were given.
_PAPER_HEIGHT = 164
# Least range of a response map, in standard deviations of the image: rounding noise is no texture.
_MIN_RANGE = 1e-3
# A pixel is shared out among cells by this many points along each side.
_POINTS = 8


class RadialGaborDescriptor(ImageDescriptor):
    r"""Describe an image by Gabor responses over radial grids in overlapping local regions.

    The face is filtered by Gabor cosines of several scales and orientations, and each response map
    is scaled to 0..1. In each of (2r - 1)\ :sup:`2` regions, which overlap by half, the map is
    averaged over the cells of a grid of rings and sectors round the centre of the region [1]_.
    Brightness and contrast of an image do not matter.

    Parameters
    ----------
    n_divisions : int, default=3
        How many regions fit into the height and the width of the face side by side, r; with the
        overlapping ones there are 2 r - 1 rows and columns.
    window_sizes : tuple of int, default=(11, 20, 29)
        A scale each, S in the formulas below.
    n_orientations : int, default=8
        Number of orientations, evenly spread over 180 degrees.
    n_rings : int, default=5
        Rings of a radial grid, of one width.
    n_sectors : int, default=18
        Sectors of a radial grid, the first from 0 to 20 degrees.
    working_shape : tuple of (int, int), default=(164, 127)
        Height and width to which images are resized. The kernels scale with this height.
    n_jobs : int, default=None
        Number of threads; None means 1 unless in a ``joblib.parallel_config`` context, -1 all
        processors.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None means square.

    Attributes
    ----------
    code_size_ : int
        Number of features of a code, which belongs to one region and one scale. Codes lie one
        behind the other, the scales of a region together.
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

    See Also
    --------
    skfer.classifiers.RadialEncodingClassifier : The classifier over these codes.

    Notes
    -----
    A kernel of [1]_ is, turned by :math:`\theta`,

    .. math:: \exp\left(-\frac{x^2 + \gamma^2 y^2}{2 \sigma^2}\right)
        \cos\left(\frac{2 \pi x}{\lambda}\right), \quad |x|, |y| \le \sigma,

    with :math:`\sigma = \lceil 0.0036 S^2 + 0.35 S + 0.18 \rceil`,
    :math:`\lambda = \sigma / 0.8` and :math:`\gamma^2 = 0.25`: 5, 9 and 14 pixels for the default
    scales, for a face of 164 x 127 pixels. A region is a third as high and as wide as the face, and
    the outer radius of the grid is half its shorter side. The 25 regions, 3 scales, 8 orientations
    and 90 cells make 54,000 features.

    The paper itself was not at hand. Formulas and constants are those of a public
    re-implementation whose comments number them as the paper does; differences from it are:

    - Images are resized first, cubically where they grow. At 48 x 48 pixels the shortest wave would
      have less than two pixels and most cells of a grid none; to resize loses nothing and keeps
      all proportions to the face those of the paper.
    - The sum of a kernel is brought to 0, as in the model of the visual cortex from which the
      constants come, so that the light on a face does not pass through.
    - Pixels count with the part of them that lies in a cell (64 points each), so no cell is empty.
    - Borders are replicated, not black, and regions are spread evenly over the whole face, where
      the rounded sizes leave a line of pixels out.

    A map whose range is below a thousandth of a standard deviation of the image is not stretched,
    because rounding noise is not texture; a constant image gives zeros.

    References
    ----------
    .. [1] W. Gu, C. Xiang, Y. V. Venkatesh, D. Huang and H. Lin, "Facial expression recognition
       using radial encoding of local Gabor features and classifier synthesis", Pattern Recognition
       45(1), 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import RadialGaborDescriptor
    >>> radial = RadialGaborDescriptor()
    >>> radial.fit_transform(np.zeros((2, 48, 48), np.uint8)).shape
    (2, 54000)
    >>> radial.code_size_, radial.get_feature_names_out()[-1]
    (720, 'radial_r4_c4_s2_o7_k4_a17')
    """

    _white = None

    _parameter_constraints: dict = {
        "n_divisions": [Interval(Integral, 1, None, closed="left")],
        "window_sizes": [tuple, list],
        "n_orientations": [Interval(Integral, 1, None, closed="left")],
        "n_rings": [Interval(Integral, 1, None, closed="left")],
        "n_sectors": [Interval(Integral, 1, None, closed="left")],
        "working_shape": [tuple, list],
        "n_jobs": [Integral, None],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        n_divisions: int = 3,
        window_sizes: tuple[int, ...] = (11, 20, 29),
        n_orientations: int = 8,
        n_rings: int = 5,
        n_sectors: int = 18,
        working_shape: Shape = (164, 127),
        n_jobs: int | None = None,
        image_shape: Shape | None = None,
    ):
        self.n_divisions = n_divisions
        self.window_sizes = window_sizes
        self.n_orientations = n_orientations
        self.n_rings = n_rings
        self.n_sectors = n_sectors
        self.working_shape = working_shape
        self.n_jobs = n_jobs
        self.image_shape = image_shape

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by region, scale, orientation and cell.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"radial_r0_c4_s2_o7_k3_a17"``: row and column of the region, scale,
            orientation, ring from the centre, sector from the right towards the bottom.
        """
        super().get_feature_names_out(input_features)
        n_regions, n_scales = 2 * self.n_divisions - 1, len(self.window_sizes)
        shape = (n_regions, n_regions, n_scales, self.n_orientations, self.n_rings, self.n_sectors)
        names = [f"radial_r{r}_c{c}_s{s}_o{o}_k{k}_a{a}" for r, c, s, o, k, a in np.ndindex(shape)]
        return np.array(names, dtype=object)

    def _learn(self, batch):
        super()._learn(batch)
        self.code_size_ = self.n_orientations * self.n_rings * self.n_sectors

    def _describe(self, pixels):
        shape, windows = tuple(self.working_shape), tuple(self.window_sizes)
        if len(shape) != 2 or min(shape) < 1:
            raise ValueError(f"working_shape={self.working_shape}; expected a height and a width.")
        if not windows or min(windows) <= 0:
            raise ValueError(f"window_sizes={self.window_sizes}; expected sizes above 0.")
        spectra, radius = _filters(shape, windows, self.n_orientations)
        cells = _radial_cells(shape, self.n_divisions, self.n_rings, self.n_sectors)
        n_cells, n_maps = self.n_rings * self.n_sectors, len(spectra)
        features = np.empty((len(pixels), cells.shape[0] // n_cells, n_maps, n_cells), np.float32)
        for feature, image in zip(features, pixels, strict=True):
            maps = _responses(_resize(standardize(image), shape), spectra, radius)
            means = (cells @ maps.reshape(n_maps, -1).T).reshape(-1, n_cells, n_maps)
            feature[:] = means.swapaxes(1, 2)
        return features.reshape(len(pixels), -1)


def radial_kernels(window_sizes, n_orientations, scale=1.0):
    """Sample the Gabor cosines, float64 of shape (n_scales, n_orientations, size, size).

    Each sums to 0, with absolute values that sum to 1, and is 0 outside its own window. The waves
    turn from the x axis towards the y axis, which points down, in steps of 180 degrees /
    `n_orientations`. `scale` is the size of the face in parts of the paper's.
    """
    sizes = np.asarray(window_sizes, dtype=float)
    sigma = scale * np.ceil(0.0036 * sizes**2 + 0.35 * sizes + 0.18)[:, None, None, None]
    support = np.maximum(np.rint(sigma), 1)
    radius = int(support.max())
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    angle = (np.pi / n_orientations * np.arange(n_orientations))[:, None, None]
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    wave = np.cos(2 * np.pi * along * 0.8 / sigma)
    kernels = np.exp(-(along**2 + 0.25 * across**2) / (2 * sigma**2)) * wave
    window = np.maximum(np.abs(x), np.abs(y)) <= support
    kernels -= (kernels * window).sum(axis=(2, 3), keepdims=True) / window.sum(
        axis=(2, 3), keepdims=True
    )
    kernels *= window
    return kernels / np.abs(kernels).sum(axis=(2, 3), keepdims=True)


@lru_cache(maxsize=4)
def _filters(shape, window_sizes, n_orientations):
    """Return the spectra of all kernels, complex64, and the radius of the largest."""
    kernels = radial_kernels(window_sizes, n_orientations, shape[0] / _PAPER_HEIGHT)
    radius = kernels.shape[-1] // 2
    kernels = kernels.reshape(-1, *kernels.shape[2:]).astype(np.float32)
    return fft.rfft2(kernels, _fft_shape(shape, radius)), radius


def _fft_shape(shape, radius):
    return [fft.next_fast_len(n + 2 * radius, real=True) for n in shape]


def _responses(image, spectra, radius):
    """Filter an image; each map is scaled to 0..1."""
    height, width = image.shape
    size = _fft_shape(image.shape, radius)
    spectrum = fft.rfft2(np.pad(image, radius, mode="edge"), size)
    maps = fft.irfft2(spectra * spectrum, size, overwrite_x=True)
    maps = maps[:, 2 * radius : 2 * radius + height, 2 * radius : 2 * radius + width]
    low, high = maps.min(axis=(1, 2), keepdims=True), maps.max(axis=(1, 2), keepdims=True)
    return (maps - low) / np.maximum(high - low, _MIN_RANGE)


def _resize(image, shape):
    shrinks = image.shape[0] >= shape[0] and image.shape[1] >= shape[1]
    return cv2.resize(
        image, shape[::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    )


@lru_cache(maxsize=4)
def _radial_cells(shape, n_divisions, n_rings, n_sectors):
    """Return the weights of the pixels in the mean of each cell, sparse (n_cells, n_pixels).

    Cells are those of the regions row by row, ring by ring from the centre, sector by sector.
    """
    height, width = (side / n_divisions for side in shape)
    radius = min(height, width) / 2
    y = (np.arange(shape[0] * _POINTS) + 0.5) / _POINTS
    x = (np.arange(shape[1] * _POINTS) + 0.5) / _POINTS
    regions = []
    for middle_y in np.linspace(height / 2, shape[0] - height / 2, 2 * n_divisions - 1):
        for middle_x in np.linspace(width / 2, shape[1] - width / 2, 2 * n_divisions - 1):
            near_y, near_x = y[abs(y - middle_y) < radius], x[abs(x - middle_x) < radius]
            dy, dx = near_y[:, None] - middle_y, near_x - middle_x
            ring = np.floor(np.hypot(dy, dx) / radius * n_rings).astype(int)
            turns = np.arctan2(dy, dx) / (2 * np.pi)
            sector = np.floor(turns * n_sectors).astype(int) % n_sectors
            pixel = near_y.astype(int)[:, None] * shape[1] + near_x.astype(int)
            inside = ring < n_rings
            cell = (ring * n_sectors + sector)[inside]
            entries = np.ones(len(cell)), (cell, pixel[inside])
            weights = sparse.coo_array(
                entries, shape=(n_rings * n_sectors, shape[0] * shape[1])
            ).tocsr()
            total = np.maximum(weights.sum(axis=1), 1)
            regions.append(weights.multiply(1 / total[:, np.newaxis]))
    return sparse.vstack(regions, format="csr").astype(np.float32)
