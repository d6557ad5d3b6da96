"""The pixels themselves as features."""

import numpy as np

from skfer._typing import Shape
from skfer.base import ImageDescriptor


class PixelDescriptor(ImageDescriptor):
    """Describe an image by its pixels, the baseline of every other descriptor.

    Parameters
    ----------
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

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.descriptors import PixelDescriptor
    >>> PixelDescriptor().fit_transform(np.zeros((10, 48, 48), np.uint8)).shape
    (10, 2304)
    """

    _parameter_constraints: dict = {"image_shape": [tuple, list, None]}

    def __init__(self, *, image_shape: Shape | None = None):
        self.image_shape = image_shape

    def _describe(self, pixels):
        # Copied: a scaler behind it may work in place.
        return pixels.reshape(len(pixels), -1).astype(np.float32)
