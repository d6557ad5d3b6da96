"""The table of predictions: one row for each face, and for each picture without one."""

import numpy as np
import pandas as pd

from skfer.inference._columns import COLUMN_TYPES, PROBABILITY

BOX = ["box_x", "box_y", "box_width", "box_height"]
EYES = ["left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y"]
COLUMNS = ["input", "frame", "timestamp", "face", "success", "confidence", *BOX, *EYES]


def proba_column(label):
    """Return the name of the column of the probability of a class.

    >>> from skfer.inference._table import proba_column
    >>> proba_column("happy")
    'proba_happy'
    """
    return f"{PROBABILITY}{label}"


def make_table(rows, classes):
    """Return a DataFrame with all columns, of rows given as dictionaries of what is known."""
    columns = [*COLUMNS, "expression", *map(proba_column, classes), "problem"]
    table = pd.DataFrame.from_records(rows, columns=columns)
    types = {name: COLUMN_TYPES.get(name, "float64") for name in columns}
    return table.astype(types)


def failed_row(name, frame, timestamp, problem, confidence=np.nan):
    """Return the row of a picture or frame that has no prediction, and why."""
    return {
        "input": name,
        "frame": frame,
        "timestamp": timestamp,
        "success": 0,
        "confidence": confidence,
        "problem": problem,
    }
