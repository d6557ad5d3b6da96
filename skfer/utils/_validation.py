"""`check_images`: the one door through which images enter an estimator."""

import math
import os
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.validation import validate_data

from skfer.faces import is_face_array, make_face_array, with_fields
from skfer.utils._images import as_grey
from skfer.utils._threads import map_in_threads

IMAGE_DTYPES = [np.float64, np.float32, np.uint8]
NO_LABELS = "no_validation"  # as scikit-learn's validate_data spells it


class ImageBatch(NamedTuple):
    """Validated images and the layout they came in.

    Attributes
    ----------
    images : ndarray of shape (n_images, height, width), or of shape (n_images,)
        Grey pixels. Where images of any size were asked for, what came: a stack, or one object
        for each image (array or path).
    layout : {"rows", "stack", "faces"}
        How the images came: flattened rows, a stack, or a face array.
    faces : ndarray of shape (n_images,) or None
        The face array, where one came.
    y : ndarray of shape (n_images,) or None
        The labels, where they were validated.
    """

    images: np.ndarray
    layout: str
    faces: np.ndarray | None = None
    y: np.ndarray | None = None

    def decode(self, index):
        """Return the grey pixels of one image, of shape (height, width)."""
        return decode_image(self.images[index], self.describe(index))

    def describe(self, index):
        """Name an image in a message: its number and, where known, its file."""
        return _describe(self.images, index)


def check_images(estimator, X, y=NO_LABELS, *, reset=True, any_size=False):
    """Validate images in any of the three layouts.

    Parameters
    ----------
    estimator : estimator instance
        Receives ``n_features_in_`` (height times width), ``image_shape_`` and, from a DataFrame,
        ``feature_names_in_`` if `reset`; is compared with them otherwise. Its ``image_shape``
        parameter, where it has one, tells the height and width of flattened rows.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array. A list of grey or RGB images or of paths, and a
        stack of RGB images (n_images, height, width, 3), are put into a face array.
    y : array-like of shape (n_images,), default="no_validation"
        Labels to validate along with the images.
    reset : bool, default=True
        True in ``fit``, False elsewhere.
    any_size : bool, default=False
        Leave the images of a stack or face array undecoded, whatever their sizes, and record no
        size of them.

    Returns
    -------
    batch : ImageBatch
        The validated images.

    Raises
    ------
    ValueError
        If there are no images, or they differ in size, are not finite, or do not fit the
        estimator.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.preprocessing import IntensityNormalizer
    >>> from skfer.utils import check_images
    >>> batch = check_images(IntensityNormalizer(), np.zeros((2, 2304), np.uint8))
    >>> batch.layout, batch.images.shape
    ('rows', (2, 48, 48))
    """
    if _is_list_of_images(X) or getattr(X, "ndim", 2) == 4:
        X = make_face_array(X)
    elif isinstance(X, list | tuple):
        X = np.asarray(X)
    if is_face_array(X):
        layout, faces, images = "faces", X, X["image"]
    else:
        # Not np.ndim: it would convert array-likes, which is validate_data's business.
        layout = "stack" if getattr(X, "ndim", 2) == 3 else "rows"
        faces, images = None, X
    if layout == "rows":
        return _check_rows(estimator, X, y, reset)
    images = np.asarray(images)
    if 0 in images.shape[1:]:
        raise ValueError(f"The images have no pixels: their shape is {images.shape[1:]}.")
    if any_size:
        return _check_any_size(estimator, ImageBatch(images, layout, faces), y)
    return _check_stack(estimator, ImageBatch(_decode_stack(images), layout, faces), y, reset)


def check_pictures(estimator, X):
    """Validate pictures of any size, never flattened rows; return a batch of faces."""
    name = type(estimator).__name__
    if isinstance(X, str | os.PathLike) or getattr(X, "ndim", 1) == 2:
        raise ValueError(
            f"{name} takes a face array, a list of images or paths, or a stack of shape (n_images, "
            "height, width), not flattened rows; put a single image or path in a list."
        )
    if not is_face_array(X) and getattr(X, "ndim", 1) == 1:
        X = make_face_array(X)
    batch = check_images(estimator, X, reset=False, any_size=True)
    faces = make_face_array(batch.images) if batch.faces is None else batch.faces
    return ImageBatch(faces["image"], "faces", faces)


def restore_layout(batch, images, **moved):
    """Give new images the layout in which a batch came.

    Parameters
    ----------
    batch : ImageBatch
        What `check_images` returned.
    images : ndarray of shape (n_images, new_height, new_width)
        The result of an operation on the images of the batch.
    **moved : ndarray of n_images entries
        New values of other fields of a face array, such as the ``eyes``.

    Returns
    -------
    X : ndarray
        Rows for rows, a stack for a stack, faces for faces.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.utils import ImageBatch, restore_layout
    >>> restore_layout(ImageBatch(np.zeros((2, 8, 8)), "rows"), np.zeros((2, 4, 4))).shape
    (2, 16)
    """
    if batch.layout == "faces":
        return with_fields(batch.faces, image=images, **moved)
    return images.reshape(len(images), -1) if batch.layout == "rows" else images


