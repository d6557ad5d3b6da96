"""FaceCropper: crop and resize without rotation."""

from sklearn.utils._param_validation import StrOptions

from skfer.alignment._base import BaseWarper
from skfer.alignment._geometry import LOPES_CROP, eye_transforms

__all__ = ["FaceCropper"]


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
    crop : tuple of (float, float, float), default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.
        ``LOPES_CROP`` is the default; ``SQUARE_CROP`` shows cheeks and jaw and squeezes nothing.
    margin : float, default=0.0
        Context kept on each side, as a fraction of the height and width.
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
    >>> cropper = FaceCropper(output_size=(32, 32), around="image")
    >>> cropper.fit_transform(np.zeros((2, 60, 50), np.uint8)).shape
    (2, 32, 32)
    """

    _parameter_constraints: dict = {
        **BaseWarper._parameter_constraints,
        "around": [StrOptions({"eyes", "image"})],
    }

    def __init__(
        self,
        output_size=(48, 48),
        *,
        around="eyes",
        crop=LOPES_CROP,
        margin=0.0,
        image_shape=None,
        n_jobs=None,
    ):
        self.output_size = output_size
        self.around = around
        self.crop = crop
        self.margin = margin
        self.image_shape = image_shape
        self.n_jobs = n_jobs

    def _plan(self, eyes):
        if self.around == "image":
            return self._resize
        transforms = eye_transforms(
            eyes,
            self.output_size,
            crop=self._checked_crop(),
            margin=self._margins(),
            rotate=False,
        )
        return lambda index, shape: transforms[index]
