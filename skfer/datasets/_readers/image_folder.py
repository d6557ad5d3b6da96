"""Faces in the user's own folder."""

import os
import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._annotations import read_annotations
from skfer.datasets._bunch import get_data_home, make_bunch, read_stack
from skfer.datasets._index import (
    check_sequences,
    find_duplicates,
    find_image_files,
    warn_of_duplicates,
)
from skfer.datasets._labels import canonical_labels_of
from skfer.datasets._patterns import (
    DEFAULT_PATTERN,
    REQUIRED,
    match_paths,
    parse_paths,
    refuse_swapped,
)
from skfer.datasets._sequences import join_frames
from skfer.datasets._unreadable import check_videos, drop_undecodable
from skfer.utils._choice import check_choice
from skfer.utils._sequences import decode_sequence
from skfer.utils._text import count_of, join_some
from skfer.utils._video import is_video


def load_image_folder(
    data_home: str | Path | None = None,
    *,
    pattern: str | None = None,
    csv: str | Path | None = None,
    exclude: str | None = None,
    labelled: bool = True,
    frames: Literal["single", "sequence"] = "single",
    canonical_labels: bool = True,
    cropped: bool = False,
    on_unmatched: Literal["raise", "skip"] = "raise",
    on_unreadable: Literal["raise", "skip"] = "raise",
    redistributable: bool = False,
    return_X_y: bool = False,
) -> Bunch | Any:
    r"""Load the images of a folder, with subject and expression from their paths or a CSV.

    Or without them, with ``labelled=False``, such as those that a model is to judge.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder; None takes the environment variable ``SKFER_DATA``.
    pattern : str, default=None
        Regular expression that matches the whole path of every image file below the folder, with
        forward slashes, without the suffix of the file; or else with it. Its named groups,
        ``subject`` and ``expression`` among them, become columns of the frame; ``sequence`` and
        ``frame_number`` are usual further ones. Used where no `csv` is given. None stands for
        ``r"(?P<subject>[^/]+)/(?P<expression>[^/]+)/[^/]+"``.
    csv : str or Path, default=None
        Table, relative to the folder, with the columns ``file`` (relative to the folder),
        ``subject`` and ``expression``, and perhaps ``sequence`` and ``frame_number``; other columns
        are kept, as numbers where all their entries are. Commas, semicolons or tabs separate the
        columns; the text is UTF-8, or UTF-16 with a mark of its order. Only the files it names are
        loaded. They may lie elsewhere (an absolute path, ``..``), so mind whose CSV it is.
    exclude : str, default=None
        Regular expression: files and folders below the folder whose whole path it matches are
        passed over, such as ``r"raw|.*\.mov"``. Used where no `csv` is given.
    labelled : bool, default=True
        False for images whose expression is not known: ``subject`` and ``expression`` may then be
        absent from `pattern` and `csv`, all images are taken if neither is given, and ``target`` is
        None.
    frames : {"single", "sequence"}, default="single"
        Whether each image is a row, or each sequence: the files with one entry of ``sequence``, in
        the order of their ``frame_number``, or else of their paths, and each video file. All frames
        of a sequence have its one expression. Their images are tuples of paths, or the path of a
        video, decoded when a step needs the pixels, or at once if `cropped`; ``path`` is that of
        the last frame, and a column ``n_frames`` takes the place of ``frame_number``.
    canonical_labels : bool, default=True
        Map the spellings of expressions to the vocabulary (see `canonical_expression`) and refuse
        what it does not know. False keeps the labels as they are given.
    cropped : bool, default=False
        True if the images are face crops of one size: they are decoded to a stack. False for
        photographs: they stay paths until a step needs the pixels.
    on_unmatched : {"raise", "skip"}, default="raise"
        What to do with images whose path `pattern` does not match: raise an error that names some,
        or leave them out and list them. If it matches none, that is an error.
    on_unreadable : {"raise", "skip"}, default="raise"
        What to do with files and folders that cannot be read: "raise" an error that names the
        first, where photographs and videos are decoded later, by the step that needs the pixels,
        but videos are opened at once; "skip" decodes every file once to find them all, leaves them
        out and lists them.
    redistributable : bool, default=False
        Whether reports may show the images.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` instead of the Bunch.

    Returns
    -------
    data : Bunch
        ``faces`` (face array of shape (n_images,), without eyes), ``images`` (a stack, if
        `cropped`), ``target``, ``target_names``, ``subjects``, ``frame`` (``path``, ``subject``,
        ``expression`` and further columns, sorted by path), ``duplicates``, ``redistributable``,
        ``cropped`` and ``DESCR``, as from `load_jaffe`; and ``unreadable``, a DataFrame with
        ``path`` and ``error`` of what was left out.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays. Of images that are not labelled ``target`` is None, ``target_names`` is empty,
        and subjects that are not known are empty texts.

    Raises
    ------
    FileNotFoundError
        If the folder or the CSV does not exist, the folder has no images, or the CSV names files
        that do not exist.
    ValueError
        If `pattern` lacks a group or does not match every image file, the CSV lacks a column or an
        entry, an expression is unknown, a ``sequence`` is of several subjects or, as a row, of
        several expressions, a folder cannot be listed or is reached twice by a link, a picture or
        video is of a format that is not read, a video cannot be opened, a file of a cropped face
        cannot be decoded, or cropped faces differ in size.

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
    ...         folder, pattern=r"(?P<subject>S\d+)-(?P<expression>\w+)", cropped=True
    ...     )
    >>> data.images.shape, data.target.tolist(), data.subjects.tolist()
    ((2, 48, 48), ['anger', 'happy'], ['S1', 'S2'])
    """
    check_choice("on_unmatched", on_unmatched, ("raise", "skip"))
    check_choice("frames", frames, ("single", "sequence"))
    check_choice("on_unreadable", on_unreadable, ("raise", "skip"))
    folder = get_data_home(data_home)
    skip = on_unreadable == "skip"
    required = REQUIRED if labelled else ()
    if pattern is None:
        pattern = DEFAULT_PATTERN if labelled else ".*"
    if csv is not None:
        frame, missing = read_annotations(folder / csv, folder, required)
        if missing and (len(missing) == len(frame) or not skip):
            names = join_some([f"'{name}' ({problem})" for _, name, problem in missing])
            raise FileNotFoundError(
                f"'{folder / csv}' names {count_of(len(missing), 'file')} not found in '{folder}': "
                f"{names}. Correct the column 'file'."
            )
        unreadable = [(path, problem) for path, _, problem in missing]
    else:
        files, unreadable = find_image_files(folder, exclude, videos=frames == "sequence")
        if unreadable and not (skip and files):
            problems = [f"'{path}': {problem}" for path, problem in unreadable]
            raise ValueError(
                f"Cannot read {join_some(problems, limit=1)}. Pass over such files by exclude, or "
                "by on_unreadable='skip', which lists them."
            )
        if frames == "sequence" and not any(map(is_video, files)):  # a video is one by itself
            required = (*required, "sequence")
        frame, left_out = _match(folder, files, pattern, required, on_unmatched)
        unreadable += left_out
    if labelled and canonical_labels:
        if csv is None:
            refuse_swapped(frame, pattern)
        frame["expression"] = canonical_labels_of(frame, table=csv and folder / csv)
    frame = frame[~frame["path"].isin([path for path, _ in unreadable])]
    if "subject" not in frame:
        frame["subject"] = ""
    if "sequence" in frame:
        check_sequences(frame)
    if "frame_number" in frame:
        frame["frame_number"] = _frame_numbers(frame)
    first = [name for name in ("path", *REQUIRED) if name in frame]
    frame = frame[[*first, *frame.columns.drop(first)]]
    frame = frame.sort_values("path", kind="stable", ignore_index=True)
    if skip:
        frame, undecodable = drop_undecodable(frame)
        unreadable += undecodable
    else:
        check_videos(frame["path"])
    duplicates = find_duplicates(frame if labelled else frame.assign(expression="").iloc[:0])
    warn_of_duplicates(duplicates, f"'{folder}'", stacklevel=3)
    # The report shows it to others.
    title = f"Facial expressions in the folder '{os.path.basename(os.path.abspath(folder))}'"
    counts = f"{len(frame)} images of {frame['subject'].nunique()} subjects were read."
    descr = f"{title}\n{'=' * len(title)}\n\n{counts}\n"
    if frames == "sequence":
        frame = join_frames(frame)
        images = frame.pop("image")
        if cropped:
            images = [decode_sequence(*pair) for pair in zip(images, frame["path"], strict=True)]
    else:
        images = read_stack(frame["path"]) if cropped else None
    return make_bunch(
        frame,
        images=images,
        redistributable=redistributable,
        cropped=cropped,
        descr=descr,
        return_X_y=return_X_y,
        duplicates=duplicates,
        unreadable=pd.DataFrame(unreadable, columns=["path", "error"], dtype=str),
    )


def _match(folder, files, pattern, required, on_unmatched):
    if on_unmatched == "raise":
        return parse_paths(folder, files, pattern, required=required), []
    frame, unmatched = match_paths(folder, files, pattern, required=required)
    return frame, [(str(folder / file), "not matched by the pattern") for file in unmatched]


def _frame_numbers(frame):
    numbers = frame["frame_number"].replace("", None)
    for path, number in zip(frame["path"], numbers, strict=True):
        if not pd.isna(number) and not re.fullmatch("[0-9]+", number):
            raise ValueError(f"'{path}': frame_number '{number}' is not a number.")
    return pd.to_numeric(numbers)
