"""Subjects and labels of the rows of feature tables: from paths, or from a second table."""

import unicodedata
from pathlib import Path

import pandas as pd

from skfer.datasets._csv import read_table, refuse_gaps
from skfer.datasets._patterns import REQUIRED, clean_names, parse_paths
from skfer.utils._text import join_some

KEYS = ("file", "input", "frame_number", "face")


def label_by_pattern(frame, folder, pattern, column):
    """Add the named groups of a pattern that matches the paths in a column, "file" or "input"."""
    names = frame[column].drop_duplicates()
    groups = parse_paths(folder, names.tolist(), pattern, "tables").drop(columns="path")
    _refuse_taken(groups, frame, f"pattern='{pattern}'")
    return frame.join(groups.set_index(names.to_numpy()), on=column)


def label_by_table(frame, labels):
    """Add subject, expression and more of a second table, a frame or a CSV, by their keys.

    Rows that the second table does not name have no subject then. Also returns the keys of its rows
    that no row of the frame has.
    """
    name, line = f"'{labels}'", "line"
    if isinstance(labels, pd.DataFrame):
        name, line = "labels", "row"
    else:
        labels = read_table(Path(labels), ())
    labels = _as_text(labels)
    keys = [key for key in KEYS if key in labels]
    absent = [column for column in REQUIRED if column not in labels]
    if absent or not {"file", "input"} & set(keys):
        raise ValueError(
            f"{name} needs the columns 'subject', 'expression', and 'file' or 'input', and may "
            f"have 'frame_number' and 'face'; its columns are {join_some(labels, quoted=True)}."
        )
    unnoted = [key for key in keys if key not in frame]
    if unnoted:
        raise ValueError(
            f"{name} has the column {join_some(unnoted, quoted=True)}, which the tables of "
            "features do not note. Leave it out."
        )
    _refuse_taken(labels.drop(columns=keys), frame, name)
    refuse_gaps(labels, (*keys, *REQUIRED, *{"sequence"} & set(labels)), name, line)
    twice = labels[labels.duplicated(keys)]
    if len(twice):
        raise ValueError(
            f"{name} has two rows for {' '.join(twice.iloc[0][keys])}; its keys are "
            f"{join_some(keys, quoted=True)}."
        )
    rows = _as_text(frame[keys])
    for key in {"file", "input"} & set(keys):
        unknown = labels[key][~labels[key].isin(rows[key])]
        if len(unknown):
            raise ValueError(
                f"{name} names {len(unknown)} that are not in the tables as '{key}': "
                f"{join_some(unknown, quoted=True)}; there are "
                f"{join_some(rows[key].unique(), quoted=True)}."
            )
    found = rows.merge(clean_names(labels), on=keys, how="left").drop(columns=keys)
    is_absent = labels[keys].merge(rows.drop_duplicates(), how="left", indicator="side")["side"]
    absent = labels[keys][(is_absent == "left_only").to_numpy()]
    return frame.join(found.set_axis(frame.index)), absent


def _as_text(table):
    """Return a table as str: whole numbers without a point, accents joined, missing ones ""."""
    return table.map(_text_of)


def _text_of(value):
    if pd.isna(value):
        return ""
    is_whole = isinstance(value, float) and value.is_integer()
    return unicodedata.normalize("NFC", str(int(value) if is_whole else value))


def _refuse_taken(labels, frame, name):
    taken = [column for column in labels if column in frame]
    if taken:
        raise ValueError(
            f"{name} gives {join_some(taken, quoted=True)}, which the tables of features have "
            "themselves; choose another name."
        )
