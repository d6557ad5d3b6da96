"""Lists of pictures, sequences or paths, and stacks with channels, as a stack or a face array."""

import os

import numpy as np

from skfer.faces import is_face_array, make_face_array
from skfer.utils._pixels import as_pixels


def collect_images(X):
    """Put pictures, sequences and paths into a stack or a face array; refuse one alone and none."""
    X = _as_numpy(X)
    shape = getattr(X, "shape", ())
    in_colour = len(shape) == 3 and shape[1] > 15 and shape[2] in (3, 4)
    if isinstance(X, str | os.PathLike) or in_colour:
        raise ValueError("X is a single picture; put it in a list: [X].")
    if len(shape) == 4:
        grey_axis = next((axis for axis in (3, 1) if shape[axis] == 1), None)
        if grey_axis is not None:
            return X.squeeze(grey_axis)
        return make_face_array(as_pixels(X, "Sample {}"))
    if len(shape) == 5:
        return make_face_array(X)
    if len(shape) == 1 and not is_face_array(X):
        X = list(X)
    if not isinstance(X, list | tuple):
        return X
    X = [_as_numpy(image) for image in X]
    if not X:
        raise ValueError("X is empty; give at least one image or sequence.")
    sizes = [np.shape(image) for image in X if hasattr(image, "ndim")]
    if len({image.dtype for image in X if isinstance(image, np.ndarray)}) > 1:
        # NumPy would bring them to one type, which tells the unit of none of them.
        X = [_with_unit(image, index) for index, image in enumerate(X)]
    of_paths = any(isinstance(image, str | os.PathLike) for image in X)
    of_frames = any(_is_list_of_frames(image) for image in X)
    of_units = {image.dtype.kind for image in X if isinstance(image, np.ndarray) and image.ndim > 1}
    of_sizes = len(set(sizes)) > 1 or {len(size) for size in sizes} - {0, 1, 2}
    if of_paths or of_frames or of_sizes or len(of_units) > 1:
        return make_face_array(X)
    try:
        array = np.asarray(X)
    except ValueError as error:
        raise ValueError("The rows of X differ in length; give pictures as arrays.") from error
    return collect_images(array) if array.ndim > 2 else array


def _as_numpy(image):
    """Return a tensor of torch as an array, and anything else as it is."""
    return image.numpy(force=True) if hasattr(image, "detach") else image


def _with_unit(image, index):
    """Return an array of integers as uint8, and anything else as it is."""
    is_integer = isinstance(image, np.ndarray) and image.dtype.kind in "biu"
    return as_pixels(image[None], f"Sample {index}")[0] if is_integer else image


def _is_list_of_frames(image):
    """Tell a list of paths or pictures from a row of numbers."""
    first = image[0] if isinstance(image, list | tuple) and len(image) else None
    return isinstance(first, str | os.PathLike) or getattr(first, "ndim", 0) > 1
