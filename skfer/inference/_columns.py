"""The columns of a table of predictions, and their values by class."""

PROBABILITY, CHANGE, SHARE = "proba_", "change_", "share_"

# Digits after the point in files. A probability is not known to a ten thousandth, a place not to a
# hundredth of a pixel; cameras count time in up to microseconds.
_DIGITS = {"timestamp": 6, "duration": 6, "confidence": 4}
_DIGITS_BY_PREFIX = {
    **dict.fromkeys((PROBABILITY, CHANGE, SHARE), 4),
    **dict.fromkeys(("box_", "left_eye_", "right_eye_"), 2),
}


def columns_of(predictions, prefix=PROBABILITY):
    """Return the columns that have one value for each class, in the order of the classes."""
    columns = [column for column in predictions.columns if column.startswith(prefix)]
    if not columns and prefix == PROBABILITY:
        raise ValueError(
            "The table has no columns 'proba_...'; expected predictions of skfer.inference."
        )
    return columns


def classes_of(predictions):
    """Return the classes as they stand in the names of the columns."""
    return [column.removeprefix(PROBABILITY) for column in columns_of(predictions)]


def round_for_files(table):
    """Round the numbers of predictions, or of their summary, to the digits that mean something."""
    digits = {column: _digits(column) for column in table.columns}
    return table.round({column: places for column, places in digits.items() if places is not None})


def _digits(column):
    by_prefix = (n for prefix, n in _DIGITS_BY_PREFIX.items() if column.startswith(prefix))
    return _DIGITS.get(column, next(by_prefix, None))
