"""Tables for spreadsheets, which take some texts for formulas."""

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


def read_csv(path):
    """Read what `write_csv` wrote, all as text: an id 000 is no number, and NA is a name."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding_errors="surrogateescape")
    return frame.map(without_mark)


def without_mark(text):
    """Return a text without the apostrophe that keeps spreadsheets from calculating it."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA else text
