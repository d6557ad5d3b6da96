"""Images that a data set holds twice, under two names."""

import hashlib
import os
import warnings

from skfer.datasets._indexing.completeness import name_some

__all__ = ["find_duplicates", "warn_of_duplicates"]


def find_duplicates(index):
    """Find image files of equal content that differ in subject or expression.

    Only files of equal length are read; none is decoded.

    Parameters
    ----------
    index : DataFrame of shape (n_images, n_columns)
        With the columns ``path``, ``subject`` and ``expression``.

    Returns
    -------
    duplicates : DataFrame of shape (n_duplicates, 4)
        The columns ``path``, ``subject``, ``expression`` and ``copy_of``, the path of the first
        file with the same content. The first files are not listed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from skfer.datasets._indexing.duplicates import find_duplicates
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = [Path(folder, name) for name in ("a.png", "b.png")]
    ...     _ = [path.write_bytes(b"pixels") for path in paths]
    ...     index = pd.DataFrame(
    ...         {"path": paths, "subject": ["S1", "S2"], "expression": ["sad", "sad"]}
    ...     )
    ...     find_duplicates(index)["subject"].tolist()
    ['S2']
    """
    columns = ["path", "subject", "expression"]
    files = index[columns].assign(size=[os.path.getsize(path) for path in index["path"]])
    files = files[files["size"].duplicated(keep=False)]
    files = files.assign(content=[_digest(path) for path in files["path"]])
    copies = files.groupby("content")
    conflicting = (copies["subject"].transform("nunique") > 1) | (
        copies["expression"].transform("nunique") > 1
    )
    duplicates = files[columns].assign(copy_of=copies["path"].transform("first"))[conflicting]
    return duplicates[duplicates["path"] != duplicates["copy_of"]].reset_index(drop=True)


def warn_of_duplicates(duplicates, data_set):
    """Warn of images that stand under two subjects or two expressions.

    Parameters
    ----------
    duplicates : DataFrame
        What `find_duplicates` returned.
    data_set : str
        Name of the data set for the message.

    Warns
    -----
    UserWarning
        If there are any.
    """
    if len(duplicates):
        pairs = [
            f"'{path}' = '{copy_of}'"
            for path, copy_of in zip(duplicates["path"], duplicates["copy_of"], strict=True)
        ]
        warnings.warn(
            f"{data_set} has {len(pairs)} images that are equal to an image of another subject or "
            f"expression: {name_some(pairs)}. They are in the `duplicates` of the Bunch.",
            stacklevel=3,
        )


def _digest(path):
    with open(path, "rb", buffering=0) as file:
        return hashlib.blake2b(file.read()).digest()
