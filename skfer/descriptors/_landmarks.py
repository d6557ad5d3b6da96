"""The shape of the face: landmarks without place, size and roll."""

from functools import partial
from numbers import Integral
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator
from sklearn.utils._param_validation import HasMethods

from skfer._typing import Array, FeatureNames, Images, Shape
from skfer.alignment._eye_cascades import mean_eyes_in_box
from skfer.alignment._eye_search import box_around_eyes
from skfer.alignment._geometry import (
    SQUARE_CROP,
    check_crop,
    check_eyes,
    check_in_picture,
    eye_transforms,
    pixel_aspect,
    template_eyes,
    warp_affine,
)
from skfer.alignment._landmark_model import resolve_landmark_model
from skfer.alignment._shapes import align_shapes, to_complex, to_points
from skfer.base import ImageDescriptor
from skfer.utils import ImageBatch
from skfer.utils._threads import map_in_threads

_IN_PLACE = 0.5  # pixels between the eyes of a face and those of a crop
# What the landmark model sees: eyes 64 pixels apart, and all of the face, whatever the crop.
_FRAME = (192, 192)
_FRAME_CROP = (6.0, 2.2, 3.8)


class LandmarkDescriptor(ImageDescriptor):
    """Describe a face by its landmarks, without their place, size and roll.

    A landmark model [1]_ starts from the eyes and finds the points. The shape is then centred,
    scaled to a root mean square distance of 1 from its centre, and turned to the mean shape of the
    model: what is left is the form of the face, to which an expression belongs.

    Photographs of any size may come straight from an :class:`~skfer.alignment.EyeLocator`; with
    ``landmarks=True`` its points are taken and no others are sought.

    Parameters
    ----------
    landmark_model : str, Path or FrozenEstimator, default=None
        A file that :func:`~skfer.alignment.save_landmark_model` wrote, or a fitted
        :class:`~skfer.alignment.SupervisedDescent` in a ``sklearn.frozen.FrozenEstimator``; its
        first two points are the eyes. None takes the model that skfer ships.
    crop : tuple of (float, float, float) or None, default=(4.0, 1.2, 2.8)
        The crop, as :class:`~skfer.alignment.FaceAligner` has it, that images without known eyes
        are: it tells where the eyes are and how far the crop is squeezed, which is undone. The
        default is ``SQUARE_CROP``. None takes a whole image for the box of a face.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None means square.
    n_jobs : int, default=None
        Number of threads; None means 1 unless in a ``joblib.parallel_config`` context, -1 all
        processors.

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
    skfer.alignment.load_landmark_model : The model that skfer ships.

    Notes
    -----
    The shipped model has seen the neutral portraits of the London set. Points that it locates there
    could give the label away; evaluate on London with a model that was fitted on other subjects.

    Faces with known eyes are taken as they are, unless their eyes are where `crop` has them: then
    they are such crops, and squeezed. After a ``FaceAligner(crop=LOPES_CROP)`` give the same crop
    here. A photograph needs its eyes; without them it is taken for a crop as well.

    The points are no better than the model and the pixels: crops of 48 x 48 leave less to see than
    the photograph, a nearly frontal face is assumed, and no feature tells of doubt.

    References
    ----------
    .. [1] X. Xiong and F. De la Torre, "Supervised descent method and its applications to face
       alignment", CVPR 2013.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.descriptors import LandmarkDescriptor
    >>> descriptor = LandmarkDescriptor()
    >>> descriptor.fit_transform(make_faces(1, 1, random_state=0).faces).shape
    (6, 64)
    >>> descriptor.get_feature_names_out()[:2].tolist()
    ['left_pupil_x', 'left_pupil_y']
    """

    _any_size = True
    _white = None

    _parameter_constraints: dict = {
        "landmark_model": [str, Path, HasMethods("predict"), None],
        "crop": [tuple, list, None],
        "image_shape": [tuple, list, None],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        *,
        landmark_model: str | Path | FrozenEstimator | None = None,
        crop: tuple[float, float, float] | None = SQUARE_CROP,
        image_shape: Shape | None = None,
        n_jobs: int | None = None,
    ):
        self.landmark_model = landmark_model
        self.crop = crop
        self.image_shape = image_shape
        self.n_jobs = n_jobs

    def transform(self, X: Images) -> Array:
        """Describe faces.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Flattened rows, a stack, or a face array of images of any size. Where its ``eyes`` are
            finite, they are used; where its ``landmarks`` are finite and as many as those of the
            model, they are taken instead of points that are sought.

        Returns
        -------
        features : ndarray of shape (n_images, 2 * n_points), dtype float32
            Coordinates x and y of each point from the centre of all points, x to the right and y
            down, in root mean square distances of the points from it.

        Raises
        ------
        ValueError
            If an image cannot be decoded or has pixels that are not finite, known eyes cannot be
            eyes of the picture, or the landmark model is not fitted.
        """
        self._validate_params()
        return self._describe_batch(self._check(X, reset=False))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the features by point and axis.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Only validated against the names seen in ``fit``.

        Returns
        -------
        feature_names_out : ndarray of shape (n_features_out,), dtype object
            Names such as ``"left_pupil_x"``; ``"point0_x"`` where the model has no names.
        """
        super().get_feature_names_out(input_features)
        model = resolve_landmark_model(self.landmark_model)
        numbers = [f"point{index}" for index in range(len(model.mean_shape_))]
        points = getattr(model, "point_names_", numbers)
        names = [f"{point.replace(' ', '_')}_{axis}" for point in points for axis in "xy"]
        return np.array(names, dtype=object)

    def _count_features(self, batch):
        return resolve_landmark_model(self.landmark_model).mean_shape_.size

    def _describe(self, images):
        return self._describe_batch(ImageBatch(images, "stack"))

    def _describe_batch(self, batch):
        model = resolve_landmark_model(self.landmark_model)
        crop = None if self.crop is None else check_crop(self.crop)
        find = partial(_find_points, batch, _known_eyes(batch), crop, model)
        points = map_in_threads(find, range(len(batch.images)), n_jobs=self.n_jobs)
        shapes = align_shapes(to_complex(points), to_complex(model.mean_shape_))
        return to_points(shapes).reshape(len(shapes), -1).astype(np.float32)


def _known_eyes(batch):
    """Return the eyes (n_images, 2, 2), NaN where unknown; refuse those that cannot be eyes."""
    if batch.faces is None:
        return np.full((len(batch.images), 2, 2), np.nan)
    eyes = batch.faces["eyes"]
    known = np.flatnonzero(np.isfinite(eyes).all(axis=(1, 2)))
    check_eyes(eyes[known], lambda index: batch.describe(known[index]))
    return eyes


def _find_points(batch, known_eyes, crop, model, index):
    """Return the points (n_points, 2) of one face, in units of equal width and height."""
    image, eyes = batch.decode(index), known_eyes[index]
    squeeze = np.eye(2)
    if np.isfinite(eyes).all():
        check_in_picture(eyes, image.shape, batch.describe(index))
    elif crop is None:
        eyes = mean_eyes_in_box(np.array([0, 0, *image.shape[::-1]]))
    else:
        eyes = template_eyes(image.shape, crop)
    if crop is not None and np.abs(eyes - template_eyes(image.shape, crop)).max() < _IN_PLACE:
        squeeze[1, 1] = pixel_aspect(image.shape, crop)
    if batch.faces is not None and "landmarks" in batch.faces.dtype.names:
        points = batch.faces["landmarks"][index]
        if len(points) == len(model.mean_shape_) and np.isfinite(points).all():
            return points @ squeeze
    (transform,) = eye_transforms((eyes @ squeeze)[None], _FRAME, crop=_FRAME_CROP)
    transform[:, :2] = transform[:, :2] @ squeeze
    frame = warp_affine(image, transform, _FRAME)
    box = box_around_eyes(template_eyes(_FRAME, _FRAME_CROP))
    return model.predict([frame], box[None])[0]
