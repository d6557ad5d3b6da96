"""The folder of the data, the pixels and the Bunch that every reader returns."""

import os
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from skfer._subjects import subject_ids
from skfer.faces import make_face_array
from skfer.utils._doubtful_subjects import warn_doubtful_subjects
from skfer.utils._images import read_image
from skfer.utils._threads import map_in_threads


def get_data_home(data_home: str | Path | None = None) -> Path:
    """Return the folder that holds the data sets.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder; None takes the environment variable ``SKFER_DATA``.

    Returns
    -------
    data_home : Path
        The folder, which exists.

    Raises
    ------
    ValueError
        If neither the argument nor the variable names the folder.
    FileNotFoundError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> from skfer.datasets import get_data_home
    >>> get_data_home(tempfile.gettempdir()).is_dir()
    True
    """
    given = data_home or os.environ.get("SKFER_DATA")
    if not given:
        raise ValueError(
            "Where is the data? Pass data_home, the folder that holds it, or set the environment "
            "variable SKFER_DATA to that folder."
        )
    folder = Path(given).expanduser()
    if not folder.is_dir():
        source = "data_home" if data_home else "SKFER_DATA"
        raise FileNotFoundError(f"{source} is '{folder}', which is not a folder.")
    return folder


def read_stack(paths, shape=None):
    """Decode image files of one size to grey pixels, (n_images, height, width) of uint8.

    `shape` is the size they must have; None takes that of the first.
    """
    images = map_in_threads(read_image, paths)
    for path, image in zip(paths, images, strict=True):
        if image.shape != (shape or images[0].shape):
            raise ValueError(
                f"'{path}' has shape {image.shape}, "
                + (
                    f"not {shape}."
                    if shape
                    else f"but '{paths[0]}' has shape {images[0].shape}; cropped faces must have "
                    "one size. Photographs are read with cropped=False."
                )
            )
    return np.stack(images)


def make_bunch(
    frame,
    *,
    images=None,
    eyes=None,
    frame_eyes=None,
    faces=None,
    redistributable,
    cropped,
    descr,
    return_X_y=False,
    **extra,
):
    """Build what every reader returns from its index, with subject and, if known, expression.

    The pixels are `images`, a stack or a sequence, or the files of ``frame["path"]``, which are
    decoded when they are needed; or `faces` is the face array. `eyes` has shape (n_images, 2, 2);
    `frame_eyes` are those in the frames of sequences.
    """
    target = frame["expression"].to_numpy().astype(str) if "expression" in frame else None
    subjects = subject_ids(frame["subject"])
    frame = frame.assign(subject=subjects)
    warn_doubtful_subjects(subjects)
    if faces is None:
        images = frame["path"] if images is None else images
        faces = make_face_array(images, eyes, subjects, frame_eyes=frame_eyes)
    if return_X_y:
        return faces, target, subjects
    return Bunch(
        faces=faces,
        images=None if faces.dtype["image"].hasobject else faces["image"],
        target=target,
        target_names=[] if target is None else np.unique(target).tolist(),
        subjects=subjects,
        frame=frame,
        redistributable=redistributable,
        cropped=cropped,
        DESCR=descr,
        **extra,
    )
