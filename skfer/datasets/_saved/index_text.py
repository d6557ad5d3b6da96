"""The index of saved faces as a CSV that comes back as it was."""

import csv
import io

import numpy as np
import pandas as pd

__all__ = ["format_index", "parse_index"]

EYES = ("eyes_left_x", "eyes_left_y", "eyes_right_x", "eyes_right_y")
# Where "" is an entry; elsewhere it is a missing one.
NEVER_MISSING = ("path", "subject", "expression")

_READERS = {
    "b": lambda entries: entries == "True",
    "f": lambda entries: np.where(entries == "", "nan", entries),
    "i": np.asarray,
    "u": np.asarray,
}


def format_index(index):
    r"""Write an index as CSV.

    Parameters
    ----------
    index : DataFrame of shape (n_images, n_columns)
        Columns of text, numbers or truth values, and perhaps ``eyes``, arrays of shape (2, 2),
        which become the four columns ``EYES``.

    Returns
    -------
    text : str
        The CSV.
    dtypes : dict of str to str
        Type of each column of the CSV, for `parse_index`.

    Raises
    ------
    ValueError
        If a column holds anything else.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.datasets._saved.index_text import format_index
    >>> format_index(pd.DataFrame({"subject": ["007"], "frame": [3]}))
    ('"subject","frame"\n"007",3\n', {'subject': 'str', 'frame': '<i8'})
    """
    if "eyes" in index:
        eyes = np.stack(index["eyes"]).reshape(-1, 4) if len(index) else np.empty((0, 4))
        index = index.drop(columns="eyes").assign(**dict(zip(EYES, eyes.T, strict=True)))
    dtypes = {str(name): _name_type(name, column) for name, column in index.items()}
    # Text is always quoted: csv leaves a lone carriage return bare, and reads it as a new row.
    text = index.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return text, dtypes


def parse_index(text, dtypes):
    """Read what `format_index` wrote.

    Parameters
    ----------
    text : str
        The CSV.
    dtypes : dict of str to str
        Type of each column.

    Returns
    -------
    index : DataFrame of shape (n_images, n_columns)
        The index; missing text is None.
    """
    # Not pandas.read_csv: it takes no file names that are not UTF-8.
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    index = pd.DataFrame(rows, columns=header, dtype=object)
    for name, dtype in dtypes.items():
        entries = index[name].to_numpy()
        if dtype != "str":
            index[name] = _READERS[np.dtype(dtype).kind](entries).astype(dtype)
        elif name not in NEVER_MISSING:
            index[name] = np.where(entries == "", None, entries)
    if set(EYES) <= set(index):
        eyes = index[[*EYES]].to_numpy().reshape(-1, 2, 2)
        index = index.drop(columns=[*EYES]).assign(eyes=list(eyes))
    return index


def _name_type(name, column):
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return column.dtype.str
    for entry in column:
        if not isinstance(entry, str) and not pd.isna(entry):
            raise ValueError(
                f"Column '{name}' of the index holds {entry!r}; only text, numbers and truth "
                "values can be saved. Drop the column."
            )
    return "str"
