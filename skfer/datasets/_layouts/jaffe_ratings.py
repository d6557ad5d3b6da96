"""The semantic ratings that come with the JAFFE data set."""

import re

import pandas as pd

__all__ = ["read_jaffe_ratings"]

HEADER = ["#", "HAP", "SAD", "SUR", "ANG", "DIS", "FEA", "PIC"]
COLUMNS = ["happy", "sad", "surprise", "anger", "disgust", "fear"]
PICTURE = re.compile(r"[A-Z]{2}-[A-Z]{2}\d")


def read_jaffe_ratings(file):
    r"""Read the mean ratings of the pictures from ``README_FIRST.txt``.

    60 viewers rated how much of each expression they see, from 1 (not at all) to 5 (Lyons et al.
    1998). The readme has a second table, of a study without fear, which is not read.

    Parameters
    ----------
    file : Path
        The readme: a line ``# HAP SAD SUR ANG DIS FEA PIC``, then one line a picture, such as
        ``1 2.87 2.52 2.10 1.97 1.97 2.06 KM-NE1``.

    Returns
    -------
    ratings : DataFrame of shape (n_pictures, 7)
        ``picture`` ("KM-NE1"), as in the index, and the means, from 1 to 5, of ``happy``, ``sad``,
        ``surprise``, ``anger``, ``disgust`` and ``fear``.

    Raises
    ------
    ValueError
        If the file has no such table or a line of it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.datasets._layouts.jaffe_ratings import read_jaffe_ratings
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "README_FIRST.txt")
    ...     _ = file.write_text(
    ...         "# HAP SAD SUR ANG DIS FEA PIC\n1 2.87 2.52 2.10 1.97 1.97 2.06 KM-NE1\n"
    ...     )
    ...     read_jaffe_ratings(file)[["picture", "happy", "fear"]]
      picture  happy  fear
    0  KM-NE1   2.87  2.06
    """
    # Latin-1, because it decodes whatever the text round the table is written in.
    lines = [line.split() for line in file.read_text(encoding="latin-1").splitlines()]
    if HEADER not in lines:
        raise ValueError(f"'{file}' has no table of ratings, no line '{' '.join(HEADER)}'.")
    first = lines.index(HEADER) + 1
    rows = []
    for number, words in enumerate(lines[first:], start=first + 1):
        if words and words[0].isdecimal():
            rows.append(_read_row(words, f"Line {number} of '{file}'"))
        elif "fear excluded" in " ".join(words).lower():  # the title of the second table
            break
    if not rows:
        raise ValueError(f"'{file}' has an empty table of ratings.")
    return pd.DataFrame(rows, columns=["picture", *COLUMNS])


def _read_row(words, where):
    *values, picture = words[1:]
    try:
        ratings = [float(value) for value in values]
    except ValueError:
        ratings = []
    if (
        len(ratings) != len(COLUMNS)
        or not all(1 <= rating <= 5 for rating in ratings)
        or not PICTURE.fullmatch(picture)
    ):
        raise ValueError(
            f"{where} is no row of ratings, six from 1 to 5 and a picture: '{' '.join(words)}'."
        )
    return [picture, *ratings]
