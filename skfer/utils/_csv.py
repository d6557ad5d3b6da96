"""Tables as CSV files for spreadsheets, which take some texts for formulas."""

import csv

import pandas as pd

_FORMULA = tuple("=+-@\t\r\n'")


def write_csv(path, frame):
    """Write a frame; an apostrophe goes before each text that a spreadsheet would calculate."""
    texts = frame.select_dtypes(exclude="number").map(
        lambda text: f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
    )
    # All texts are quoted, since a lone carriage return is not otherwise.
    frame.assign(**texts).to_csv(
        path, index=False, quoting=csv.QUOTE_NONNUMERIC, errors="surrogateescape"
    )


def read_csv(path, *, delimiter=","):
    """Read what `write_csv` wrote, all as text: an id 000 is no number, and NA is a name."""
    frame = pd.read_csv(
        path,
        sep=delimiter,
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        encoding_errors="surrogateescape",
    )
    return frame.map(without_mark)


def without_mark(text):
    """Return a text without the apostrophe that keeps spreadsheets from calculating it."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text


def format_csv(frame, *, header=True, delimiter=",", decimal="."):
    """Return a frame as the lines of a CSV file, with texts as `write_csv` writes them.

    Numbers are never in quotes, which pandas puts round those with a decimal comma.
    """
    columns = [_format_column(frame[name], decimal) for name in frame.columns]
    rows = zip(*columns, strict=True)
    lines = [delimiter.join(row) for row in rows]
    if header:
        lines.insert(0, delimiter.join(_quote(name) for name in frame.columns))
    return "".join(f"{line}\n" for line in lines)


def _format_column(column, decimal):
    known = column.notna()
    if not pd.api.types.is_numeric_dtype(column):
        return [_quote(v) if k else "" for v, k in zip(column, known, strict=True)]
    texts = [str(v) if k else "" for v, k in zip(column.tolist(), known, strict=True)]
    return texts if decimal == "." else [text.replace(".", decimal) for text in texts]


def _quote(text):
    text = str(text).replace('"', '""')
    return f'"\'{text}"' if text.startswith(_FORMULA) else f'"{text}"'
