"""What every reader shares: the folder of the data, the pixels and the Bunch handed out."""

import os
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

from skfer.faces import make_face_array
from skfer.utils._images import read_image
from skfer.utils._threads import map_in_threads

__all__ = ["find_dataset_folder", "get_data_home", "make_bunch", "read_stack"]


def get_data_home(data_home=None):
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
        If neither the argument nor the variable tells the folder.
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


def find_dataset_folder(data_home, names, contents):
    """Find the folder of a data set: `data_home` itself or one of its sub-folders.

    Parameters
    ----------
    data_home : str, Path or None
        As in `get_data_home`.
    names : sequence of str
        Names that the sub-folder may have.
    contents : sequence of str
        Files or folders of which the data set has at least one at its top level.

    Returns
    -------
    folder : Path
        The first of the candidates that has any of `contents`.

    Raises
    ------
    FileNotFoundError
        If no candidate does.
    """
    home = get_data_home(data_home)
    for folder in (home, *(home / name for name in names)):
        if any((folder / entry).exists() for entry in contents):
            return folder
    raise FileNotFoundError(
        f"Found no {' or '.join(contents)} in '{home}' or in its sub-folder "
        f"{' or '.join(names)}. Pass as data_home the folder that holds the data set."
    )


def read_stack(paths):
    """Decode image files of one size.

    Parameters
    ----------
    paths : sequence of (str or Path)
        Image files.

    Returns
    -------
    stack : ndarray of shape (n_images, height, width), dtype uint8
        Grey pixels.

    Raises
    ------
    ValueError
        If a file cannot be decoded or differs in size from the first; the message names it.
    """
    images = map_in_threads(read_image, paths)
    for path, image in zip(paths, images, strict=True):
        if image.shape != images[0].shape:
            raise ValueError(
                f"'{path}' has shape {image.shape}, but '{paths[0]}' has shape {images[0].shape}; "
                "cropped faces must have one size. Photographs are read with cropped=False."
            )
    return np.stack(images)


def make_bunch(
    frame,
    *,
    images=None,
    eyes=None,
    faces=None,
    redistributable,
    cropped,
    descr,
    return_X_y=False,
    **extra,
):
    """Build what every reader returns.

    Parameters
    ----------
    frame : DataFrame of shape (n_images, n_columns)
        One row an image with the columns ``subject`` and ``expression``, and ``path`` if `images`
        is None; other columns are kept.
    images : ndarray of shape (n_images, height, width) or sequence of ndarray, default=None
        The pixels. None leaves the files of ``frame["path"]`` to be decoded when they are needed.
    eyes : array-like of shape (n_images, 2, 2), default=None
        Eye centres as (x, y) in pixels; NaN, the default, means unknown.
    faces : ndarray of shape (n_images,), default=None
        A face array that is there already, handed out as it is in place of `images` and `eyes`.
    redistributable : bool
        Whether a report may show the images.
    cropped : bool
        True for face crops, False for photographs, which need alignment.
    descr : str
        Description, source and licence of the data set.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.
    **extra : dict
        More entries of the Bunch.

    Returns
    -------
    data : Bunch or tuple of (ndarray, ndarray, ndarray)
        With ``faces`` (face array of shape (n_images,)), ``images`` (stack, or None where sizes
        differ or files are not decoded), ``target`` and ``subjects`` (str arrays of shape
        (n_images,)), ``target_names`` (sorted list of str), ``frame``, ``redistributable``,
        ``cropped`` and ``DESCR``.
    """
    target = frame["expression"].to_numpy().astype(str)
    subjects = frame["subject"].to_numpy().astype(str)
    if faces is None:
        faces = make_face_array(frame["path"] if images is None else images, eyes, subjects)
    if return_X_y:
        return faces, target, subjects
    return Bunch(
        faces=faces,
        images=None if faces.dtype["image"].hasobject else faces["image"],
        target=target,
        target_names=np.unique(target).tolist(),
        subjects=subjects,
        frame=frame,
        redistributable=redistributable,
        cropped=cropped,
        DESCR=descr,
        **extra,
    )
