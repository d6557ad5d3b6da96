"""What FaceAligner and FaceCropper share: one warp for each face."""

from abc import abstractmethod
from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skfer.alignment._geometry import (
    BORDERS,
    check_eyes,
    eye_transforms,
    image_transform,
    transform_points,
    warp_image,
)
from skfer.base import ImageTransformer
from skfer.utils.images import as_grey
from skfer.utils.threads import map_in_threads
from skfer.utils.validation import describe_face

__all__ = ["BaseWarper"]


class BaseWarper(ImageTransformer):
    """Base of the transformers that warp each face to one output size.

    Rows and stacks have no eyes of their own: they are taken as crops of this package's geometry
    and are resized.
    """

    _any_size = True

    _parameter_constraints: dict = {
        "output_size": [tuple, list],
        "crop": [tuple, list, None],
        "margin": [Interval(Real, 0, 1, closed="left")],
        "border": [StrOptions(set(BORDERS))],
        "image_shape": [tuple, list, None],
        "n_jobs": [Integral, None],
    }

    def get_feature_names_out(self, input_features=None):
        """Name the pixels of the output.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Ignored.

        Returns
        -------
        names : ndarray of str
            Such as ``"y0_x0"``, row by row.
        """
        check_is_fitted(self)
        height, width = self._padded_size()
        return np.array([f"y{y}_x{x}" for y in range(height) for x in range(width)], dtype=object)

    @property
    @abstractmethod
    def _turns(self):
        """Whether the line between the eyes is turned to the horizontal."""

    def _plan(self, eyes):
        """Return a function (index, image shape) -> transform of shape (2, 3)."""
        crop = self._checked_crop()
        if crop is not None:
            size, margin = self.output_size, self._margins()
            transforms = eye_transforms(eyes, size, crop=crop, margin=margin, rotate=self._turns)
            return lambda index, shape: transforms[index]
        if not self._turns:
            return self._resize
        across = np.diff(check_eyes(eyes), axis=1)[:, 0]
        rolls = np.arctan2(across[:, 1], across[:, 0])
        return lambda index, shape: self._resize(index, shape, rolls[index])

    def _transform_images(self, images):
        transform_of = self._resize if images.faces is None else self._plan(images.faces["eyes"])
        warp = partial(_warp, images, transform_of, self._padded_size(), self.border)
        warped, transforms = zip(
            *map_in_threads(warp, range(len(images.pixels)), n_jobs=self.n_jobs), strict=True
        )
        stack = np.empty((len(warped), *warped[0].shape), warped[0].dtype)
        for index, image in enumerate(warped):  # not np.stack: it would change uint8 among floats
            stack[index] = image
        if images.faces is None:
            return stack, None
        fields = [name for name in ("eyes", "landmarks") if name in images.faces.dtype.names]
        transforms = np.stack(transforms)
        return stack, *(transform_points(images.faces[name], transforms) for name in fields)

    def _resize(self, index, shape, roll=0.0):
        return image_transform(shape, self.output_size, self._margins(), roll)

    def _margins(self):
        return tuple(round(self.margin * side) for side in self._checked_output_size())

    def _padded_size(self):
        sides = zip(self._checked_output_size(), self._margins(), strict=True)
        return tuple(side + 2 * extra for side, extra in sides)

    def _checked_crop(self):
        if self.crop is None:
            return None
        crop = tuple(self.crop)
        if len(crop) != 3 or not all(isinstance(part, Real) for part in crop):
            raise ValueError(f"crop={crop}; expected (width, above, below) in half eye distances.")
        if not (crop[0] > 0 and crop[1] + crop[2] > 0):
            raise ValueError(f"crop={crop} has no area.")
        return crop

    def _checked_output_size(self):
        size = tuple(self.output_size)
        if len(size) != 2 or not all(isinstance(side, Integral) and side > 0 for side in size):
            raise ValueError(f"output_size={size}; expected (height, width) in pixels.")
        return size


def _warp(images, transform_of, size, border, index):
    image = _decode(images, index)
    transform = transform_of(index, image.shape)
    return warp_image(image, transform, size, border), transform


def _decode(images, index):
    try:
        return as_grey(images.pixels[index])
    except ValueError as error:
        raise ValueError(f"{describe_face(images.faces, index)}: {error}") from error
