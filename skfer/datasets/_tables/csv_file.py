"""From one CSV of a tool to columns of numbers; errors name the file and the line."""

import csv
import json
import re
from collections import Counter

import numpy as np
import pandas as pd

from skfer.datasets._csv import SEPARATORS
from skfer.datasets._tables.tools import columns_of
from skfer.utils._text import join_some

_MISSING = ["-nan(ind)", "nan(ind)"]  # as Microsoft's C++ writes them; pandas knows the others
# Intensities go to 5; a spreadsheet that takes the point for one of thousands makes 53 of 0.53.
_HIGHEST_INTENSITY = 6


class FeatureFile:
    """A CSV: its columns, without the spaces round them, and how its numbers are written."""

    def __init__(self, path):
        self.path = path
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                header = file.readline()
                self.separator = max(SEPARATORS, key=header.count)
                self.columns = self._split(header)
                file.seek(0)
                self.decimal = self._check_lines(file)
        except UnicodeDecodeError as error:
            raise ValueError(
                f"'{path}' is not UTF-8 text: {error}. Save it as 'CSV UTF-8'."
            ) from error
        if not any(self.columns):
            raise ValueError(f"'{path}' is empty.")
        name, count = Counter(self.columns).most_common(1)[0]
        if count > 1:
            raise ValueError(f"'{path}' has two columns '{name}'.")

    def read(self, columns):
        """Read some columns, as pandas understands them; numbers are not checked yet."""
        return pd.read_csv(
            self.path,
            sep=self.separator,
            decimal=self.decimal,
            header=0,
            names=self.columns,
            usecols=columns,
            skipinitialspace=True,
            na_values=_MISSING,
            encoding="utf-8-sig",
            low_memory=False,
        )

    def number_lines(self):
        """Return the line in which a spreadsheet shows each row of what `read` returns."""
        with open(self.path, encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=self.separator, skipinitialspace=True)
            _, *numbers = [n for n, cells in enumerate(lines, start=1) if cells not in ([], [""])]
        return numbers

    def _split(self, line):
        cells = next(csv.reader([line], delimiter=self.separator, skipinitialspace=True), [""])
        return [cell.strip() for cell in cells]

    def _check_lines(self, file):
        """Refuse a line of more or fewer entries, which pandas takes; return the decimal mark."""
        decimal = "."
        for number, line in enumerate(file, start=1):
            if self.separator != "," and decimal == "." and re.search(r"\d,\d", line):
                decimal = ","
            # A quoted entry may hold separators.
            n_entries = line.count(self.separator) + 1 if '"' not in line else None
            if n_entries not in (None, len(self.columns)) and line.strip():
                raise ValueError(
                    f"'{self.path}' has {n_entries} entries in line {number}, but "
                    f"{len(self.columns)} columns. The line is damaged, or the file has decimal "
                    "commas and commas between columns; export it with ';' between columns."
                )
        return decimal


def as_numbers(source, table, tool):
    """Return rows of a FeatureFile as float64; refuse text, and intensities that were changed."""
    for name, column in table.select_dtypes(exclude="number").items():
        values = pd.to_numeric(column, errors="coerce")
        is_text = values.isna() & column.notna()
        if is_text.any():
            row = int(np.flatnonzero(is_text)[0])
            raise ValueError(
                f"'{source.path}' has {column.iloc[row]!r} in column '{name}' of line "
                f"{source.number_lines()[row]}, where a number is expected."
            )
        table = table.assign(**{name: values})
    table = table.astype(float)
    highest = table[columns_of(tool.intensity, table) if tool.intensity else []].max()
    beyond = highest[(highest > _HIGHEST_INTENSITY) & np.isfinite(highest)]
    if len(beyond):
        raise ValueError(
            f"'{source.path}' has intensities up to {beyond.iloc[0]:g} in column "
            f"'{beyond.index[0]}', but {tool.name} writes 0 to 5. A spreadsheet may have taken "
            "decimal points for separators of thousands; take the file that the tool wrote."
        )
    return table


def expand_lists(source, table, columns):
    """Replace each column of lists, as OpenFace 3 writes them, by columns ``name_0``, ``name_1``.

    Nested lists are flattened; an empty entry gives missing numbers.
    """
    parts = []
    for name, column in table.items():
        if name not in columns:
            parts.append(column)
            continue
        rows = [_parse_list(source, name, *cell) for cell in enumerate(column)]
        length = max(map(len, rows), default=0)
        if any(len(row) not in (0, length) for row in rows):
            pairs = zip(source.number_lines(), rows, strict=True)
            uneven = [line for line, row in pairs if len(row) not in (0, length)]
            raise ValueError(
                f"'{source.path}' has lists of several lengths in column '{name}', lines "
                f"{join_some(uneven)}."
            )
        values = np.array([row if row else [np.nan] * length for row in rows], dtype=float)
        names = [f"{name}_{number}" for number in range(length)]
        parts.append(pd.DataFrame(values.reshape(len(rows), length), columns=names))
    return pd.concat(parts, axis=1)


def _parse_list(source, name, row, text):
    if pd.isna(text):
        return []
    try:
        return np.ravel(json.loads(text.replace("nan", "NaN"))).astype(float).tolist()
    except (AttributeError, ValueError, TypeError) as error:
        raise ValueError(
            f"'{source.path}' has {text!r} in column '{name}' of line "
            f"{source.number_lines()[row]}, where a list of numbers is expected."
        ) from error
