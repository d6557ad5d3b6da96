"""Data sets that are one folder of images whose names tell what they show."""

import filecmp
from pathlib import Path

from skfer.datasets._base import get_data_home
from skfer.datasets._indexing.completeness import name_some

__all__ = ["find_folder_of_names", "match_file_names"]

NO_IMAGE_SUFFIXES = (
    ".csv",
    ".db",
    ".doc",
    ".docx",
    ".gz",
    ".htm",
    ".html",
    ".ini",
    ".md",
    ".pdf",
    ".tar",
    ".txt",
    ".xls",
    ".xlsx",
    ".zip",
)


def find_folder_of_names(data_home, names, pattern, example):
    """Find the folder of a data set by the names of its files.

    Parameters
    ----------
    data_home : str, Path or None
        As in `get_data_home`.
    names : sequence of str
        Names that the folder may have below `data_home`.
    pattern : re.Pattern
        Matches the whole name of each file of the data set.
    example : str
        Such a name, for the message.

    Returns
    -------
    folder : Path
        `data_home` or its first sub-folder of one of these names that has such a file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    home = get_data_home(data_home)
    for folder in (home, *(home / name for name in names)):
        if folder.is_dir() and any(pattern.fullmatch(file.name) for file in _list_files(folder)):
            return folder
    raise FileNotFoundError(
        f"Found no images named such as '{example}' in '{home}' or in its sub-folder "
        f"{' or '.join(names)}. Pass as data_home the folder that holds the data set."
    )


def match_file_names(folder, pattern, example, *, misnamed=None):
    """Match the names of the images of a folder.

    Sub-folders, hidden files, documents and archives are left out. Where two files differ in
    extension or case alone, and not in content, the first is taken.

    Parameters
    ----------
    folder : str or Path
        The folder.
    pattern : re.Pattern
        Matches the whole name of each file of the data set.
    example : str
        Such a name, for the message.
    misnamed : dict of str to str, default=None
        Names that files are known to have in place of the right ones.

    Returns
    -------
    matches : list of (Path, re.Match)
        The files, sorted, and the match of each.

    Raises
    ------
    ValueError
        If a file has another name, or two files of one name but for extension and case differ.

    Examples
    --------
    >>> import re, tempfile
    >>> from pathlib import Path
    >>> from skfer.datasets._indexing.named_files import match_file_names
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "KA.AN1.39.tiff").touch()
    ...     Path(folder, "README_FIRST.txt").touch()
    ...     pattern = re.compile(r"([A-Z]{2})[.]([A-Z]{2})[0-9][.][0-9]+[.]tiff")
    ...     [match.groups() for _, match in match_file_names(folder, pattern, "KA.AN1.39.tiff")]
    [('KA', 'AN')]
    """
    misnamed = misnamed or {}
    matches, others = {}, []
    for file in _list_files(Path(folder)):
        match = pattern.fullmatch(misnamed.get(file.name, file.name))
        if match is None:
            others.append(f"'{file.name}'")
            continue
        meaning = tuple(group and group.upper() for group in match.groups())
        first, _ = matches.setdefault(meaning, (file, match))
        if first != file and not filecmp.cmp(first, file, shallow=False):
            raise ValueError(
                f"'{first}' and '{file}' are named as one image, but differ; keep one of them."
            )
    if others:
        raise ValueError(
            f"'{folder}' has files that are not named such as '{example}': {name_some(others)}. "
            "Move them elsewhere."
        )
    return list(matches.values())


def _list_files(folder):
    return sorted(
        file
        for file in folder.iterdir()
        if not file.name.startswith(".")
        and not file.name.lower().startswith("readme")
        and file.suffix.lower() not in NO_IMAGE_SUFFIXES
        and file.is_file()
    )
