"""The face array: images, eye centres and subjects in one NumPy structured array.

Eyes must reach every step of a pipeline and subjects every split. Metadata routing loses them
under ``cross_val_predict`` and under most scorers; the rows of an array are never lost.
"""

import os

import numpy as np

from skfer._subjects import subject_ids

_ID_WIDTH = 32

__all__ = ["is_face_array", "make_face_array", "with_fields"]


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
        Subject ids: text, which is stripped and brought to Unicode's form NFC, or whole numbers.
        None, NaN and words such as "unknown" become the empty string, the default.

    Returns
    -------
    faces : ndarray of shape (n_faces,)
        Structured array with the fields ``image``, ``eyes`` (float64) and ``subject`` (str).

    Raises
    ------
    ValueError
        If the lengths differ, an image is neither a path nor a grey or RGB array, or a subject is
        neither text nor a whole number.

    Notes
    -----
    The field ``subject`` has room for ids that are assigned later. NumPy cuts longer ones without a
    word, so an id that fills its field is refused when it is read; :func:`with_fields` makes room.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.faces import make_face_array
    >>> faces = make_face_array(np.zeros((3, 48, 48), np.uint8), subject=["a", "a", "b"])
    >>> faces["image"].shape, faces["subject"].tolist()
    ((3, 48, 48), ['a', 'a', 'b'])
    """
    images = _image_field(images)
    n_faces = len(images)
    eyes = np.full((n_faces, 2, 2), np.nan) if eyes is None else np.asarray(eyes, dtype=float)
    if eyes.shape != (n_faces, 2, 2):
        raise ValueError(f"eyes has shape {eyes.shape}; {n_faces} images need ({n_faces}, 2, 2).")
    subject = _subject_field([""] * n_faces if subject is None else subject)
    if subject.shape != (n_faces,):
        raise ValueError(f"subject has shape {subject.shape}; {n_faces} images need ({n_faces},).")
    return _pack({"image": images, "eyes": eyes, "subject": subject})


def is_face_array(X):
    """Check whether `X` is a face array.

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


def with_fields(faces, **fields):
    """Copy a face array with some fields changed or added.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array.
    **fields : array-like of n_faces entries
        The new values. ``image`` and ``subject`` are taken as in :func:`make_face_array`.

    Returns
    -------
    faces : ndarray of shape (n_faces,)
        A new face array; all other fields are kept.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.faces import make_face_array, with_fields
    >>> faces = make_face_array(np.zeros((2, 48, 48), np.uint8), subject=["a", "b"])
    >>> smaller = with_fields(faces, image=np.ones((2, 32, 32)), age=[31, 54])
    >>> smaller["image"].shape, smaller["age"].tolist(), smaller["subject"].tolist()
    ((2, 32, 32), [31, 54], ['a', 'b'])
    """
    if "image" in fields:
        fields["image"] = _image_field(fields["image"])
    if "subject" in fields:
        fields["subject"] = _subject_field(fields["subject"])
    return _pack({name: faces[name] for name in faces.dtype.names} | fields)


def _pack(fields):
    fields = {name: np.asarray(values) for name, values in fields.items()}
    dtype = [(name, values.dtype, values.shape[1:]) for name, values in fields.items()]
    faces = np.empty(len(fields["image"]), dtype=dtype)
    for name, values in fields.items():
        faces[name] = values
    return faces


def _image_field(images):
    """Return a stack as it is, and other images as an array of one object each."""
    if isinstance(images, np.ndarray) and images.ndim == 3:
        return images
    field = np.empty(len(images), dtype=object)
    for index, image in enumerate(images):  # one by one: NumPy would join equal shapes
        field[index] = _check_image(image, index)
    return field


def _subject_field(subjects):
    ids = subject_ids(subjects)
    longest = ids.dtype.itemsize // 4
    return ids.astype(f"U{max(_ID_WIDTH, longest + 1)}")


def _check_image(image, index):
    if isinstance(image, np.ndarray):
        colour = image.ndim == 3 and image.shape[2] in (3, 4)
        if image.size == 0 or not (image.ndim == 2 or colour):
            raise ValueError(
                f"Image {index} has shape {image.shape}; expected (height, width) or, in colour, "
                "(height, width, 3)."
            )
        return image
    if isinstance(image, str | os.PathLike):
        return str(image)
    raise ValueError(
        f"Image {index} is of type {type(image).__name__}; expected an array of grey or RGB "
        "pixels or a path."
    )
