"""From a folder of images, or a CSV, to one row an image."""

import csv
import io
import os
import re

import pandas as pd

from skfer.datasets._indexing.completeness import name_some
from skfer.datasets._indexing.folder_walk import find_image_files

__all__ = ["list_image_files", "parse_paths", "read_annotations"]

REQUIRED = ("subject", "expression")
TEXT = (*REQUIRED, "sequence", "frame")


def list_image_files(folder):
    """List the image files of a folder and its sub-folders, or refuse the folder.

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    files : list of str
        What `find_image_files` finds.

    Raises
    ------
    FileNotFoundError
        If there are none.
    ValueError
        If a folder cannot be read or is met twice, or an entry with the name of an image is no
        file.
    """
    files, unreadable = find_image_files(folder)
    for path, problem in unreadable:
        raise ValueError(f"Cannot read '{path}': {problem}.")
    return files


def parse_paths(folder, files, pattern):
    """Take subject, expression and more from the paths of files.

    Parameters
    ----------
    folder : Path
        The folder that holds the files.
    files : sequence of str
        Paths relative to `folder`.
    pattern : str
        Regular expression that matches the whole of each path; its named groups, ``subject`` and
        ``expression`` among them, become columns.

    Returns
    -------
    frame : DataFrame of shape (n_files, 1 + n_groups)
        ``path``, ``subject``, ``expression`` and the other groups, all str.

    Raises
    ------
    ValueError
        If the pattern is no regular expression, lacks a group or does not match a file.
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"pattern={pattern!r} is no regular expression: {error}.") from error
    for group in REQUIRED:
        if group not in compiled.groupindex:
            raise ValueError(
                f"pattern={pattern!r} has no group (?P<{group}>...); every image needs a subject "
                "and an expression."
            )
    matches = [compiled.fullmatch(file) for file in files]
    unmatched = [
        file
        for file, match in zip(files, matches, strict=True)
        if match is None or not all(match[group] for group in REQUIRED)
    ]
    if unmatched:
        raise ValueError(
            f"pattern={pattern!r} matches {len(files) - len(unmatched)} of the {len(files)} image "
            f"files in '{folder}'. It has to match the whole path of each, as seen from there; not "
            f"matched: {_quote_some(unmatched)}."
        )
    groups = pd.DataFrame([match.groupdict() for match in matches])
    others = [name for name in groups if name not in REQUIRED]
    frame = groups[[*REQUIRED, *others]]
    frame.insert(0, "path", [str(folder / file) for file in files])
    return frame


def read_annotations(file, folder, *, check_files=True):
    """Read subject, expression and more from a CSV.

    Parameters
    ----------
    file : Path
        Comma-separated UTF-8 text with a header. Columns: ``file`` (relative to `folder`),
        ``subject``, ``expression``; others are kept.
    folder : Path
        The folder that holds the files.
    check_files : bool, default=True
        Refuse a CSV that names files which do not exist.

    Returns
    -------
    frame : DataFrame of shape (n_rows, n_columns)
        ``path``, ``subject``, ``expression``, ``sequence`` and ``frame`` as str; the other columns
        as numbers where all their entries are. An empty entry of these is missing (NaN).

    Raises
    ------
    FileNotFoundError
        If the CSV, or a file it names, does not exist.
    ValueError
        If the file is no such text, a row has another number of entries than the header, a column
        is missing or comes twice, an entry is empty, or a file is named twice.
    """
    table = _read_table(file)
    absent = [column for column in ("file", *REQUIRED) if column not in table]
    if absent:
        raise ValueError(
            f"'{file}' has no column {_quote_some(absent)}; its columns are "
            f"{_quote_some(table.columns)}."
        )
    if table.empty:
        raise ValueError(f"'{file}' names no files.")
    # Else a stray space would make two subjects of one.
    table[[*REQUIRED]] = table[[*REQUIRED]].apply(lambda column: column.str.strip())
    for column in ("file", *REQUIRED):
        if (table[column] == "").any():
            row = (table[column] == "").idxmax()
            raise ValueError(f"'{file}' has an empty entry of '{column}' in row {row + 1}.")
    repeated = table["file"][table["file"].map(os.path.normpath).duplicated()]
    if len(repeated):
        raise ValueError(f"'{file}' names these files twice: {_quote_some(repeated)}.")
    missing = [name for name in table["file"] if check_files and not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"'{file}' names {len(missing)} files that are not in '{folder}': "
            f"{_quote_some(missing)}."
        )
    frame = table[[*REQUIRED]].copy()
    frame.insert(0, "path", [str(folder / name) for name in table["file"]])
    for column in table:
        if column not in frame and column != "file":
            filled = table[column].where(table[column] != "")
            frame[column] = filled if column in TEXT else _as_numbers(filled)
    return frame


def _read_table(file):
    try:
        # Not pandas.read_csv: it shifts the columns of a row that has too many entries.
        text = file.read_bytes().decode("utf-8-sig")
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"'{file}' is no comma-separated UTF-8 text: {error}.") from error
    if "\0" in text:
        raise ValueError(f"'{file}' is no comma-separated UTF-8 text: it has null characters.")
    if not rows:
        raise ValueError(f"'{file}' is empty.")
    header, *entries = rows
    if len(set(header)) < len(header):
        raise ValueError(f"'{file}' has two columns of one name: {_quote_some(header)}.")
    for number, row in enumerate(entries, start=1):
        if len(row) != len(header):
            raise ValueError(
                f"'{file}' has {len(row)} entries in row {number}, but {len(header)} columns."
            )
    return pd.DataFrame(entries, columns=header, dtype=str)


def _as_numbers(column):
    try:
        return pd.to_numeric(column)
    except ValueError:
        return column


def _quote_some(names):
    return name_some([f"'{name}'" for name in names])
