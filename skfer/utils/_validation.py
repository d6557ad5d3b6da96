"""`check_images`: the one door through which images enter an estimator."""

import math
import warnings
from functools import partial
from numbers import Integral
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.validation import validate_data

from skfer._typing import Images
from skfer.faces import is_face_array, make_face_array
from skfer.utils._collect import collect_images
from skfer.utils._image_batch import ImageBatch, all_finite, describe_image, name_grey
from skfer.utils._pixels import as_pixels, check_pixel_range
from skfer.utils._sequences import find_sequences, pixel_limits
from skfer.utils._threads import map_in_threads

# No face is flattened to fewer pixels, but tables of a few numbers, as in tests, are let through.
_LONGEST_LINE = 32
NO_LABELS = "no_validation"  # as scikit-learn's validate_data spells it


def check_images(
    estimator: BaseEstimator,
    X: Images,
    y: ArrayLike | None = NO_LABELS,
    *,
    reset: bool = True,
    any_size: bool = False,
    sequences: Literal["refuse", "accept", "require"] = "refuse",
) -> ImageBatch:
    """Validate images in any of the three layouts.

    Parameters
    ----------
    estimator : estimator instance
        Receives ``n_features_in_`` (height times width), ``image_shape_``, ``pixel_range_`` and,
        from a DataFrame, ``feature_names_in_`` if `reset`; is compared with them otherwise. Its
        ``image_shape`` parameter, where it has one, tells the height and width of flattened rows.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array. A list of grey or RGB images or of paths, and a
        stack of RGB images (n_images, height, width, 3), are put into a face array. Integers
        become uint8, uint16 scaled down; floats keep their range.
    y : array-like of shape (n_images,), default="no_validation"
        Labels to validate along with the images.
    reset : bool, default=True
        True in ``fit``, False elsewhere.
    any_size : bool, default=False
        Leave the images of a stack or face array undecoded, whatever their sizes, and record no
        size of them.
    sequences : {"refuse", "accept", "require"}, default="refuse"
        Whether the images may, or must, be sequences of frames. They come as a face array, a list,
        or an array (n_sequences, n_frames, height, width), and are decoded one by one, by
        ``batch.frames(index)``. ``n_features_in_`` is not recorded, and ``image_shape_`` is that
        of a frame.

    Returns
    -------
    batch : ImageBatch
        The validated images.

    Raises
    ------
    ValueError
        If there are no images, or they differ in size, are not finite, are integers below 0 or
        beyond 255 that are not uint16, are uint16 but use 8 bits only, or do not fit the estimator
        in shape or range of pixels; if they are sequences and single images are asked for, or the
        reverse.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.preprocessing import IntensityNormalizer
    >>> from skfer.utils import check_images
    >>> batch = check_images(IntensityNormalizer(), np.zeros((2, 2304), np.uint8))
    >>> batch.layout, batch.images.shape
    ('rows', (2, 48, 48))
    """
    X = collect_images(X)
    if is_face_array(X):
        layout, faces, images = "faces", X, X["image"]
    else:
        # Not np.ndim: it would convert array-likes, which is validate_data's business.
        layout = "stack" if getattr(X, "ndim", 2) == 3 else "rows"
        faces, images = None, X
    if layout == "rows":
        if sequences == "require":
            raise ValueError(
                f"{type(estimator).__name__} takes sequences, not flattened rows: a list of arrays "
                "(n_frames, height, width) or of videos, even for one sequence: [X]."
            )
        return _check_rows(estimator, X, y, reset)
    images = np.asarray(images)
    if find_sequences(images, partial(describe_image, images), estimator, sequences):
        return _check_sequences(estimator, ImageBatch(images, layout, faces), y, reset, any_size)
    if 0 in images.shape[1:]:
        raise ValueError(f"The images have no pixels: their shape is {images.shape[1:]}.")
    if images.ndim > 1:
        images = as_pixels(images, "Sample {}")
    if any_size:
        return _check_any_size(estimator, ImageBatch(images, layout, faces), y, reset)
    return _check_stack(estimator, ImageBatch(_decode_stack(images), layout, faces), y, reset)


def check_pictures(estimator, X, *, sequences="refuse"):
    """Validate pictures of any size, never flattened rows; return a batch of faces."""
    X = collect_images(X)
    if getattr(X, "ndim", 1) == 2:
        raise ValueError(
            f"{type(estimator).__name__} takes a face array, a list of images or paths, or a stack "
            "of shape (n_images, height, width), not flattened rows; put a single image in a list."
        )
    batch = check_images(estimator, X, reset=False, any_size=True, sequences=sequences)
    faces = make_face_array(batch.images) if batch.faces is None else batch.faces
    return batch._replace(layout="faces", faces=faces)


