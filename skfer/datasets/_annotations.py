"""The subject and expression of image files, from a table that names them or from their paths."""

import os
import unicodedata
from functools import cache
from pathlib import PurePath

import pandas as pd

from skfer.datasets._csv import read_table, refuse_gaps
from skfer.datasets._patterns import REQUIRED, clean_names, match_paths
from skfer.utils._text import join_some

_TEXT = (*REQUIRED, "sequence", "frame_number")  # columns that are not turned to numbers


def label_files(folder, files, *, pattern=None, csv=None):
    """Return the index of those of the files that the pattern matches or the table names.

    Files of the table that do not exist are returned, too, as a list of (path, name, problem).
    The columns are path, subject, expression and what else there is, as `load_image_folder` has
    them, with the labels as they are given. `csv` is relative to the folder.
    """
    if csv is None:
        return match_paths(folder, files, pattern)[0], []
    frame, missing = read_annotations(folder / csv, folder, REQUIRED)
    return frame[frame["path"].isin([str(folder / file) for file in files])], missing


def read_annotations(file, folder, required):
    """Return the columns of a table that names files, with their paths; refuse gaps.

    Files that do not exist are returned, too, as a list of (path, name, problem).
    """
    if not file.is_file():
        raise FileNotFoundError(f"There is no '{file}'; csv is relative to the folder.")
    table = read_table(file, ("file", *required))
    if table.empty:
        raise ValueError(f"'{file}' names no files.")
    if "path" in table:
        raise ValueError(f"'{file}': the reader fills the column 'path' itself; rename yours.")
    table = clean_names(table)
    refuse_gaps(table, ("file", *required), f"'{file}'")
    names = pd.Series([_name_on_disk(folder, name) for name in table.pop("file")])
    repeated = names[names.map(lambda name: os.path.normpath(folder / name)).duplicated()]
    if len(repeated):
        raise ValueError(f"'{file}' names these files twice: {join_some(repeated, quoted=True)}.")
    table["path"] = [str(folder / name) for name in names]
    for column in table.columns.drop(["path", *REQUIRED], errors="ignore"):
        filled = table[column].where(table[column] != "")
        table[column] = filled if column in _TEXT else _as_numbers(filled)
    list_names = cache(_names_by_casefold)
    missing = [
        (path, name, _why_missing(folder, name, list_names))
        for path, name in zip(table["path"], names, strict=True)
        if not os.path.isfile(path)
    ]
    return table, missing


def _name_on_disk(folder, name):
    """Return the spelling of a name, of its spaces and accents, that a file has; else the name."""
    spellings = [name, *(unicodedata.normalize(form, name.strip()) for form in ("NFC", "NFD"))]
    return next((spelling for spelling in spellings if os.path.isfile(folder / spelling)), name)


def _why_missing(folder, name, list_names):
    """Say that there is no such file, and how one is written that may be meant."""
    written = PurePath(name if os.sep == "\\" else name.replace("\\", "/"))
    found = PurePath()
    for part in written.parts:
        is_there = os.path.exists(folder / found / part)
        found /= part if is_there else list_names(folder / found).get(part.casefold(), part)
    hints = []
    if os.path.isfile(folder / found):
        hints += ["write / instead of \\"] if written != PurePath(name) else []
        hints += [f"differs only in case from '{found.as_posix()}'"] if found != written else []
    return "no such file" + (f": {'; '.join(hints)}" if hints else "")


def _names_by_casefold(folder):
    try:
        return {name.casefold(): name for name in os.listdir(folder)}
    except OSError:
        return {}


def _as_numbers(column):
    try:
        return pd.to_numeric(column)
    except ValueError:
        return column
