"""The subject and expression of image files, from a table that names them or from their paths."""

import os
import unicodedata

import pandas as pd

from skfer.datasets._csv import read_table
from skfer.datasets._patterns import REQUIRED, clean_names, match_paths
from skfer.utils._text import join_some

_TEXT = (*REQUIRED, "sequence", "frame_number")  # columns that are not turned to numbers


def label_files(folder, files, *, pattern=None, csv=None):
    """Return the index of those of the files that the pattern matches or the table names.

    The columns are path, subject, expression and what else there is, as `load_image_folder` has
    them, with the labels as they are given. `csv` is relative to the folder.
    """
    if csv is None:
        return match_paths(folder, files, pattern)[0]
    frame = read_annotations(folder / csv, folder, REQUIRED, check_files=False)
    return frame[frame["path"].isin([str(folder / file) for file in files])]


def read_annotations(file, folder, required, *, check_files):
    """Return the columns of a table that names files, with their paths; refuse gaps."""
    if not file.is_file():
        raise FileNotFoundError(f"There is no '{file}'; csv is relative to the folder.")
    table = read_table(file, ("file", *required))
    if table.empty:
        raise ValueError(f"'{file}' names no files.")
    if "path" in table:
        raise ValueError(f"'{file}': the reader fills the column 'path' itself; rename yours.")
    table = clean_names(table)
    for column in ("file", *required):
        if (table[column] == "").any():
            line = (table[column] == "").idxmax()
            raise ValueError(f"'{file}' has an empty entry of '{column}' in line {line}.")
    names = pd.Series([_name_on_disk(folder, name) for name in table.pop("file")])
    repeated = names[names.map(lambda name: os.path.normpath(folder / name)).duplicated()]
    if len(repeated):
        raise ValueError(f"'{file}' names these files twice: {join_some(repeated, quoted=True)}.")
    missing = [name for name in names if check_files and not os.path.isfile(folder / name)]
    if missing:
        raise FileNotFoundError(
            f"'{file}' names {len(missing)} files that are not in '{folder}': "
            f"{join_some(missing, quoted=True)}."
            + (" Write / between folders." if any("\\" in name for name in missing) else "")
        )
    table["path"] = [str(folder / name) for name in names]
    for column in table.columns.drop(["path", *REQUIRED], errors="ignore"):
        filled = table[column].where(table[column] != "")
        table[column] = filled if column in _TEXT else _as_numbers(filled)
    return table


def _name_on_disk(folder, name):
    """Return the spelling of a name, of its spaces and accents, that a file has; else the name."""
    spellings = [name, *(unicodedata.normalize(form, name.strip()) for form in ("NFC", "NFD"))]
    return next((spelling for spelling in spellings if os.path.isfile(folder / spelling)), name)


def _as_numbers(column):
    try:
        return pd.to_numeric(column)
    except ValueError:
        return column
