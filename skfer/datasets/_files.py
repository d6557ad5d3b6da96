"""From a folder of images, or a CSV, to one row an image."""

import re
from pathlib import Path

import pandas as pd

__all__ = ["list_image_files", "parse_paths", "read_annotations"]

IMAGE_SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
REQUIRED = ("subject", "expression")


def list_image_files(folder):
    """List the image files of a folder and its sub-folders.

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    files : list of str
        Paths relative to `folder`, with forward slashes, sorted. Hidden files are left out.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    files = sorted(
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.suffix.lower() in IMAGE_SUFFIXES
    )
    files = [file for file in files if not any(part.startswith(".") for part in file.split("/"))]
    if not files:
        raise FileNotFoundError(
            f"Found no image files in '{folder}' (looked for {', '.join(IMAGE_SUFFIXES)})."
        )
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
            f"matched: {_name_some(unmatched)}."
        )
    groups = pd.DataFrame([match.groupdict() for match in matches])
    others = [name for name in groups if name not in REQUIRED]
    frame = groups[[*REQUIRED, *others]]
    frame.insert(0, "path", [str(folder / file) for file in files])
    return frame


def read_annotations(csv, folder):
    """Read subject, expression and more from a CSV.

    Parameters
    ----------
    csv : Path
        Comma-separated file with a header. Columns: ``file`` (relative to `folder`), ``subject``,
        ``expression``; others are kept.
    folder : Path
        The folder that holds the files.

    Returns
    -------
    frame : DataFrame of shape (n_rows, n_columns)
        ``path``, ``subject``, ``expression`` and the other columns.

    Raises
    ------
    FileNotFoundError
        If the CSV, or a file it names, does not exist.
    ValueError
        If a column is missing, an entry is empty, or a file is named twice.
    """
    columns = ("file", *REQUIRED)
    try:
        header = pd.read_csv(csv, nrows=0, encoding="utf-8-sig").columns
    except pd.errors.EmptyDataError as error:
        raise ValueError(f"'{csv}' is empty.") from error
    absent = [column for column in columns if column not in header]
    if absent:
        raise ValueError(
            f"'{csv}' has no column {_name_some(absent)}; its columns are {_name_some(header)}."
        )
    others = [column for column in header if column not in columns]
    # Subject "001" stays so, and "NA" (one of JAFFE's) is a subject, not a missing value.
    table = pd.read_csv(
        csv,
        dtype=dict.fromkeys(columns, str),
        na_values={column: [""] for column in others},
        keep_default_na=False,
        encoding="utf-8-sig",
    )
    if table.empty:
        raise ValueError(f"'{csv}' names no files.")
    for column in columns:
        if (table[column] == "").any():
            row = (table[column] == "").idxmax()
            raise ValueError(f"'{csv}' has an empty entry of '{column}' in row {row + 1}.")
    repeated = table["file"][table["file"].duplicated()]
    if len(repeated):
        raise ValueError(f"'{csv}' names these files twice: {_name_some(repeated)}.")
    missing = [file for file in table["file"] if not (folder / file).is_file()]
    if missing:
        raise FileNotFoundError(
            f"'{csv}' names {len(missing)} files that are not in '{folder}': {_name_some(missing)}."
        )
    frame = table[[*REQUIRED, *others]].copy()
    frame.insert(0, "path", [str(Path(folder) / file) for file in table["file"]])
    return frame


def _name_some(names, limit=5):
    names = [f"'{name}'" for name in names]
    return ", ".join(names[:limit]) + (
        f" and {len(names) - limit} more" if len(names) > limit else ""
    )
