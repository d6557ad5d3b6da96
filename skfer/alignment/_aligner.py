"""FaceAligner: rotate, crop and resize in one warp."""

from functools import partial
from numbers import Integral, Real
from typing import Literal

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from skfer._typing import Shape
from skfer.alignment._geometry import (
    BORDERS,
    LOPES_CROP,
    check_crop,
    check_eyes,
    check_in_picture,
    eye_transforms,
    resize_transform,
    transform_points,
    warp_affine,
)
from skfer.base import ImageTransformer
from skfer.faces import steady_eyes
from skfer.utils._threads import map_in_threads
from skfer.utils._validation import join_images


class FaceAligner(ImageTransformer):
    """Bring the eyes of each face to the same places by rotation, crop and resize in one warp.

    The default crop is that of Lopes et al. (2017) [1]_, Figure 5, which is taller than wide and
    is squeezed to `output_size`. Pixels are averaged where the face shrinks. Rows and stacks carry
    no eyes: they are taken as crops of this geometry and are resized. The frames of a sequence are
    warped by one transform, so that what moves in the crop is the face and not the crop.

    Parameters
    ----------
    output_size : tuple of (int, int), default=(48, 48)
        Height and width of the crop in pixels.
    rotate : bool, default=True
        Turn the line between the eyes to the horizontal.
    crop : tuple of (float, float, float) or None, default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.
        ``LOPES_CROP`` is the default; ``SQUARE_CROP`` shows cheeks and jaw and squeezes nothing;
        None takes the whole picture.
    margin : float, default=0.0
        Context kept on each side, as a fraction of the height and width, for a classifier that
        warps its training faces itself. The images grow by it; their centre is the crop.
    border : {"replicate", "reflect", "constant"}, default="replicate"
        What lies outside the picture: its border pixels repeated, its mirror image, or zeros.
    per_frame : bool, default=False
        Align each frame of a sequence by its own eyes, the field ``frame_eyes``; False takes
        ``eyes`` for all of its frames.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.
    n_jobs : int, default=None
        Number of images decoded and warped at a time, in threads; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.

    Attributes
    ----------
    n_features_in_ : int
        Number of pixels, if `fit` saw rows.
    image_shape_ : tuple of (int, int)
        Height and width of the images, if `fit` saw rows.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    See Also
    --------
    EyeLocator : Finds the eyes.

    Notes
    -----
    The ablation of [1]_ is two parameters: `rotate`, and `crop` or None, for instance in a
    ``GridSearchCV``. With ``rotate=False, crop=None`` no eyes are needed. The landmarks of a face
    array move with its eyes.

    Eyes that are unknown, in the wrong order, less than 2 pixels apart or outside the picture raise
    an error that names the samples; faces turned by more than 90 degrees, a warning.

    References
    ----------
    .. [1] Lopes, A. T., de Aguiar, E., De Souza, A. F. and Oliveira-Santos, T. (2017). Facial
       expression recognition with convolutional neural networks: coping with few data and the
       training sample order. Pattern Recognition, 61, 610-628.

    Examples
    --------
    >>> from skfer.alignment import FaceAligner
    >>> from skfer.datasets import make_faces
    >>> faces = make_faces(2, 1, random_state=0).faces
    >>> FaceAligner(output_size=(48, 48)).fit_transform(faces)["image"].shape
    (12, 48, 48)
    """

    _any_size = True
    _sequences = "accept"

    _parameter_constraints: dict = {
        "output_size": [tuple, list],
        "rotate": ["boolean"],
        "crop": [tuple, list, None],
        "margin": [Interval(Real, 0, 1, closed="left")],
        "border": [StrOptions(set(BORDERS))],
        "per_frame": ["boolean"],
        "image_shape": [tuple, list, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        output_size: Shape = (48, 48),
        *,
        rotate: bool = True,
        crop: tuple[float, float, float] | None = LOPES_CROP,
        margin: float = 0.0,
        border: Literal["replicate", "reflect", "constant"] = "replicate",
        per_frame: bool = False,
        image_shape: Shape | None = None,
        n_jobs: int | None = None,
    ):
        self.output_size = output_size
        self.rotate = rotate
        self.crop = crop
        self.margin = margin
        self.border = border
        self.per_frame = per_frame
        self.image_shape = image_shape
        self.n_jobs = n_jobs

    def _transform_images(self, batch):
        stack, transforms = self._warp_all(batch)
        if batch.faces is None:
            return stack, {}
        points = {"eyes", "landmarks"} & set(batch.faces.dtype.names)
        return stack, {name: transform_points(batch.faces[name], transforms) for name in points}

    def _transform_sequences(self, batch):
        points = {"eyes", "frame_eyes"} & set(batch.faces.dtype.names)
        if self.per_frame and "frame_eyes" not in points:
            raise ValueError(
                "per_frame=True needs the field frame_eyes, the eyes in each frame; an EyeLocator "
                "adds it to sequences whose eyes are unknown."
            )
        images, moved = [], {name: batch.faces[name].copy() for name in points}
        for index, eyes in enumerate(moved["frame_eyes" if self.per_frame else "eyes"]):
            stack, transforms = self._warp_all(batch.of_frames(index, eyes))
            images.append(stack)
            if not self.per_frame:
                transforms = transforms[:1]
                moved["eyes"][index] = transform_points(eyes[None], transforms)[0]
            if "frame_eyes" in points:
                moved["frame_eyes"][index] = transform_points(
                    moved["frame_eyes"][index], transforms
                )
            if self.per_frame:
                moved["eyes"][index] = steady_eyes(moved["frame_eyes"][index])
        return images, moved

    def _warp_all(self, batch):
        """Return the stack of warped images and their transforms (n_images, 2, 3)."""
        transform_of = self._resize if batch.faces is None else self._plan(batch)
        warp = partial(_warp, batch, transform_of, self._output_shape(), self.border)
        warped, transforms = zip(
            *map_in_threads(warp, range(len(batch.images)), n_jobs=self.n_jobs), strict=True
        )
        return join_images(warped, batch.images), np.stack(transforms)

    def _plan(self, batch):
        """Return a function (index, image shape) -> transform of shape (2, 3)."""
        crop = None if self.crop is None else check_crop(self.crop)
        if crop is None and not self.rotate:
            return self._resize
        eyes = check_eyes(batch.faces["eyes"], batch.describe)
        if crop is None:
            across = eyes[:, 1] - eyes[:, 0]
            rolls = np.arctan2(across[:, 1], across[:, 0])
        else:
            transforms = eye_transforms(
                eyes, self.output_size, crop=crop, margin=self._margins(), rotate=self.rotate
            )

        def transform_of(index, shape):
            check_in_picture(eyes[index], shape, batch.describe(index))
            return self._resize(index, shape, rolls[index]) if crop is None else transforms[index]

        return transform_of

    def _resize(self, index, shape, roll=0.0):
        return resize_transform(shape, self.output_size, self._margins(), roll)

    def _margins(self):
        return tuple(round(self.margin * side) for side in self._checked_output_size())

    def _output_shape(self):
        sides = zip(self._checked_output_size(), self._margins(), strict=True)
        return tuple(side + 2 * extra for side, extra in sides)

    def _checked_output_size(self):
        size = tuple(self.output_size)
        if len(size) != 2 or not all(isinstance(side, Integral) and side > 0 for side in size):
            raise ValueError(f"output_size={size}; expected (height, width) in pixels.")
        return size


def _warp(batch, transform_of, size, border, index):
    image = batch.decode(index)
    transform = transform_of(index, image.shape)
    return warp_affine(image, transform, size, border), transform
