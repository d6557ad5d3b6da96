"""The index of a data set: one row an image, from paths and text alone."""

import numpy as np
import pandas as pd

__all__ = ["INDEX_COLUMNS", "UNKNOWN_EYES", "make_index"]

INDEX_COLUMNS = (
    "path",
    "subject",
    "expression",
    "sequence",
    "frame",
    "is_peak",
    "eyes",
    "landmarks",
    "dataset",
)
UNKNOWN_EYES = np.full((2, 2), np.nan)


def make_index(rows, dataset):
    """Build the index of a data set, sorted by path.

    Parameters
    ----------
    rows : iterable of dict
        One an image, with ``path``, ``subject`` and ``expression``; ``sequence`` (default: the
        path, for sets of single images), ``frame`` (number in the sequence, default 0),
        ``is_peak`` (default True), ``eyes`` (array of shape (2, 2), (x, y) in pixels, that on the
        left of the picture first; default NaN) and ``landmarks`` (path of a file, default None).
        Further keys become further columns.
    dataset : str
        Name of the data set in the registry.

    Returns
    -------
    index : DataFrame of shape (n_images, 9 or more)
        The columns ``INDEX_COLUMNS`` and the further ones.

    Examples
    --------
    >>> from skfer.datasets._indexing.index import make_index
    >>> index = make_index([{"path": "a.png", "subject": "S1", "expression": "sad"}], "mine")
    >>> index.loc[0, ["sequence", "dataset"]].tolist()
    ['a.png', 'mine']
    """
    complete = [
        {
            "sequence": str(row["path"]),
            "frame": 0,
            "is_peak": True,
            "eyes": UNKNOWN_EYES,
            "landmarks": None,
            "dataset": dataset,
            **row,
            "path": str(row["path"]),
        }
        for row in rows
    ]
    index = pd.DataFrame(complete, columns=None if complete else INDEX_COLUMNS)
    others = [column for column in index if column not in INDEX_COLUMNS]
    index = index[[*INDEX_COLUMNS, *others]]
    return index.sort_values("path", kind="stable", ignore_index=True)
