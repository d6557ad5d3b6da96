"""Histograms of oriented gradients."""

from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval

from skfer._typing import FeatureNames, Shape
from skfer.base import ImageDescriptor
from skfer.utils._images import to_uint8
from skfer.utils._opencv import cv2


class HOGDescriptor(ImageDescriptor):
    """Describe an image by histograms of oriented gradients (HOG).

    The image is divided into square cells, each with a histogram of its unsigned gradient
    orientations; overlapping blocks of cells, one cell apart, are normalized by the clipped L2 norm
    [1]_. Computed by OpenCV.

    Parameters
    ----------
    cell_size : int, default=8
        Side of a cell in pixels. An image is brought to whole cells, and to at least one block, by
        replicating its border evenly on both sides.
    block_size : int, default=2
        Side of a block in cells.
    n_orientations : int, default=9
        Number of orientation bins in 180 degrees.
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
    OpenCV takes 8-bit pixels: those are used as they are, and each image of another type is scaled
    from its own minimum and maximum to 0 and 255.

    References
    ----------
    .. [1] N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR
       2005, section 6.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import HOGDescriptor
    >>> hog = HOGDescriptor()
    >>> hog.fit_transform(np.zeros((10, 48, 48), np.uint8)).shape
    (10, 900)
    >>> hog.get_feature_names_out()[-1]
    'hog_r4_c4_y1_x1_o8'
    """

    _parameter_constraints: dict = {
        "cell_size": [Interval(Integral, 1, None, closed="left")],
        "block_size": [Interval(Integral, 1, None, closed="left")],
        "n_orientations": [Interval(Integral, 1, None, closed="left")],
        "image_shape": [tuple, list, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        cell_size: int = 8,
        block_size: int = 2,
        n_orientations: int = 9,
        image_shape: Shape | None = None,
        n_jobs: int | None = None,
    ):
        self.cell_size = cell_size
        self.block_size = block_size
        self.n_orientations = n_orientations
        self.image_shape = image_shape
        self.n_jobs = n_jobs

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by block, cell in the block and orientation, in the order of OpenCV.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"hog_r1_c2_y0_x1_o4"``: the block whose first cell is in the second row
            and third column of cells, its cell in the first row and second column, and gradients
            of the fifth part of 180 degrees, from the x axis towards the y axis, which points down.
            Blocks, and cells in a block, follow each other down the columns.
        """
        super().get_feature_names_out(input_features)
        n_rows, n_columns = (
            self._padded_length(length) // self.cell_size - self.block_size + 1
            for length in self.image_shape_
        )
        shape = (n_columns, n_rows, self.block_size, self.block_size, self.n_orientations)
        return np.array(
            [f"hog_r{r}_c{c}_y{y}_x{x}_o{o}" for c, r, x, y, o in np.ndindex(shape)], dtype=object
        )

    def _describe(self, pixels):
        height, width = (self._padded_length(length) for length in pixels.shape[1:])
        cell = (self.cell_size, self.cell_size)
        block = (self.block_size * self.cell_size,) * 2
        hog = cv2.HOGDescriptor((width, height), block, cell, cell, self.n_orientations)
        if pixels.dtype != np.uint8:
            pixels = np.stack([to_uint8(image) for image in pixels])
        # One tall picture, for one call: threads that call for each image pass the GIL to and fro.
        # Between two images lie the borders that OpenCV would imagine; gradients are their own.
        bordered = np.pad(_pad_to(pixels, height, width), ((0, 0), (1, 1), (0, 0)), mode="reflect")
        places = [(0, 1 + index * (height + 2)) for index in range(len(pixels))]
        features = hog.compute(bordered.reshape(-1, width), locations=places)
        return features.reshape(len(pixels), -1)

    def _padded_length(self, length):
        n_cells = max(-(-length // self.cell_size), self.block_size)
        return n_cells * self.cell_size


def _pad_to(images, height, width):
    top, left = (height - images.shape[1]) // 2, (width - images.shape[2]) // 2
    bottom, right = height - images.shape[1] - top, width - images.shape[2] - left
    return np.pad(images, ((0, 0), (top, bottom), (left, right)), mode="edge")
