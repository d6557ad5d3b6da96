"""`check_images`: the one door through which images enter an estimator."""

import math
import warnings
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.validation import validate_data

from skfer.faces import is_face_array, make_face_array, with_fields
from skfer.utils._collect import collect_images
from skfer.utils._images import as_grey
from skfer.utils._pixels import as_pixels, check_pixel_range
from skfer.utils._threads import map_in_threads

# No face is flattened to fewer pixels, but tables of a few numbers, as in tests, are let through.
_LONGEST_LINE = 32
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
        Receives ``n_features_in_`` (height times width), ``image_shape_``, ``pixel_range_`` and,
        from a DataFrame, ``feature_names_in_`` if `reset`; is compared with them otherwise. Its
        ``image_shape`` parameter, where it has one, tells the height and width of flattened rows.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, or a face array. A list of grey or RGB images or of paths, and a
        stack of RGB images (n_images, height, width, 3), are put into a face array. Integers
        become uint8, 16 bits scaled down; floats keep their range.
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
        If there are no images, or they differ in size, are not finite, are integers below 0 or
        beyond 65535, or do not fit the estimator in shape or range of pixels.

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
        return _check_rows(estimator, X, y, reset)
    images = np.asarray(images)
    if 0 in images.shape[1:]:
        raise ValueError(f"The images have no pixels: their shape is {images.shape[1:]}.")
    if images.ndim > 1:
        images = as_pixels(images)
    if any_size:
        return _check_any_size(estimator, ImageBatch(images, layout, faces), y, reset)
    return _check_stack(estimator, ImageBatch(_decode_stack(images), layout, faces), y, reset)


def check_pictures(estimator, X):
    """Validate pictures of any size, never flattened rows; return a batch of faces."""
    X = collect_images(X)
    if not len(X):
        X = make_face_array([])
    if getattr(X, "ndim", 1) == 2:
        raise ValueError(
            f"{type(estimator).__name__} takes a face array, a list of images or paths, or a stack "
            "of shape (n_images, height, width), not flattened rows; put a single image in a list."
        )
    batch = check_images(estimator, X, reset=False, any_size=True)
    faces = make_face_array(batch.images) if batch.faces is None else batch.faces
    return ImageBatch(batch.images, "faces", faces)


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
    """Return height and width of flattened images: as given, else a square, else a short line.

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
    if side * side == n_features:
        return side, side
    if n_features > _LONGEST_LINE:
        raise ValueError(
            f"Rows of {n_features} pixels are no squares. Give image_shape=(height, width), or put "
            "a single picture in a list: [X]."
        )
    return 1, n_features


def decode_image(image, name):
    """Return the grey pixels of an array or file; errors begin with the name of the image."""
    try:
        grey = as_grey(image)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if not _all_finite(grey):
        raise ValueError(f"{name} contains NaN or infinity; remove the image or repair it.")
    return grey


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
    kinds = {getattr(dtype, "kind", "O") for dtype in getattr(rows, "dtypes", ())}
    checked = validate_data(estimator, rows, y, reset=reset, dtype=None, ensure_all_finite=False)
    rows, y = checked if isinstance(checked, tuple) else (checked, None)
    # scikit-learn takes the integers of pandas that may be missing for floats.
    if kinds and kinds <= set("iu") and rows.dtype.kind == "f" and _all_finite(rows):
        rows = rows.astype(np.int64)
    return as_pixels(rows), y


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


def _decode_stack(images):
    """Decode images that must have one size; `joblib.parallel_config` sets how many at a time."""
    if images.dtype != object:
        return images
    stack = map_in_threads(as_grey, images)
    return join_images(stack, images) if stack else np.empty((0, 1, 1))


def join_images(pixels, images):
    """Stack the pixels of images that must have one size and one unit; errors name the image."""
    for index, image in enumerate(pixels):
        if image.shape != pixels[0].shape:
            raise ValueError(
                f"{_describe(images, index)} has shape {image.shape}, but "
                f"{_describe(images, 0)} has shape {pixels[0].shape}. Put a FaceAligner before "
                "this step; it brings all faces to one size."
            )
        if image.dtype.kind != pixels[0].dtype.kind:
            raise ValueError(
                f"{_describe(images, index)} has {image.dtype} pixels, but {_describe(images, 0)} "
                f"{pixels[0].dtype}; give all images in one unit."
            )
    return np.stack(pixels)


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
