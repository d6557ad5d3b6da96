"""Predictions on their way to a table: lines on the disk, of which a killed process loses one."""

import errno
import json
import os
import sys
import zlib
from contextlib import suppress

import numpy as np
import pandas as pd

from skfer.inference._columns import COLUMN_TYPES


class Journal:
    """Tables and marks that are appended to a file whole, or not at all.

    A line is a checksum and JSON; the first one holds the settings of the job. What follows the
    last whole line was being written when a process or the power ended, and is cut off.

    Parameters
    ----------
    path : Path
        The file. If it is there, the job goes on.
    settings : dict
        What decides on the predictions, a text for each; a journal of others is refused.
    """

    def __init__(self, path, settings):
        self.path = path
        first, self._size = next(_read_lines(path), (None, 0))
        if first is not None:
            _compare_settings(path, first, settings)
            for _, self._size in _read_lines(path):
                pass
        self._file = open(path, "ab", buffering=0)  # what is written is out of the process
        self._file.truncate(self._size)
        if first is None:
            self._append(settings)
        self._begins_empty = first is None
        self._size_of_settings = self._size

    def __enter__(self):
        return self

    def __exit__(self, error, *more):
        self._file.close()
        is_empty = self._begins_empty and self._size == self._size_of_settings
        if is_empty and error is not None and issubclass(error, ValueError):
            self.path.unlink()  # of a wrong option: there is nothing to go on with

    def add_rows(self, predictions):
        """Append a table of predictions."""
        columns = {name: _plain(predictions[name]) for name in predictions.columns}
        self._append({"rows": columns})

    def end_input(self, name):
        """Note that an input is finished."""
        self._append({"end": name})

    def read(self):
        """Yield the tables in the order in which they were added, and names of finished inputs."""
        lines = _read_lines(self.path)
        next(lines)
        for record, _ in lines:
            yield _as_table(record["rows"]) if "rows" in record else record["end"]

    def _append(self, record):
        content = json.dumps(record, allow_nan=False, default=np.generic.item).encode()
        line = memoryview(b"%08x %b\n" % (zlib.crc32(content), content))
        size = self._size + len(line)
        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._size)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                remedy = f"{error.strerror}; what was finished is kept: make room and go on"
                raise OSError(error.errno, remedy, str(self.path)) from error
            raise
        self._size = size


def _read_lines(path):
    """Yield the whole lines of a journal as JSON, each with the length of the file so far."""
    if not os.path.exists(path):
        return
    size = 0
    with open(path, "rb") as file:
        for line in file:
            checksum, _, content = line.partition(b" ")
            content = content.removesuffix(b"\n")
            whole = line.endswith(b"\n") and checksum == b"%08x" % zlib.crc32(content)
            if not whole:
                return
            size += len(line)
            yield json.loads(content), size


def _compare_settings(path, found, settings):
    for name, value in settings.items():
        if found.get(name) != value:
            raise ValueError(
                f"'{path}' holds unfinished predictions with {name} = {found.get(name)}, now it is "
                f"{value}. Go on as it was begun, or delete that file to begin anew."
            )


def _plain(column):
    values = column.astype(object).tolist()
    return [
        None if missing else value for value, missing in zip(values, column.isna(), strict=True)
    ]


def _as_table(columns):
    return pd.DataFrame(
        {
            name: pd.Series(_share(values), dtype=COLUMN_TYPES.get(name, "float64"))
            for name, values in columns.items()
        }
    )


def _share(values):
    """Return values with one object for equal texts: each row has the same few."""
    return [sys.intern(value) if isinstance(value, str) else value for value in values]
