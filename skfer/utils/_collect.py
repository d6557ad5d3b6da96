"""Lists of pictures or paths, and stacks with channels, as a stack or a face array."""

import os

import numpy as np

from skfer.faces import is_face_array, make_face_array
from skfer.utils._pixels import as_pixels


def collect_images(X):
    """Put pictures and paths into a stack or a face array; refuse a single one."""
    shape = getattr(X, "shape", ())
    if isinstance(X, str | os.PathLike) or (
        len(shape) == 3 and shape[1] > 15 and shape[2] in (3, 4)
    ):
        raise ValueError("X is a single picture; put it in a list: [X].")
    if len(shape) == 4:
        channel = 3 if shape[3] == 1 else 1
        return (
            X.squeeze(channel) if shape[channel] == 1 else make_face_array(as_pixels(np.asarray(X)))
        )
    if len(shape) == 1 and not is_face_array(X):
        X = list(X)
    if not isinstance(X, list | tuple):
        return X
    first = X[0] if len(X) else None
    n_axes = getattr(first, "ndim", 0)
    if isinstance(first, str | os.PathLike) or n_axes == 3 or _differ_in_shape(X, n_axes):
        return make_face_array(X)
    try:
        array = np.asarray(X)
    except ValueError as error:
        raise ValueError(
            "The rows of X differ in length. Give pictures of any size as arrays of two "
            "dimensions, in a list."
        ) from error
    return collect_images(array) if array.ndim > 2 else array


def _differ_in_shape(images, n_axes):
    return n_axes == 2 and len({np.shape(image) for image in images}) > 1