def infer_image_shape(n_features, image_shape=None):
    """Return height and width of flattened images: as given, else a square, else a short line.

    >>> from skfer.utils._validation import infer_image_shape
    >>> infer_image_shape(2304), infer_image_shape(12, (3, 4)), infer_image_shape(12)
    ((48, 48), (3, 4), (1, 12))
    """
    if image_shape is not None:
        check_size("image_shape", image_shape)
        if math.prod(image_shape) != n_features:
            raise ValueError(
                f"image_shape={tuple(image_shape)} has {math.prod(image_shape)} pixels, but the "
                f"rows of X have {n_features} features."
            )
        return tuple(image_shape)
    side = math.isqrt(n_features)
    if side * side == n_features:
        return side, side
    if n_features > _LONGEST_LINE:
        raise ValueError(
            f"Rows of {n_features} pixels are not squares. Give image_shape=(height, width), or "
            "put a single picture in a list: [X]."
        )
    return 1, n_features


def check_size(name, size):
    """Refuse a parameter that is no height and width in pixels."""
    sides = size if isinstance(size, tuple | list) else ()
    if len(sides) != 2 or not all(isinstance(side, Integral) for side in sides):
        raise ValueError(f"{name}={size!r}; expected two whole numbers, height and width.")


def _check_rows(estimator, X, y, reset):
    rows, y = _validate(estimator, X, y, reset)
    shape = None if reset else getattr(estimator, "image_shape_", None)
    if shape is None:
        shape = infer_image_shape(rows.shape[1], getattr(estimator, "image_shape", None))
        if len(rows) == rows.shape[1] > _LONGEST_LINE:
            advice = "put a single picture in a list: [X]"
            warnings.warn(f"X is read as {len(rows)} flat images; {advice}.", stacklevel=4)
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
    dtypes = [getattr(dtype, "numpy_dtype", dtype) for dtype in getattr(rows, "dtypes", ())]
    checked = validate_data(estimator, rows, y, reset=reset, dtype=None, ensure_all_finite=False)
    rows, y = checked if isinstance(checked, tuple) else (checked, None)
    # scikit-learn takes the integers of pandas that may be missing for floats.
    integers = dtypes and all(getattr(dtype, "kind", "O") in "iu" for dtype in dtypes)
    if integers and rows.dtype.kind == "f" and all_finite(rows):
        rows = rows.astype(np.uint16 if set(dtypes) == {np.dtype(np.uint16)} else np.int64)
    return as_pixels(rows, "Sample {}"), y


def _finish(estimator, batch, reset):
    if not all_finite(batch.images):
        bad = np.flatnonzero(~np.isfinite(batch.images).all(axis=(1, 2)))
        kind = "NaN" if np.isnan(batch.images[bad[0]]).any() else "infinity"
        name = describe_image(batch.images if batch.faces is None else batch.faces["image"], bad[0])
        raise ValueError(
            f"Input X contains {kind}: {name}"
            + (f" and {len(bad) - 1} more." if len(bad) > 1 else ".")
            + " Pixels must be finite; remove the sample or repair it."
        )
    check_pixel_range(estimator, batch.images, reset)
    if reset:
        estimator.image_shape_ = batch.images.shape[1:]
    return batch


def _check_any_size(estimator, batch, y, reset):
    for name in ("n_features_in_", "feature_names_in_", "image_shape_") if reset else ():
        vars(estimator).pop(name, None)  # of rows, in a fit before
    if len(batch.images) == 0:
        raise ValueError(f"Found no images; {type(estimator).__name__} needs at least one.")
    if y is NO_LABELS:
        return batch
    y = column_or_1d(y)
    check_consistent_length(batch.images, y)
    return batch._replace(y=y)


def _check_sequences(estimator, batch, y, reset, any_size):
    batch = _check_any_size(estimator, batch._replace(of_sequences=True), y, reset)
    if any_size:
        return batch
    check_pixel_range(estimator, pixel_limits(batch.images), reset)
    shape = None if reset else getattr(estimator, "image_shape_", None)
    if shape is None:
        shape = batch.decode(0).shape
    if reset:
        estimator.image_shape_ = shape
    return batch._replace(frame_shape=shape)


def _decode_stack(images):
    """Decode images that must have one size; `joblib.parallel_config` sets how many at a time."""
    if images.dtype != object:
        return images
    stack = map_in_threads(
        lambda index: name_grey(images[index], describe_image(images, index)),
        np.arange(len(images)),
    )
    return join_images(stack, images) if stack else np.empty((0, 1, 1))


def join_images(pixels, images):
    """Stack the pixels of images that must have one size and one unit; errors name the image."""
    first = pixels[0] if pixels else None
    for index, image in enumerate(pixels):
        names = describe_image(images, index), describe_image(images, 0)
        if image.shape != first.shape:
            raise ValueError(
                f"{names[0]} has shape {image.shape}, but {names[1]} has shape {first.shape}. Put "
                "a FaceAligner before this step; it brings all faces to one size."
            )
        if image.dtype.kind != first.dtype.kind:
            raise ValueError(
                f"{names[0]} has {image.dtype} pixels, but {names[1]} {first.dtype}; give all "
                "images in one unit."
            )
    return np.stack(pixels)
