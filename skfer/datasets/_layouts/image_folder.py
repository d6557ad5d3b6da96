"""Faces in the user's own folder."""

import re

import pandas as pd

from skfer.datasets._base import get_data_home, make_bunch, read_stack
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.files import list_image_files, parse_paths, read_annotations
from skfer.datasets._indexing.folder_walk import find_image_files
from skfer.datasets._indexing.index import INDEX_COLUMNS, make_index
from skfer.datasets._labels import canonical_expression
from skfer.utils._images import read_image
from skfer.utils._threads import map_in_threads

__all__ = ["load_image_folder"]

PARSED_COLUMNS = ("path", "subject", "expression", "sequence", "frame")
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
    on_unreadable="raise",
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
        of the frame; ``sequence`` and ``frame``, a number, are usual further ones. Used where no
        `csv` is given.
    csv : str or Path, default=None
        Comma-separated file, relative to the folder, with the columns ``file`` (relative to the
        folder), ``subject`` and ``expression``, and perhaps ``sequence`` and ``frame``; other
        columns are kept. Only the files it names are loaded.
    canonical_labels : bool, default=True
        Map the spellings of expressions to the vocabulary (see `canonical_expression`) and refuse
        what it does not know. False keeps the labels as they are given.
    cropped : bool, default=False
        True if the images are face crops of one size: they are decoded to a stack. False for
        photographs: they stay paths until a step needs the pixels.
    on_unreadable : {"raise", "skip"}, default="raise"
        What to do with files and folders that cannot be read: "raise" an error that names the
        first, where photographs are decoded later, by the step that needs the pixels; "skip"
        decodes every file once to find them all, leaves them out and lists them.
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
            The columns ``path``, ``subject``, ``expression``, ``sequence``, ``frame``,
            ``is_peak``, ``eyes``, ``landmarks``, ``dataset`` and further ones, sorted by path.
        duplicates : DataFrame
            ``path``, ``subject``, ``expression`` and ``copy_of`` of the images whose file equals
            that of another subject or expression.
        unreadable : DataFrame
            ``path`` and ``error`` of what was left out.
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
        entry, an expression is unknown, a folder cannot be listed or is reached twice by a link, a
        file of a cropped face cannot be decoded, or cropped faces differ in size.

    Warns
    -----
    UserWarning
        If there are duplicates.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from skfer.datasets import load_image_folder
    >>> from skfer.utils._opencv import cv2
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for value, name in enumerate(("S1-angry.png", "S2-happiness.png")):
    ...         _ = cv2.imwrite(str(Path(folder, name)), np.full((48, 48), value, np.uint8))
    ...     data = load_image_folder(
    ...         folder, pattern=r"(?P<subject>S\d+)-(?P<expression>\w+)\.png", cropped=True
    ...     )
    >>> data.images.shape, data.target.tolist(), data.subjects.tolist()
    ((2, 48, 48), ['anger', 'happy'], ['S1', 'S2'])
    """
    if on_unreadable not in ("raise", "skip"):
        raise ValueError(f"on_unreadable={on_unreadable!r}; expected 'raise' or 'skip'.")
    folder = get_data_home(data_home)
    skip = on_unreadable == "skip"
    unreadable = []
    if csv is not None:
        frame = read_annotations(folder / csv, folder, check_files=not skip)
    elif skip:
        files, unreadable = find_image_files(folder)
        if not files:
            raise ValueError(f"Nothing in '{folder}' can be read; the first: {unreadable[0]}.")
        frame = parse_paths(folder, files, pattern)
    else:
        frame = parse_paths(folder, list_image_files(folder), pattern)
    if canonical_labels:
        frame["expression"] = _canonical_labels(frame)
    index = make_index(_index_rows(frame), "image-folder")
    if skip:
        index, undecodable = _drop_undecodable(index)
        unreadable += undecodable
    duplicates = find_duplicates(index)
    warn_of_duplicates(duplicates, f"'{folder}'")
    return make_bunch(
        index,
        images=read_stack(index["path"]) if cropped else None,
        redistributable=redistributable,
        cropped=cropped,
        descr=DESCR.format(
            n_images=len(index), n_subjects=index["subject"].nunique(), folder=folder
        ),
        return_X_y=return_X_y,
        duplicates=duplicates,
        unreadable=pd.DataFrame(unreadable, columns=["path", "error"], dtype=str),
    )


def _index_rows(frame):
    reserved = [
        column for column in INDEX_COLUMNS if column in frame and column not in PARSED_COLUMNS
    ]
    if reserved:
        raise ValueError(
            f"'{reserved[0]}' is a column that the reader fills itself; name yours otherwise."
        )
    for row in frame.to_dict("records"):
        for column in ("sequence", "frame"):
            if column in row and (pd.isna(row[column]) or row[column] == ""):
                del row[column]
        if "frame" in row:
            if not re.fullmatch("[0-9]+", row["frame"]):
                raise ValueError(f"'{row['path']}': frame '{row['frame']}' is no number.")
            row["frame"] = int(row["frame"])
        yield row


def _drop_undecodable(index):
    problems = map_in_threads(_find_problem, index["path"])
    readable = [problem is None for problem in problems]
    if not any(readable):
        raise ValueError(f"None of the {len(index)} images can be read; the first: {problems[0]}")
    unreadable = [
        (path, problem) for path, problem in zip(index["path"], problems, strict=True) if problem
    ]
    return index[readable].reset_index(drop=True), unreadable


def _find_problem(path):
    try:
        read_image(path)
    except ValueError as error:
        return str(error)
    return None


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
