"""The face array: images, eye centres and subjects in one NumPy structured array.

Eyes must reach every step of a pipeline and subjects every split. Metadata routing loses them
under ``cross_val_predict`` and under most scorers; the rows of an array are never lost. A row may
be a whole sequence: its frames as one array, the files of its frames, or a video.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from skfer._subjects import subject_ids
from skfer._typing import Array, FaceArray, Images, Picture

_ID_WIDTH = 32
_MAX_CHANNELS = 4
VIDEO_SUFFIXES = tuple(
    ".3g2 .3gp .asf .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .mxf .ogv .ts .vob .webm "
    ".wmv".split()
)

__all__ = ["is_face_array", "is_sequence", "make_face_array", "with_fields"]


def make_face_array(
    images: Array | Sequence[Picture | tuple[str | Path, ...]],
    eyes: ArrayLike | None = None,
    subject: ArrayLike | None = None,
    *,
    frame_eyes: Sequence[ArrayLike] | None = None,
) -> FaceArray:
    """Put images, eye centres and subjects into one structured array.

    Parameters
    ----------
    images : ndarray of shape (n_faces, height, width) or sequence of (ndarray, str or Path)
        A stack of grey images gives a field of fixed size. A sequence gives a field of Python
        objects: grey (height, width) or RGB (height, width, 3) arrays of any size, or paths of
        image files, which are decoded when a step needs the pixels. A row may be a sequence of any
        number of frames: an array (n_frames, height, width) or (n_frames, height, width, 3), a
        list of its frames (arrays of one size, or paths in their order), or the path of a video.
        An array whose last axis has 3 or 4 entries is a picture, or a sequence, in colour.
    eyes : array-like of shape (n_faces, 2, 2), default=None
        Eye centres as (x, y) in pixels, x to the right and y down; ``eyes[:, 0]`` is the eye on
        the left of the picture. NaN, the default, means unknown. For a sequence, the eyes that
        stand for all of its frames.
    subject : array-like of shape (n_faces,), default=None
        Subject ids: text, which is stripped and brought to Unicode's form NFC, or whole numbers.
        None, NaN and words such as "unknown" become the empty string, the default.
    frame_eyes : sequence of n_faces arrays of shape (n_frames, 2, 2), default=None
        Eye centres in each frame of sequences. Without `eyes`, their median over the frames is
        taken for these.

    Returns
    -------
    faces : ndarray of shape (n_faces,)
        Structured array with the fields ``image``, ``eyes`` (float64) and ``subject`` (str), and
        ``frame_eyes`` (one array for each sequence) if they are given.

    Raises
    ------
    ValueError
        If the lengths differ, an image is neither a path nor a grey or RGB array or a sequence of
        them, a sequence has no frames or frames of different size, or a subject is neither text
        nor a whole number.

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
    >>> sequences = make_face_array([np.zeros((9, 48, 48)), np.zeros((12, 48, 48)), "smile.avi"])
    >>> [len(frames) for frames in sequences["image"][:2]]
    [9, 12]
    """
    images = _image_field(images)
    n_faces = len(images)
    further = {}
    if frame_eyes is not None:
        further["frame_eyes"] = _frame_eyes_field(frame_eyes)
        if len(further["frame_eyes"]) != n_faces:
            raise ValueError(
                f"frame_eyes has {len(further['frame_eyes'])} entries for {n_faces} images."
            )
        if eyes is None:
            eyes = np.reshape([steady_eyes(each) for each in further["frame_eyes"]], (-1, 2, 2))
    eyes = np.full((n_faces, 2, 2), np.nan) if eyes is None else np.asarray(eyes, dtype=float)
    if eyes.shape != (n_faces, 2, 2):
        raise ValueError(f"eyes has shape {eyes.shape}; {n_faces} images need ({n_faces}, 2, 2).")
    subject = _subject_field([""] * n_faces if subject is None else subject)
    if subject.shape != (n_faces,):
        raise ValueError(f"subject has shape {subject.shape}; {n_faces} images need ({n_faces},).")
    return _pack({"image": images, "eyes": eyes, "subject": subject} | further)


def is_face_array(X: object) -> bool:
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


def is_sequence(image: object) -> bool:
    """Check whether an image of a face array is a sequence of frames.

    Parameters
    ----------
    image : object
        An entry of the field ``image``.

    Returns
    -------
    result : bool
        True for an array (n_frames, height, width) or (n_frames, height, width, 3), a tuple of the
        files of the frames, and a path with the suffix of a video.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.faces import is_sequence
    >>> is_sequence(np.zeros((12, 48, 48))), is_sequence(np.zeros((48, 48, 3)))
    (True, False)
    >>> is_sequence("smile.avi"), is_sequence("smile.png")
    (True, False)
    """
    if isinstance(image, str):
        return image.lower().endswith(VIDEO_SUFFIXES)
    if isinstance(image, np.ndarray):
        # No face is so narrow; it is an axis of channels.
        return image.ndim == 4 or (image.ndim == 3 and image.shape[2] > _MAX_CHANNELS)
    return isinstance(image, tuple)


def steady_eyes(frame_eyes):
    """Return the eyes (2, 2) that stand for a sequence: the median of those known; NaN if none."""
    known = frame_eyes[np.isfinite(frame_eyes).all(axis=(1, 2))]
    return np.median(known, axis=0) if len(known) else np.full((2, 2), np.nan)


def with_fields(faces: FaceArray, **fields: Images) -> FaceArray:
    """Copy a face array with some fields changed or added.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array.
    **fields : array-like of n_faces entries
        The new values. ``image``, ``subject`` and ``frame_eyes`` are taken as in
        :func:`make_face_array`.

    Returns
    -------
    faces : ndarray of shape (n_faces,)
        A new face array; all other fields are kept.

    Raises
    ------
    ValueError
        If a new field differs from one of the face array by an "s" only: ``subjects`` would be a
        field beside ``subject``, and no step would read it.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.faces import make_face_array, with_fields
    >>> faces = make_face_array(np.zeros((2, 48, 48), np.uint8), subject=["a", "b"])
    >>> smaller = with_fields(faces, image=np.ones((2, 32, 32)), age=[31, 54])
    >>> smaller["image"].shape, smaller["age"].tolist(), smaller["subject"].tolist()
    ((2, 32, 32), [31, 54], ['a', 'b'])
    """
    names = faces.dtype.names or ()
    for name in fields:
        near = name[:-1] if name.endswith("s") else f"{name}s"
        if name not in names and near in names:
            raise ValueError(
                f"'{name}' differs from the field '{near}' by an 's' only; use that, or another."
            )
    if "image" in fields:
        fields["image"] = _image_field(fields["image"])
    if "subject" in fields:
        fields["subject"] = _subject_field(fields["subject"])
    if "frame_eyes" in fields:
        fields["frame_eyes"] = _frame_eyes_field(fields["frame_eyes"])
    return _pack({name: faces[name] for name in names} | fields)


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
    if isinstance(images, str | os.PathLike):
        raise ValueError("images is a single path; put it in a list: [images].")
    field = np.empty(len(images), dtype=object)
    for index, image in enumerate(images):  # one by one: NumPy would join equal shapes
        field[index] = _check_image(image, index)
    return field


def _subject_field(subjects):
    ids = subject_ids(subjects)
    longest = ids.dtype.itemsize // 4
    return ids.astype(f"U{max(_ID_WIDTH, longest + 1)}")


def _frame_eyes_field(frame_eyes):
    field = np.empty(len(frame_eyes), dtype=object)
    for index, eyes in enumerate(frame_eyes):
        eyes = np.asarray(eyes, dtype=float)
        if eyes.ndim != 3 or eyes.shape[1:] != (2, 2):
            raise ValueError(
                f"frame_eyes of image {index} have shape {eyes.shape}; expected (n_frames, 2, 2)."
            )
        field[index] = eyes
    return field


def _check_image(image, index):
    if isinstance(image, list | tuple):
        image = _join_frames(image, index)
    if isinstance(image, np.ndarray):
        if is_sequence(image) and len(image) == 0:
            raise ValueError(f"Image {index} is a sequence without frames; leave it out.")
        in_grey = image.ndim == 2 or (image.ndim == 3 and is_sequence(image))
        in_colour = image.ndim in (3, 4) and image.shape[-1] in (3, 4)
        if image.size == 0 or not (in_grey or in_colour):
            raise ValueError(
                f"Image {index} has shape {image.shape}; expected (height, width), in colour "
                "(height, width, 3), or for a sequence (n_frames, height, width) or "
                "(n_frames, height, width, 3)."
            )
        return image
    if isinstance(image, tuple):
        return image
    if isinstance(image, str | os.PathLike):
        return str(image)
    raise ValueError(
        f"Image {index} is of type {type(image).__name__}; expected an array of grey or RGB "
        "pixels, a path, or a list of frames."
    )


def _join_frames(frames, index):
    """Return a list of frames as one array, or as a tuple of paths."""
    if not len(frames):
        raise ValueError(f"Image {index} is a sequence without frames; leave it out.")
    if all(isinstance(frame, str | os.PathLike) for frame in frames):
        return tuple(map(str, frames))
    shapes = {frame.shape for frame in frames if isinstance(frame, np.ndarray)}
    if len(shapes) > 1:
        shapes = " and ".join(map(str, sorted(shapes)[:2]))
        raise ValueError(
            f"Image {index} is a sequence with frames of shape {shapes}; all frames of a sequence "
            "have one size."
        )
    if not all(isinstance(frame, np.ndarray) for frame in frames):
        raise ValueError(
            f"Image {index} is a list, but not of frames; expected arrays of pixels, or paths."
        )
    return np.stack(frames)
