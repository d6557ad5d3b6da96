"""Tables of action units, landmarks, gaze or pose that other tools wrote, as rows to learn from."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from skfer._subjects import subject_ids
from skfer.datasets._index import check_sequences
from skfer.datasets._labels import canonical_labels_of
from skfer.datasets._patterns import DEFAULT_PATTERN
from skfer.datasets._tables.labels import KEYS, label_by_pattern, label_by_table
from skfer.datasets._tables.rows import (
    NOT_LABELLED,
    PRIVATE,
    choose_faces,
    find_failures,
    find_tables,
    read_tables,
)
from skfer.datasets._tables.tools import TOOLS
from skfer.utils._choice import check_choice
from skfer.utils._doubtful_subjects import warn_doubtful_subjects
from skfer.utils._text import join_some

_DESCR = """\
Features that {tool} took from faces
====================================

{n_rows} rows of {n_features} features, of {n_subjects} subjects, from {n_files} files.
{n_dropped} rows were left out.
"""


def load_feature_table(
    paths: str | Path | Sequence[str | Path],
    *,
    tool: Literal["auto", "openface-2", "openface-3", "py-feat", "libreface", "other"] = "auto",
    features: str | list[str] = "action-units",
    pattern: str = DEFAULT_PATTERN,
    match: Literal["file", "input"] = "file",
    labels: pd.DataFrame | str | Path | None = None,
    min_confidence: float = 0.0,
    failed: Literal["skip", "keep", "raise"] = "skip",
    faces: Literal["raise", "largest", "most-confident", "all"] = "raise",
    aggregate: Literal["mean", "max", "median", "std"] | None = None,
    canonical_labels: bool = True,
    return_X_y: bool = False,
) -> Bunch | Any:
    r"""Load the tables that OpenFace, py-feat or LibreFace wrote, with subjects and expressions.

    One row is one face in one frame. The rows are what a scikit-learn classifier takes, so the
    protocols of :mod:`skfer.evaluation` apply to them.

    Parameters
    ----------
    paths : str, Path or list of them
        A CSV file, a list of them, a folder that is searched for ``*.csv`` with its sub-folders, or
        a pattern of :mod:`glob`. Columns are separated by commas, semicolons or tabs; with the
        last two, decimal commas are understood. Spaces round the names of columns are taken off.
    tool : {"auto", "openface-2", "openface-3", "py-feat", "libreface", "other"}, default="auto"
        The tool that wrote the tables; "auto" recognizes it by the columns. "other" stands for any
        table of numbers with a header; name its `features`.
    features : str or list of str, default="action-units"
        Columns to load, under the names that the tool gives them: a group, that is
        "action-units", "landmarks", "gaze" or "pose"; "all" of these; a regular expression that
        matches whole names, such as ``r"AU\d+_r"``; or a list of names. Other columns are not read.
    pattern : str, default=r"(?P<subject>[^/]+)/(?P<expression>[^/]+)/[^/]+"
        Regular expression that matches the whole path of every table, with forward slashes, below
        the folder that all have in common. Its named groups become columns of the frame, as in
        :func:`load_image_folder`: ``subject`` and ``expression``, perhaps ``sequence`` and others.
        Used where no `labels` are given.
    match : {"file", "input"}, default="file"
        What `pattern` matches: the path of the table, or that of the picture or video as the tool
        noted it (py-feat ``input``, OpenFace 3 ``image_path`` or ``video_path``), whole, so begin
        it with ``.*/``.
    labels : DataFrame, str or Path, default=None
        A table, or a comma-separated file, with the columns ``subject`` and ``expression``, and
        ``file`` or ``input`` as the returned frame has them; perhaps ``frame_number`` and ``face``
        for labels that differ within a file, ``sequence`` and others. Only the rows it names are
        loaded.
    min_confidence : float, default=0.0
        Frames of a lower confidence have failed: ``confidence`` of OpenFace 2, ``FaceScore`` of
        py-feat, the score of the face detector of OpenFace 3, from 0 to 1.
    failed : {"skip", "keep", "raise"}, default="skip"
        What to do with failed frames: ``success`` is 0, the confidence is low, or a feature is no
        finite number. "keep" leaves in what the tool wrote, "raise" names the first.
    faces : {"raise", "largest", "most-confident", "all"}, default="raise"
        What to do with several faces in a frame. The size is that of the box of the face or of its
        landmarks; LibreFace notes one face only. "all" keeps them, for `labels` with ``face``.
    aggregate : {None, "mean", "max", "median", "std"}, default=None
        Reduce the rows of each sequence to one.
    canonical_labels : bool, default=True
        Map the spellings of expressions to the vocabulary (see :func:`canonical_expression`) and
        refuse what it does not know. False keeps the labels as they are given.
    return_X_y : bool, default=False
        Return ``(data, target, subjects)`` instead of the Bunch.

    Returns
    -------
    table : Bunch
        The rows, in the order of the files and of the rows in them.

        data : DataFrame of shape (n_rows, n_features), dtype float32
            The features.
        target, subjects : ndarray of shape (n_rows,), dtype str
            Expression and subject of each row.
        target_names, feature_names : list of str
            The expressions, sorted, and the columns of ``data``.
        frame : DataFrame of n_rows rows
            ``file`` (below the common folder), ``subject``, ``expression``, ``sequence`` (where
            not given, the file, with the input where a file has several), and where the tool notes
            them ``input``, ``frame_number``, ``face``, ``confidence`` and ``timestamp`` (as
            written: seconds by OpenFace 2, minutes and seconds by py-feat, and by LibreFace 0.2
            seconds in spite of the name ``frame_time_in_ms``). ``n_frames`` with `aggregate`.
        dropped : DataFrame
            ``file``, ``input``, ``frame_number``, ``face`` and ``reason`` of each row left out, and
            of each row of `labels` that names a frame or face which the tables lack.
        tool, DESCR : str
            The tool and a description.
    (data, target, subjects) : tuple, if `return_X_y`
        The same.

    Raises
    ------
    FileNotFoundError
        If there are no such files.
    ValueError
        If a table is of no known tool, lacks columns, has text where a number is expected, lines
        of another length, or intensities beyond 5; if `pattern` or `labels` do not fit; if a frame
        has several faces or, with "raise", has failed; if no row is left, a sequence is of several
        subjects, or an expression is unknown. The message names the file.

    Warns
    -----
    UserWarning
        If no row of a file is left, or subjects are doubtful.

    Notes
    -----
    The names of the columns were read in the sources of the tools: ``RecorderCSV.cpp`` of
    OpenFace 2 [1]_ (2.0 separates with a comma and a space; single pictures have ``face`` instead
    of ``frame``, and no ``success``), and the packages openface-test 0.1.26 [2]_, py-feat 2.1.5
    [3]_ and libreface 0.2.0 [4]_.

    OpenFace 3 puts lists into its cells, which are spread over columns ``action_units_0`` to
    ``action_units_7``, ``landmarks_0``...; it does not say which action units these are. In a frame
    of several faces it writes the units of the first face for each of them, so take
    ``faces="most-confident"``. LibreFace leaves out frames without a face.

    References
    ----------
    .. [1] Baltrusaitis et al. (2018). OpenFace 2.0: Facial behavior analysis toolkit. FG.
    .. [2] Hu et al. (2025). OpenFace 3.0: A lightweight multitask system for comprehensive facial
       behavior analysis. FG.
    .. [3] Cheong et al. (2023). Py-Feat: Python facial expression analysis toolbox. Affective
       Science 4.
    .. [4] Chang et al. (2024). LibreFace: An open-source toolkit for deep facial expression
       analysis. WACV.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.datasets import load_feature_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, value in (("ann_happy", 2.5), ("ben_sad", 0.25)):
    ...         _ = Path(folder, f"{name}.csv").write_text(
    ...             f"frame, timestamp, confidence, success, AU12_r\n1, 0, 0.98, 1, {value}\n"
    ...         )
    ...     table = load_feature_table(
    ...         folder, pattern=r"(?P<subject>[a-z]+)_(?P<expression>[a-z]+)\.csv"
    ...     )
    >>> table.tool, table.data.columns.tolist(), table.data["AU12_r"].tolist()
    ('openface-2', ['AU12_r'], [2.5, 0.25])
    >>> table.subjects.tolist(), table.target.tolist()
    (['ann', 'ben'], ['happy', 'sad'])
    """
    check_choice("tool", tool, ("auto", *TOOLS))
    check_choice("match", match, ("file", "input"))
    check_choice("failed", failed, ("skip", "keep", "raise"))
    check_choice("faces", faces, ("raise", "largest", "most-confident", "all"))
    check_choice("aggregate", aggregate, (None, "mean", "max", "median", "std"))
    folder, files = find_tables(paths, besides=labels)
    tool, data, frame = read_tables(folder, files, tool, features, sizes=faces == "largest")
    absent = []
    if labels is not None:
        frame, absent = label_by_table(frame, labels)
    elif match in frame:
        frame = label_by_pattern(frame, folder, pattern, match)
    else:
        raise ValueError(f"Tables of {tool.name} do not name the picture; use match='file'.")
    reasons = find_failures(data, frame, min_confidence, failed)
    reasons[~choose_faces(frame, reasons == "", faces)] = f"another face is {faces}"
    dropped = frame.assign(reason=reasons)[reasons != ""]
    if len(absent):
        dropped = pd.concat([dropped, absent.assign(reason="in labels, but not in the tables")])
    data, frame = data[reasons == ""], frame[reasons == ""]
    _check_left(files, frame, dropped)
    frame = _finish_frame(frame, canonical_labels)
    if aggregate is not None:
        data, frame = _aggregate(data, frame, aggregate)
    data, frame = data.reset_index(drop=True), frame.reset_index(drop=True)
    target = frame["expression"].to_numpy().astype(str)
    subjects = frame["subject"].to_numpy().astype(str)
    if return_X_y:
        return data, target, subjects
    return Bunch(
        data=data,
        target=target,
        target_names=np.unique(target).tolist(),
        feature_names=data.columns.tolist(),
        subjects=subjects,
        frame=frame,
        dropped=dropped.reindex(columns=[*KEYS, "reason"]).reset_index(drop=True),
        tool=tool.name,
        DESCR=_DESCR.format(
            tool=tool.name,
            n_rows=len(data),
            n_features=data.shape[1],
            n_subjects=len(np.unique(subjects)),
            n_files=len(files),
            n_dropped=len(dropped),
        ),
    )


def _check_left(files, frame, dropped):
    """Refuse tables of which no row is left; warn of files of which none is."""
    reasons = dropped["reason"].value_counts()
    described = join_some(f"{reason} ({number})" for reason, number in reasons.items())
    if frame.empty:
        raise ValueError(f"No row is left of {len(files)} files: {described or 'they are empty'}.")
    not_meant = dropped["file"][dropped["reason"] == NOT_LABELLED]
    accounted = set(frame["file"]) | set(not_meant)
    lost = [name for name in files if name not in accounted]
    if lost:
        warnings.warn(
            f"No row is left of {len(lost)} of {len(files)} files, {join_some(lost, quoted=True)}. "
            f"The reasons are in the `dropped` of the Bunch: {described or 'they are empty'}.",
            stacklevel=3,
        )


def _finish_frame(frame, canonical_labels):
    """Bring labels, subjects and sequences into the form that all readers give them."""
    subjects = subject_ids(frame["subject"])
    warn_doubtful_subjects(subjects)
    if (subjects == "").any():
        row = frame.iloc[(subjects == "").argmax()]
        raise ValueError(f"'{row['file']}': '{row['subject']}' names no subject.")
    frame = frame.assign(subject=subjects)
    if canonical_labels:
        frame["expression"] = canonical_labels_of(frame, "file")
    if "sequence" not in frame:
        frame["sequence"] = frame["file"]
        if "input" in frame and frame.groupby("file")["input"].nunique().max() > 1:
            frame["sequence"] += ": " + frame["input"]
    check_sequences(frame)
    first = ["file", "subject", "expression", "sequence"]
    first += [name for name in KEYS if name in frame and name not in first]
    return frame[[*first, *frame.columns.drop([*first, *PRIVATE], errors="ignore")]]


def _aggregate(data, frame, function):
    """Reduce the rows of each sequence to one, in the order of the first ones."""
    sequences = frame.groupby("sequence", sort=False)
    mixed = sequences["expression"].nunique()
    if mixed.max() > 1:
        raise ValueError(
            f"The sequence '{mixed.idxmax()}' has several expressions, but aggregate='{function}' "
            "needs one. Give each part a sequence of its own."
        )
    rows = data.groupby(frame["sequence"], sort=False)
    data = rows.std(ddof=0) if function == "std" else rows.agg(function)
    of_frames = ["frame_number", "timestamp", "confidence", "face"]
    firsts = frame.drop_duplicates("sequence").drop(columns=of_frames, errors="ignore")
    return data.astype(np.float32), firsts.assign(n_frames=sequences.size().to_numpy())
