"""FaceCropper: crop and resize without rotation."""

from skfer.alignment._base import BaseWarper
from skfer.alignment._geometry import LOPES_CROP

__all__ = ["FaceCropper"]


class FaceCropper(BaseWarper):
    """Crop each face upright and resize it.

    What ``FaceAligner(rotate=False)`` does, for pipelines that never rotate: with ``crop=None`` for
    faces whose eyes are unknown.

    Parameters
    ----------
    output_size : tuple of (int, int), default=(48, 48)
        Height and width of the crop in pixels.
    crop : tuple of (float, float, float) or None, default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.
        ``LOPES_CROP`` is the default; ``SQUARE_CROP`` shows cheeks and jaw and squeezes nothing;
        None takes the whole picture and needs no eyes.
    margin : float, default=0.0
        Context kept on each side, as a fraction of the height and width.
    border : {"replicate", "reflect", "constant"}, default="replicate"
        What lies outside the picture: its border pixels repeated, its mirror image, or zeros.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.
    n_jobs : int, default=None
        Number of images decoded and warped at a time, in threads; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.

    Attributes
    ----------
    n_features_in_ : int
        Number of pixels, unless `fit` saw a face array of images of any size.
    image_shape_ : tuple of (int, int)
        Height and width of the images, under the same condition.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import FaceCropper
    >>> cropper = FaceCropper(output_size=(32, 32), crop=None)
    >>> cropper.fit_transform(np.zeros((2, 60, 50), np.uint8)).shape
    (2, 32, 32)
    """

    _turns = False

    def __init__(
        self,
        output_size=(48, 48),
        *,
        crop=LOPES_CROP,
        margin=0.0,
        border="replicate",
        image_shape=None,
        n_jobs=None,
    ):
        self.output_size = output_size
        self.crop = crop
        self.margin = margin
        self.border = border
        self.image_shape = image_shape
        self.n_jobs = n_jobs
