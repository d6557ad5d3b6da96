"""IntensityNormalizer: local contrast normalization."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval

from skfer._typing import Shape
from skfer.base import ImageTransformer
from skfer.utils._opencv import cv2


class IntensityNormalizer(ImageTransformer):
    """Subtract the local mean and divide by the local deviation of the intensity.

    The contrastive equalization of Lopes et al. (2017) [1]_, used by the C-SPP paper: the mean is
    weighted by a Gaussian, the deviation from it is taken over the square window. The result does
    not depend on the gain and the offset of an image. Sequences are normalized frame by frame.

    Parameters
    ----------
    window : int, default=7
        Odd width of the neighbourhood in pixels.
    floor : float, default=0.05
        Least divisor, as a fraction of the deviation of the whole image, so that flat skin is not
        amplified to noise.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.

    Attributes
    ----------
    n_features_in_ : int
        Number of pixels.
    image_shape_ : tuple of (int, int)
        Height and width of the images.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    See Also
    --------
    skfer.networks.LocalContrastNormalization : The same operation inside a network.

    References
    ----------
    .. [1] Lopes, A. T., de Aguiar, E., De Souza, A. F. and Oliveira-Santos, T. (2017). Facial
       expression recognition with convolutional neural networks: coping with few data and the
       training sample order. Pattern Recognition, 61, 610-628.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.preprocessing import IntensityNormalizer
    >>> images = np.random.default_rng(0).integers(0, 256, (2, 48, 48), np.uint8)
    >>> normalized = IntensityNormalizer().fit_transform(images)
    >>> normalized.dtype, abs(float(normalized.mean())) < 0.05
    (dtype('float32'), True)
    """

    _white = None
    _sequences = "accept"

    _parameter_constraints: dict = {
        "window": [Interval(Integral, 3, None, closed="left")],
        "floor": [Interval(Real, 0, 1, closed="both")],
        "image_shape": [tuple, list, None],
    }

    def __init__(self, window: int = 7, *, floor: float = 0.05, image_shape: Shape | None = None):
        self.window = window
        self.floor = floor
        self.image_shape = image_shape

    def _transform_images(self, batch):
        if self.window % 2 == 0:
            raise ValueError(f"window={self.window}; expected an odd number of pixels.")
        images = [_normalize_intensity(image, self.window, self.floor) for image in batch.images]
        return np.stack(images), {}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _normalize_intensity(image, window, floor):
    """Normalize the local contrast of one grey image; float64 stays, other types give float32."""
    image = image.astype(np.float64 if image.dtype == np.float64 else np.float32)
    # Centred first: the variance is a difference of squares and would lose its digits.
    image -= image.mean()
    square, border = (window, window), cv2.BORDER_REPLICATE
    # Named, because OpenCV would take rounded weights for the small windows.
    sigma = 0.3 * ((window - 1) / 2 - 1) + 0.8
    mean = cv2.GaussianBlur(image, square, sigma, borderType=border)
    box_mean = cv2.blur(image, square, borderType=border)
    box_square = cv2.blur(image * image, square, borderType=border)
    variance = box_square - 2 * mean * box_mean + mean * mean
    divisor = np.maximum(np.sqrt(np.maximum(variance, 0)), floor * image.std())
    return (image - mean) / np.maximum(divisor, np.finfo(image.dtype).tiny)
