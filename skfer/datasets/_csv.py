"""Tables as people save them from a spreadsheet: any separator, UTF-8 or UTF-16."""

import csv
import io

import pandas as pd

from skfer.utils._csv import without_mark
from skfer.utils._text import join_some

SEPARATORS = ",;\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_REMEDY = "In a spreadsheet, save it as 'CSV UTF-8'."


def read_table(file, columns):
    """Read a CSV as str, all its columns; refuse one without `columns` or with shifted rows.

    Commas, semicolons or tabs separate the columns, whichever gives the `columns`, which may be
    written in capitals and with spaces around. The index has the number of
    each line in a spreadsheet, where the names of the columns are line 1.
    """
    content = file.read_bytes()
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
        # Not pandas.read_csv: it shifts the columns of a row that has too many entries.
        lines = io.StringIO(text, newline="")
        reader = csv.reader(lines, delimiter=_find_separator(text, columns), strict=True)
        # A spreadsheet keeps rows that were emptied, as separators only.
        rows = {n: row for n, row in enumerate(reader, start=1) if any(map(str.strip, row))}
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"'{file}' is not a CSV in UTF-8: {error}. {_REMEDY}") from error
    if "\0" in text:
        raise ValueError(f"'{file}' is not a CSV in UTF-8: it has null characters. {_REMEDY}")
    if not rows:
        raise ValueError(f"'{file}' is empty.")
    header = _name_columns(rows.pop(min(rows)), columns)
    if len(set(header)) < len(header):
        raise ValueError(f"'{file}' has two columns of one name: {join_some(header, quoted=True)}.")
    for number, row in rows.items():
        if len(row) != len(header):
            raise ValueError(
                f"'{file}' has {len(row)} entries in line {number}, but {len(header)} columns."
            )
    absent = [column for column in columns if column not in header]
    if absent:
        raise ValueError(
            f"'{file}' has no column{'s' * (len(absent) > 1)} {join_some(absent, quoted=True)}; "
            f"its columns are {join_some(header, quoted=True)}. Name them so in its first line."
        )
    table = pd.DataFrame([*rows.values()], [*rows], header, dtype=str)
    return table.map(without_mark)


def refuse_gaps(table, columns, name, unit="line"):
    """Refuse a table with empty entries in some columns; the errors name all of them."""
    gaps = {column: table.index[table[column] == ""] for column in columns}
    gaps = [f"'{column}' in {say_rows(rows, unit)}" for column, rows in gaps.items() if len(rows)]
    if gaps:
        raise ValueError(f"{name} has empty entries: {'; '.join(gaps)}.")


def say_rows(rows, unit="line"):
    """Name some rows, such as "lines 2, 5 and 7 more"."""
    return f"{unit}{'s' if len(rows) > 1 else ''} {join_some(rows)}"


def _find_separator(text, columns):
    """Return what separates the names of the first line: that which gives most of `columns`."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def rank(separator):
        names = next(csv.reader([first], delimiter=separator), [])
        return len({*_name_columns(names, columns)} & {*columns}), len(names)

    return max(SEPARATORS, key=rank)  # the first of equals, the comma


def _name_columns(header, columns):
    """Return the names of the columns, the known ones, all in lower case, as they are known."""
    return [plain if (plain := name.strip().casefold()) in columns else name for name in header]