def infer_image_shape(n_features, image_shape=None):
    """Return height and width of flattened images: as given, else a square, else a single line.

    >>> from skfer.utils._validation import infer_image_shape
    >>> infer_image_shape(2304), infer_image_shape(12, (3, 4)), infer_image_shape(12)
    ((48, 48), (3, 4), (1, 12))
    """
    if image_shape is not None:
        if math.prod(image_shape) != n_features:
            raise ValueError(
                f"image_shape={tuple(image_shape)} has {math.prod(image_shape)} pixels, but the "
                f"rows of X have {n_features} features."
            )
        return tuple(image_shape)
    side = math.isqrt(n_features)
    return (side, side) if side * side == n_features else (1, n_features)


def decode_image(image, name):
    """Return the grey pixels of an array or file; errors begin with the name of the image."""
    try:
        grey = as_grey(image)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if not _all_finite(grey):
        raise ValueError(f"{name} contains NaN or infinity; remove the image or repair it.")
    return grey


def _is_list_of_images(X):
    of_objects = isinstance(X, np.ndarray) and X.dtype.hasobject and not X.dtype.names
    if not isinstance(X, list | tuple) and not of_objects:
        return False
    if getattr(X, "ndim", 1) != 1 or len(X) == 0:
        return False
    first = next(iter(X))
    if isinstance(first, str | os.PathLike):
        return True
    # Grey arrays of one size are a stack.
    n_axes = getattr(first, "ndim", 0)
    return n_axes == 3 or (n_axes == 2 and len({np.shape(image) for image in X}) > 1)


def _check_rows(estimator, X, y, reset):
    rows, y = _validate(estimator, X, y, reset)
    shape = None if reset else getattr(estimator, "image_shape_", None)
    if shape is None:
        shape = infer_image_shape(rows.shape[1], getattr(estimator, "image_shape", None))
    batch = ImageBatch(rows.reshape(len(rows), *shape), "rows", None, y)
    return _finish(estimator, batch, reset)


def _check_stack(estimator, batch, y, reset):
    shape = batch.images.shape[1:]
    fitted_shape = None if reset else getattr(estimator, "image_shape_", None)
    if fitted_shape is not None and shape != fitted_shape:
        raise ValueError(
            f"X has images of shape {shape}, but {type(estimator).__name__} was fitted on images "
            f"of shape {fitted_shape}."
        )
    rows = batch.images.reshape(len(batch.images), math.prod(shape))
    rows, y = _validate(estimator, rows, y, reset)
    return _finish(estimator, batch._replace(images=rows.reshape(-1, *shape), y=y), reset)


def _validate(estimator, rows, y, reset):
    checked = validate_data(
        estimator, rows, y, reset=reset, dtype=IMAGE_DTYPES, ensure_all_finite=False
    )
    return checked if isinstance(checked, tuple) else (checked, None)


def _finish(estimator, batch, reset):
    if not _all_finite(batch.images):
        bad = np.flatnonzero(~np.isfinite(batch.images).all(axis=(1, 2)))
        kind = "NaN" if np.isnan(batch.images[bad[0]]).any() else "infinity"
        name = _describe(batch.images if batch.faces is None else batch.faces["image"], bad[0])
        raise ValueError(
            f"Input X contains {kind}: {name}"
            + (f" and {len(bad) - 1} more." if len(bad) > 1 else ".")
            + " Pixels must be finite; remove the sample or repair it."
        )
    if reset:
        estimator.image_shape_ = batch.images.shape[1:]
    return batch


def _check_any_size(estimator, batch, y):
    if len(batch.images) == 0:
        raise ValueError(f"Found no images; {type(estimator).__name__} needs at least one.")
    if y is NO_LABELS:
        return batch
    y = column_or_1d(y)
    check_consistent_length(batch.images, y)
    return batch._replace(y=y)


def _decode_stack(images):
    """Decode images that must have one size; `joblib.parallel_config` sets how many at a time."""
    if images.dtype != object:
        return images
    stack = map_in_threads(as_grey, images)
    for index, image in enumerate(stack):
        if image.shape != stack[0].shape:
            raise ValueError(
                f"{_describe(images, index)} has shape {image.shape}, but "
                f"{_describe(images, 0)} has shape {stack[0].shape}. Put a FaceAligner before "
                "this step; it brings all faces to one size."
            )
    return np.stack(stack) if stack else np.empty((0, 1, 1))


def _describe(images, index):
    image = images[index]
    return f"Sample {index} ('{image}')" if isinstance(image, str) else f"Sample {index}"


def _all_finite(pixels):
    if pixels.dtype.kind != "f":
        return True
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(pixels.sum(dtype=float)):
            return True
    return bool(np.isfinite(pixels).all())
