"""FaceCropper: crop and resize without rotation."""

import numpy as np
from sklearn.utils._param_validation import StrOptions

from skfer.alignment._base import BaseWarper
from skfer.alignment._geometry import eye_transforms

__all__ = ["FaceCropper", "image_transform"]


class FaceCropper(BaseWarper):
    """Crop each face upright and resize it.

    The counterpart of :class:`FaceAligner` without the rotation, for ablations and for faces
    whose eyes are unknown.

    Parameters
    ----------
    output_size : tuple of (int, int), default=(48, 48)
        Height and width of the crop in pixels.
    around : {"eyes", "image"}, default="eyes"
        ``"eyes"`` takes the crop of :class:`FaceAligner` upright; ``"image"`` takes the whole
        picture and needs no eyes.
    margin : float, default=0.0
        Context kept on each side, as a fraction of the height and width.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.

    Attributes
    ----------
    n_features_in_ : int
        Number of pixels, unless `fit` saw a face array of images of any size.
    image_shape_ : tuple of (int, int)
        Height and width of the images, under the same condition.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, if `fit` saw a DataFrame.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import FaceCropper
    >>> cropper = FaceCropper(output_size=(32, 32), around="image")
    >>> cropper.fit_transform(np.zeros((2, 60, 50), np.uint8)).shape
    (2, 32, 32)
    """

    _parameter_constraints: dict = {
        **BaseWarper._parameter_constraints,
        "around": [StrOptions({"eyes", "image"})],
    }

    def __init__(self, output_size=(48, 48), *, around="eyes", margin=0.0, image_shape=None):
        self.output_size = output_size
        self.around = around
        self.margin = margin
        self.image_shape = image_shape

    def _plan_transforms(self, eyes):
        margin = self._margins()
        if self.around == "image":
            return lambda index, shape: image_transform(shape, self.output_size, margin)
        transforms = eye_transforms(eyes, self.output_size, margin=margin, rotate=False)
        return lambda index, shape: transforms[index]


def image_transform(image_shape, output_size, margin=(0, 0)):
    """Compute the transform that takes a whole picture to the crop.

    Parameters
    ----------
    image_shape : tuple of (int, int)
        Height and width of the picture.
    output_size : tuple of (int, int)
        Height and width of the crop, margins not counted.
    margin : tuple of (int, int), default=(0, 0)
        Pixels added above and below, and left and right, of the crop.

    Returns
    -------
    transform : ndarray of shape (2, 3)
        Affine transform from pixels of the picture to pixels of the output.

    Examples
    --------
    >>> from skfer.alignment import image_transform
    >>> image_transform((10, 10), (5, 5)).tolist()
    [[0.5, 0.0, -0.25], [0.0, 0.5, -0.25]]
    """
    scale = np.array([output_size[1] / image_shape[1], output_size[0] / image_shape[0]])
    shift = 0.5 * scale - 0.5 + np.array([margin[1], margin[0]])
    return np.column_stack([np.diag(scale), shift])
