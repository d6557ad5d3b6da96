"""The columns of a table of predictions, and their values by class."""

import pandas as pd

PROBABILITY, CHANGE, SHARE = "proba_", "change_", "share_"
TEXTS = ("input", "expression", "problem")
BOX = ["box_x", "box_y", "box_width", "box_height"]
EYES = ["left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y"]
WHOLE_NUMBERS = ("frame", "face", "success", "n_frames", "n_problems", "n_face_frames")
# Of the columns that are no numbers with a fraction.
COLUMN_TYPES = dict.fromkeys(TEXTS, object) | {
    "frame": "int64",
    "face": "Int64",  # missing without a face
    "success": "int64",
}

# Digits after the point in files. A probability is not known to a ten thousandth, a place not to a
# hundredth of a pixel; cameras count time in up to microseconds.
_DIGITS = {"timestamp": 6, "duration": 6, "confidence": 4}
_DIGITS_BY_PREFIX = {
    **dict.fromkeys((PROBABILITY, CHANGE, SHARE), 4),
    **dict.fromkeys(("box_", "left_eye_", "right_eye_"), 2),
}


def proba_column(label):
    """Return the name of the column of the probability of a class.

    >>> from skfer.inference._columns import proba_column
    >>> proba_column("happy")
    'proba_happy'
    """
    return f"{PROBABILITY}{label}"


def make_table(rows, classes):
    """Return a DataFrame with all columns, of rows given as dictionaries of what is known."""
    of_face = ["face", "success", "confidence", *BOX, *EYES, "expression"]
    columns = ["input", "frame", "timestamp", *of_face, *map(proba_column, classes), "problem"]
    table = pd.DataFrame.from_records(rows, columns=columns)
    types = {name: COLUMN_TYPES.get(name, "float64") for name in columns}
    return table.astype(types)


def probability_columns(predictions):
    """Return the columns of the probabilities, in the order of the classes."""
    return [column for column in predictions.columns if column.startswith(PROBABILITY)]


def require_probabilities(predictions):
    """Return the columns of the probabilities, or refuse a table without."""
    columns = probability_columns(predictions)
    if not columns:
        raise ValueError(
            "The table has no columns 'proba_...': it was not made by skfer.inference, or its "
            "model gives no probabilities."
        )
    return columns


def classes_of(predictions):
    """Return the classes as they stand in the names of the columns."""
    return [column.removeprefix(PROBABILITY) for column in probability_columns(predictions)]


def round_for_files(table):
    """Round the numbers of predictions, or of their summary, to the digits that mean something."""
    digits = {column: _digits(column) for column in table.columns}
    places = {column: count for column, count in digits.items() if count is not None}
    rounded = table.round(places)
    return rounded.assign(**{column: rounded[column] + 0.0 for column in places})  # no -0.0


def _digits(column):
    by_prefix = (n for prefix, n in _DIGITS_BY_PREFIX.items() if column.startswith(prefix))
    return _DIGITS.get(column, next(by_prefix, None))
