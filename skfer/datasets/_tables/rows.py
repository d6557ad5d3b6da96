"""From files of one tool to rows: which there are, which failed, and which face is meant."""

import glob
import os
from pathlib import Path

import numpy as np
import pandas as pd

from skfer.datasets._tables.csv_file import FeatureFile, as_numbers, expand_lists
from skfer.datasets._tables.tools import TOOLS, columns_of, recognize_tool, select_features
from skfer.utils._text import join_some

NOT_LABELLED = "not in labels"
PRIVATE = ("success", "size")  # columns of the frame that decide which rows are used


def find_tables(paths, besides=None):
    """Find the CSV files of `load_feature_table`: the folder in common, and sorted paths below it.

    The file `besides`, of labels, is no table of features, though it may lie among them.
    """
    if not isinstance(paths, str | os.PathLike):
        files = [Path(path) for path in paths]
        folder = Path(os.path.commonpath([file.absolute().parent for file in files] or ["."]))
    elif Path(paths).is_dir():
        folder = Path(paths)
        files = [file for file in folder.rglob("*") if file.suffix.lower() == ".csv"]
        files = [file for file in files if not file.name.startswith(".")]
    elif glob.has_magic(str(paths)) and not Path(paths).is_file():
        files = [Path(path) for path in glob.glob(str(paths), recursive=True)]
        folder = Path(paths)
        while glob.has_magic(str(folder)):
            folder = folder.parent
    else:
        files, folder = [Path(paths)], Path(paths).parent
    if isinstance(besides, str | os.PathLike):
        files = [file for file in files if file.absolute() != Path(besides).absolute()]
    missing = [file for file in files if not file.is_file()]
    if missing or not files:
        raise FileNotFoundError(
            f"There is no file {join_some(missing, quoted=True)}."
            if missing
            else f"Found no CSV files in '{paths}'."
        )
    names = [file.absolute().relative_to(folder.absolute()).as_posix() for file in files]
    return folder, sorted(set(names))


def read_tables(folder, files, tool, features, sizes):
    """Read files of one tool; returns it, the features as float32, and what is known of each row.

    The frame has the columns ``file``, ``confidence`` if there is one, and as far as the tool
    notes them ``input``, ``frame_number``, ``face``, ``timestamp``, ``success`` and, if `sizes`,
    ``size``.
    """
    kind = None if tool == "auto" else TOOLS[tool]
    parts, frames = [], []
    for name in files:
        source = FeatureFile(folder / name)
        if kind is None:
            kind = recognize_tool(source.path, source.columns, features)
        data, frame = _read_rows(source, kind, features, sizes)
        if parts and data.columns.tolist() != parts[0].columns.tolist():
            different = data.columns.symmetric_difference(parts[0].columns)
            raise ValueError(
                f"'{source.path}' and '{folder / files[0]}' have different columns of features: "
                f"{join_some(different, quoted=True) or 'another order'}. Name those that all have."
            )
        parts.append(data)
        frames.append(frame.assign(file=name))
    return kind, _join_tables(parts), _join_tables(frames)


def _join_tables(tables):
    """Put tables below each other; pandas warns of the types of those without rows."""
    return pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)


def find_failures(data, frame, min_confidence, failed):
    """Return why each row is left out, "" for those that are used."""
    if min_confidence > 0 and "confidence" not in frame:
        raise ValueError(f"min_confidence={min_confidence}, but the tables have no confidence.")
    reasons = pd.Series("", index=frame.index, dtype=object)
    if failed != "keep":
        finite = np.isfinite(data.to_numpy())
        columns = data.columns[(~finite).argmax(axis=1)]
        reasons = reasons.mask(~finite.all(axis=1), [f"no number in '{name}'" for name in columns])
        if "confidence" in frame:
            low = frame["confidence"] < min_confidence
            reasons = reasons.mask(low, f"confidence below {min_confidence:g}")
            reasons = reasons.mask(frame["confidence"].isna(), "no face")
        if "success" in frame:
            reasons = reasons.mask(frame["success"] != 1, "success is 0")
    reasons = reasons.mask(frame["subject"].isna(), NOT_LABELLED)
    failures = reasons[~reasons.isin(["", NOT_LABELLED])]
    if failed == "raise" and len(failures):
        first = failures.index[0]
        raise ValueError(
            f"{len(failures)} frames have failed; the first, {_name(frame.loc[first])}: "
            f"{failures[first]}. failed='drop' leaves them out and lists them."
        )
    return reasons


def choose_faces(frame, used, faces):
    """Return which of the `used` rows stay, of one face in each frame; all others do anyway."""
    keys = [key for key in ("file", "input", "frame_number") if key in frame]
    # Without numbers and faces, each row is a frame.
    rows = frame[used] if {"frame_number", "face"} & set(frame) else frame[:0]
    shared = rows[rows.duplicated(keys, keep=False)]
    if faces == "all" or shared.empty:
        return np.ones(len(frame), dtype=bool)
    if faces == "raise":
        raise ValueError(
            f"{_name(shared.iloc[0])} has several faces. Choose by faces='largest' or "
            "'most-confident'; or take 'all', and say in labels= by the column 'face' who is who."
        )
    column = "size" if faces == "largest" else "confidence"
    if column not in frame:
        raise ValueError(f"faces='{faces}', but the tables have no {column} of a face.")
    order = shared[column].fillna(-np.inf)
    best = order.groupby([shared[key] for key in keys], dropna=False).idxmax()
    return ~frame.index.isin(shared.index.difference(best))


def _read_rows(source, tool, features, sizes):
    path, columns = source.path, source.columns
    if tool.lists:
        table = expand_lists(source, source.read(None), tool.lists)
        columns = table.columns.tolist()
    selected = select_features(path, tool, features, columns)
    numbers = tool.roles(("confidence", "success", "frame_number"), columns)
    others = tool.roles(("input", "face", "timestamp"), columns)
    axes = [columns_of(expression, columns) for expression in tool.box] if sizes else []
    extent = [name for name in tool.extent if name in columns] if sizes else []
    numeric = dict.fromkeys([*selected, *numbers.values(), *sum(axes, []), *extent])
    if not tool.lists:
        table = source.read([*dict.fromkeys([*numeric, *others.values()])])
    values = as_numbers(source, table[list(numeric)], tool)
    frame = pd.DataFrame({role: table[name] for role, name in others.items()}, index=table.index)
    frame = frame.assign(**{role: values[name] for role, name in numbers.items()})
    if "input" in frame:
        frame["input"] = frame["input"].astype(str).str.replace("\\", "/")
    if "frame_number" in frame:
        frame["frame_number"] = frame["frame_number"].astype("Int64")
    if all(axes) and axes:
        frame["size"] = np.prod([np.ptp(values[names], axis=1) for names in axes], axis=0)
    elif extent:
        frame["size"] = values[extent].prod(axis=1, skipna=False)
    return values[selected].astype(np.float32), frame


def _name(row):
    where = [f"'{row['file']}'"]
    where += [f"'{row['input']}'"] if "input" in row else []
    return " ".join(where + ([f"frame {row['frame_number']}"] if "frame_number" in row else []))
