"""The face array: images, eye centres and subjects in one NumPy structured array.

Eyes must reach every step of a pipeline and subjects every split. Metadata routing loses them
under ``cross_val_predict`` and under most scorers; the rows of an array are never lost.
"""

import numpy as np

__all__ = ["is_face_array", "make_face_array", "replace_images"]


def make_face_array(images, eyes=None, subject=None):
    """Put images, eye centres and subjects into one structured array.

    Parameters
    ----------
    images : ndarray of shape (n_faces, height, width) or sequence of (ndarray, str or Path)
        A stack of grey images gives a field of fixed size. A sequence gives a field of Python
        objects: grey (height, width) or RGB (height, width, 3) arrays of any size, or paths of
        image files, which are decoded when a step needs the pixels.
    eyes : array-like of shape (n_faces, 2, 2), default=None
        Eye centres as (x, y) in pixels, x to the right and y down; ``eyes[:, 0]`` is the eye on
        the left of the picture. NaN, the default, means unknown.
    subject : array-like of shape (n_faces,), default=None
        Subject identifiers, kept as strings; the empty string, the default, means unknown.

    Returns
    -------
    faces : ndarray of shape (n_faces,)
        Structured array with the fields ``image``, ``eyes`` (float64) and ``subject`` (str).

    Raises
    ------
    ValueError
        If the lengths differ, or an image array has no pixels or a shape that is not an image's.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.faces import make_face_array
    >>> faces = make_face_array(np.zeros((3, 48, 48), np.uint8), subject=["a", "a", "b"])
    >>> faces["image"].shape, faces["subject"].tolist()
    ((3, 48, 48), ['a', 'a', 'b'])
    """
    if isinstance(images, np.ndarray) and images.ndim == 3:
        field = ("image", images.dtype, images.shape[1:])
    else:
        images = [_check_image_object(image, index) for index, image in enumerate(images)]
        field = ("image", object)
    n_faces = len(images)
    eyes = np.full((n_faces, 2, 2), np.nan) if eyes is None else np.asarray(eyes, dtype=float)
    if eyes.shape != (n_faces, 2, 2):
        raise ValueError(f"eyes has shape {eyes.shape}; {n_faces} images need ({n_faces}, 2, 2).")
    subject = np.full(n_faces, "") if subject is None else np.asarray(subject).astype(str)
    if subject.shape != (n_faces,):
        raise ValueError(f"subject has shape {subject.shape}; {n_faces} images need ({n_faces},).")
    faces = np.empty(n_faces, dtype=[field, ("eyes", float, (2, 2)), ("subject", subject.dtype)])
    _fill_images(faces, images)
    faces["eyes"] = eyes
    faces["subject"] = subject
    return faces


def is_face_array(X):
    """Tell whether `X` is a face array.

    Parameters
    ----------
    X : object
        Anything.

    Returns
    -------
    result : bool
        True for a structured array with the fields ``image`` and ``eyes``.

    Examples
    --------
    >>> from skfer.faces import is_face_array
    >>> is_face_array([[0.0, 1.0]])
    False
    """
    names = getattr(getattr(X, "dtype", None), "names", None)
    return names is not None and {"image", "eyes"} <= set(names)


def replace_images(faces, images, eyes=None, landmarks=None):
    """Copy a face array with other images and, where they moved, other eye centres.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array.
    images : ndarray of shape (n_faces, height, width) or sequence of ndarray
        The new images.
    eyes : ndarray of shape (n_faces, 2, 2), default=None
        Eye centres in the new images; None keeps those of `faces`.
    landmarks : ndarray of shape (n_faces, n_points, 2), default=None
        Landmarks in the new images, where `faces` has such a field; None keeps them.

    Returns
    -------
    faces : ndarray of shape (n_faces,)
        A new face array; all other fields are kept.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.faces import make_face_array, replace_images
    >>> faces = make_face_array(np.zeros((2, 48, 48), np.uint8), subject=["a", "b"])
    >>> replace_images(faces, np.ones((2, 32, 32)))["subject"].tolist()
    ['a', 'b']
    """
    stacked = isinstance(images, np.ndarray) and images.ndim == 3
    field = ("image", images.dtype, images.shape[1:]) if stacked else ("image", object)
    kept = [name for name in faces.dtype.names if name != "image"]
    replaced = np.empty(len(faces), dtype=[field, *((name, faces.dtype[name]) for name in kept)])
    _fill_images(replaced, images)
    for name in kept:
        replaced[name] = faces[name]
    if eyes is not None:
        replaced["eyes"] = eyes
    if landmarks is not None:
        replaced["landmarks"] = landmarks
    return replaced


def _fill_images(faces, images):
    if not faces.dtype["image"].hasobject:
        faces["image"] = images
        return
    for index, image in enumerate(images):  # one by one: NumPy would broadcast equal shapes
        faces["image"][index] = image


def _check_image_object(image, index):
    if not isinstance(image, np.ndarray):
        return str(image)
    if image.size == 0 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] in (3, 4))):
        raise ValueError(
            f"Image {index} has shape {image.shape}; expected (height, width) or, in colour, "
            "(height, width, 3)."
        )
    return image
