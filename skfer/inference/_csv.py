"""Tables of predictions as CSV files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pandas as pd

from skfer.inference._columns import TEXTS, WHOLE_NUMBERS, round_for_files
from skfer.utils._csv import format_csv, read_csv
from skfer.utils._files import atomic_path

_ROWS = 2048  # that are formatted at a time


def check_separators(delimiter, decimal):
    """Refuse what would not come back from a file."""
    if len(delimiter) != 1 or delimiter.isalnum() or delimiter in "\"'+-.\r\n":
        raise ValueError(
            f"delimiter={delimiter!r} cannot separate columns; give ',' or ';' or a tab."
        )
    if decimal not in (".", ","):
        raise ValueError(f"decimal={decimal!r} is neither '.' nor ','.")
    if delimiter == decimal:
        raise ValueError(
            f"delimiter and decimal are both {decimal!r}; with a decimal comma, separate the "
            "columns by ';'."
        )


def write_predictions(
    predictions: pd.DataFrame | Iterable[pd.DataFrame],
    path: str | Path,
    *,
    delimiter: str = ",",
    decimal: Literal[".", ","] = ".",
) -> None:
    """Write predictions, or a summary of them, as a CSV file.

    Parameters
    ----------
    predictions : DataFrame or iterable of DataFrame
        A table; or parts of one, one after the other, so that the whole need never be in memory.
    path : str or Path
        The file to write. An existing one is replaced when the new one is complete.
    delimiter : str, default=","
        One character between the columns. With another than the comma the file begins with a byte
        order mark, by which a spreadsheet knows that it is UTF-8.
    decimal : {".", ","}, default="."
        Decimal point or comma. Spreadsheets set to a language with decimal commas need
        ``delimiter=";", decimal=","``; they take a point for a date or a thousand.

    Raises
    ------
    ValueError
        If a separator is none, or both are the same.

    Notes
    -----
    Probabilities and confidences are written with four decimals, pixels with two, seconds with six.
    Texts are in quotes, missing values empty. A text that a spreadsheet would calculate, such as a
    file named ``=1+1.png``, gets an apostrophe in front, which :func:`read_predictions` removes.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skfer.inference import read_predictions, write_predictions
    >>> table = pd.DataFrame({"input": ["a.png"], "face": [0], "proba_happy": [0.98765432]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "faces.csv"
    ...     write_predictions(table, path, delimiter=";", decimal=",")
    ...     print(path.read_text("utf-8-sig"))
    ...     read_predictions(path)
    "input";"face";"proba_happy"
    "a.png";0;0,9877
       input  face  proba_happy
    0  a.png     0       0.9877
    """
    check_separators(delimiter, decimal)
    tables = [predictions] if isinstance(predictions, pd.DataFrame) else predictions
    encoding = "utf-8" if delimiter == "," else "utf-8-sig"
    with (
        atomic_path(path) as unfinished,
        open(unfinished, "w", encoding=encoding, errors="surrogateescape", newline="") as file,
    ):
        header = True
        for table in tables:
            for start in range(0, max(1, len(table)), _ROWS):  # texts of numbers take much memory
                rows = round_for_files(table.iloc[start : start + _ROWS])
                file.write(format_csv(rows, header=header, delimiter=delimiter, decimal=decimal))
                header = False


def read_predictions(path: str | Path) -> pd.DataFrame:
    """Read a CSV file of predictions, or of a summary, with whatever separators it has.

    Parameters
    ----------
    path : str or Path
        A file that :func:`write_predictions` or ``skfer predict`` wrote.

    Returns
    -------
    predictions : DataFrame
        Numbers as numbers, texts as they were; what is missing is NaN, in whole numbers NA.

    Raises
    ------
    ValueError
        If the file is no such table.

    Examples
    --------
    >>> from skfer.inference import read_predictions
    >>> read_predictions("faces.csv")  # doctest: +SKIP
    """
    with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
        header = file.readline()
    if not header.startswith('"input"'):
        raise ValueError(
            f"'{path}' is not a table of predictions: its first column is not 'input'."
        )
    table = read_csv(path, delimiter=header[len('"input"')])
    for name in table.columns.difference([*TEXTS]):
        column = pd.to_numeric(table[name].str.replace(",", "."))
        table[name] = column.astype("Int64" if name in WHOLE_NUMBERS else "float64")
    texts = table.columns.intersection([*TEXTS]).difference(["problem"])
    return table.assign(**{name: table[name].where(table[name] != "") for name in texts})
