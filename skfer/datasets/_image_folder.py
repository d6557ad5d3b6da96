"""Faces in the user's own folder."""

from skfer.datasets._base import get_data_home, make_bunch, read_stack
from skfer.datasets._files import list_image_files, parse_paths, read_annotations
from skfer.datasets._labels import canonical_expression

__all__ = ["load_image_folder"]

DESCR = """\
Images of a user's own folder
=============================

{n_images} images of {n_subjects} subjects, read from '{folder}'.
"""


def load_image_folder(
    data_home=None,
    *,
    pattern=r"(?P<subject>[^/]+)/(?P<expression>[^/]+)/[^/]+",
    csv=None,
    canonical_labels=True,
    cropped=False,
    redistributable=False,
    return_X_y=False,
):
    r"""Load the images of a folder, with subject and expression from their paths or a CSV.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder; None takes the environment variable ``SKFER_DATA``.
    pattern : str, default=r"(?P<subject>[^/]+)/(?P<expression>[^/]+)/[^/]+"
        Regular expression that matches the whole path of every image file below the folder, with
        forward slashes. Its named groups, ``subject`` and ``expression`` among them, become columns
        of the frame; ``sequence`` and ``frame`` are usual further ones. Used where no `csv` is
        given.
    csv : str or Path, default=None
        Comma-separated file, relative to the folder, with the columns ``file`` (relative to the
        folder), ``subject`` and ``expression``; other columns are kept. Only the files it names
        are loaded.
    canonical_labels : bool, default=True
        Map the spellings of expressions to the vocabulary (see `canonical_expression`) and refuse
        what it does not know. False keeps the labels as they are given.
    cropped : bool, default=False
        True if the images are face crops of one size: they are decoded to a stack. False for
        photographs: they stay paths until a step needs the pixels.
    redistributable : bool, default=False
        Whether reports may show the images.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (n_images,)
            Face array; the eyes are unknown (NaN).
        images : ndarray of shape (n_images, height, width), dtype uint8, or None
            The pixels, if `cropped`.
        target, subjects : ndarray of shape (n_images,), dtype str
            Expression and subject of each image.
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame
            The columns ``path``, ``subject``, ``expression`` and further ones.
        redistributable, cropped : bool
            As given.
        DESCR : str
            Description.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Raises
    ------
    FileNotFoundError
        If the folder or the CSV does not exist, the folder has no images, or the CSV names files
        that do not exist.
    ValueError
        If `pattern` lacks a group or does not match every image file, the CSV lacks a column or an
        entry, an expression is unknown, or a file of a cropped face cannot be decoded or differs
        in size.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from skfer.datasets import load_image_folder
    >>> from skfer.utils._opencv import cv2
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("S1-angry.png", "S2-happiness.png"):
    ...         _ = cv2.imwrite(str(Path(folder, name)), np.zeros((48, 48), np.uint8))
    ...     data = load_image_folder(
    ...         folder, pattern=r"(?P<subject>S\d+)-(?P<expression>\w+)\.png", cropped=True
    ...     )
    >>> data.images.shape, data.target.tolist(), data.subjects.tolist()
    ((2, 48, 48), ['anger', 'happy'], ['S1', 'S2'])
    """
    folder = get_data_home(data_home)
    if csv is None:
        frame = parse_paths(folder, list_image_files(folder), pattern)
    else:
        frame = read_annotations(folder / csv, folder)
    if canonical_labels:
        frame["expression"] = _canonical_labels(frame)
    return make_bunch(
        frame,
        images=read_stack(frame["path"]) if cropped else None,
        redistributable=redistributable,
        cropped=cropped,
        descr=DESCR.format(
            n_images=len(frame), n_subjects=frame["subject"].nunique(), folder=folder
        ),
        return_X_y=return_X_y,
    )


def _canonical_labels(frame):
    labels = {}
    for label, path in zip(frame["expression"], frame["path"], strict=True):
        if label in labels:
            continue
        try:
            labels[label] = canonical_expression(label)
        except ValueError as error:
            raise ValueError(
                f"'{path}': {error} Pass canonical_labels=False to keep labels of your own."
            ) from error
    return frame["expression"].map(labels)
