"""`check_images`: the one door through which images enter an estimator."""

import math
from typing import NamedTuple

import numpy as np
from sklearn.utils.validation import validate_data

from skfer.faces import is_face_array, replace_images
from skfer.utils.images import as_grey
from skfer.utils.threads import map_in_threads

__all__ = ["ImageBatch", "check_images", "infer_image_shape", "restore_layout"]

IMAGE_DTYPES = (np.float64, np.float32, np.uint8)


class ImageBatch(NamedTuple):
    """Validated images and the layout they came in.

    Attributes
    ----------
    pixels : ndarray of shape (n_images, height, width), or of shape (n_images,)
        Grey pixels; one object each (array or path) where images of any size were asked for.
    layout : {"rows", "stack", "faces"}
        How the images came: flattened rows, a stack, or a face array.
    faces : ndarray of shape (n_images,) or None
        The face array, where one came.
    """

    pixels: np.ndarray
    layout: str
    faces: np.ndarray | None


def check_images(
    estimator, X, y="no_validation", *, reset=True, dtype=IMAGE_DTYPES, any_size=False
):
    """Validate images in any of the three layouts.

    Parameters
    ----------
    estimator : estimator instance
        Receives ``n_features_in_`` (height times width), ``image_shape_`` and, from a DataFrame,
        ``feature_names_in_`` if `reset`; is compared with them otherwise. Its ``image_shape``
        parameter, where it has one, tells the height and width of flattened rows.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array.
    y : array-like of shape (n_images,), default="no_validation"
        Labels to validate along with the images.
    reset : bool, default=True
        True in ``fit``, False elsewhere.
    dtype : tuple of dtype, default=(float64, float32, uint8)
        Accepted types; others are converted to the first.
    any_size : bool, default=False
        Hand out the images of a face array undecoded, one object each, whatever their sizes.

    Returns
    -------
    images : ImageBatch
        The validated images.
    y : ndarray of shape (n_images,)
        The validated labels; only if given.

    Raises
    ------
    ValueError
        If the images are none, differ in size, are not finite, or do not fit the estimator.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.preprocessing import IntensityNormalizer
    >>> from skfer.utils.validation import check_images
    >>> images = check_images(IntensityNormalizer(), np.zeros((2, 2304), np.uint8))
    >>> images.layout, images.pixels.shape
    ('rows', (2, 48, 48))
    """
    if is_face_array(X):
        if any_size and X.dtype["image"].hasobject:
            return _check_any_size(estimator, X, y)
        layout, faces, stack = "faces", X, stack_images(X)
    else:
        if isinstance(X, list | tuple):
            X = np.asarray(X)
        # Not np.ndim: it would convert array-likes, which is validate_data's business.
        stacked = getattr(X, "ndim", 2) == 3
        layout, faces, stack = ("stack", None, np.asarray(X)) if stacked else ("rows", None, None)
    shape = None if stack is None else stack.shape[1:]
    if shape is not None and 0 in shape:
        raise ValueError(f"The images have no pixels: their shape is {shape}.")
    rows = X if stack is None else stack.reshape(len(stack), math.prod(shape))
    checked = validate_data(
        estimator, rows, y, reset=reset, dtype=list(dtype), ensure_all_finite=False
    )
    rows, y = checked if isinstance(checked, tuple) else (checked, None)
    _check_finite(rows, faces)
    fitted_shape = None if reset else getattr(estimator, "image_shape_", None)
    if shape is None:
        shape = fitted_shape or infer_image_shape(
            rows.shape[1], getattr(estimator, "image_shape", None)
        )
    elif fitted_shape is not None and shape != fitted_shape:
        raise ValueError(
            f"X has images of shape {shape}, but {type(estimator).__name__} was fitted on images "
            f"of shape {fitted_shape}."
        )
    if reset:
        estimator.image_shape_ = shape
    images = ImageBatch(rows.reshape(len(rows), *shape), layout, faces)
    return images if y is None else (images, y)


def restore_layout(images, pixels, eyes=None, landmarks=None):
    """Give new pixels the layout in which the images came.

    Parameters
    ----------
    images : ImageBatch
        What `check_images` returned.
    pixels : ndarray of shape (n_images, new_height, new_width)
        The result of an operation on ``images.pixels``.
    eyes : ndarray of shape (n_images, 2, 2), default=None
        Where the operation took the eye centres; None if it moved nothing.
    landmarks : ndarray of shape (n_images, n_points, 2), default=None
        Where it took the landmarks of a face array that has them.

    Returns
    -------
    X : ndarray
        Rows for rows, a stack for a stack, faces for faces.
    """
    if images.layout == "faces":
        return replace_images(images.faces, pixels, eyes, landmarks)
    return pixels.reshape(len(pixels), -1) if images.layout == "rows" else pixels


def infer_image_shape(n_features, image_shape=None):
    """Tell the height and width of flattened images.

    Parameters
    ----------
    n_features : int
        Number of pixels.
    image_shape : tuple of (int, int), default=None
        The shape, if it is known.

    Returns
    -------
    image_shape : tuple of (int, int)
        `image_shape` if given; else a square, or a single line if `n_features` is no square.

    Raises
    ------
    ValueError
        If `image_shape` does not have `n_features` pixels.

    Examples
    --------
    >>> from skfer.utils.validation import infer_image_shape
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


def stack_images(faces):
    """Stack the images of a face array, decoding what is still a file.

    A ``joblib.parallel_config`` context tells how many are decoded at a time.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array.

    Returns
    -------
    stack : ndarray of shape (n_faces, height, width)
        Grey pixels.

    Raises
    ------
    ValueError
        If the images differ in size.
    """
    if not faces.dtype["image"].hasobject:
        return faces["image"]
    images = map_in_threads(as_grey, faces["image"])
    for index, image in enumerate(images):
        if image.shape != images[0].shape:
            raise ValueError(
                f"{describe_face(faces, index)} has shape {image.shape}, but "
                f"{describe_face(faces, 0)} has shape {images[0].shape}. Put a FaceAligner or a "
                "FaceCropper before this step; it brings all faces to one size."
            )
    return np.stack(images) if images else np.empty((0, 1, 1))


def describe_face(faces, index):
    """Name a face in a message: its number and, where known, its file.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,) or None
        Face array.
    index : int
        Position of the face.

    Returns
    -------
    name : str
        Such as ``"Sample 3 ('S005/001.png')"``.
    """
    image = None if faces is None else faces["image"][index]
    return f"Sample {index} ('{image}')" if isinstance(image, str) else f"Sample {index}"


def _check_finite(rows, faces):
    if rows.dtype.kind != "f":
        return
    with np.errstate(invalid="ignore", over="ignore"):
        total = rows.sum(dtype=float)
    if np.isfinite(total):
        return
    bad = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if len(bad):
        kind = "NaN" if np.isnan(rows[bad[0]]).any() else "infinity"
        raise ValueError(
            f"Input X contains {kind}: {describe_face(faces, bad[0])}"
            + (f" and {len(bad) - 1} more." if len(bad) > 1 else ".")
            + " Pixels must be finite; remove the sample or repair it."
        )


def _check_any_size(estimator, faces, y):
    if len(faces) == 0:
        raise ValueError(f"Found no faces; {type(estimator).__name__} needs at least one.")
    images = ImageBatch(faces["image"], "faces", faces)
    return images if isinstance(y, str) else (images, np.asarray(y))
