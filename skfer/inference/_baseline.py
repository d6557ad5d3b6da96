"""Change against a face's own first frames."""

from numbers import Integral

import numpy as np
import pandas as pd

from skfer.inference._columns import CHANGE, PROBABILITY, require_probabilities
from skfer.inference._smoothing import rows_by_face


def subtract_baseline(predictions: pd.DataFrame, n_frames: int) -> pd.DataFrame:
    """Add the change of the probabilities against the first frames of each face of each video.

    A face at rest is not neutral to a classifier: some people look sad or angry to it all the time.
    Where a video begins with a neutral face, this takes what the classifier sees in that face out.

    Parameters
    ----------
    predictions : DataFrame
        One row per face and frame, as from :func:`predict_video`. Smooth it before, if at all.
    n_frames : int
        The mean probabilities of so many first frames with ``success`` 1 are the baseline of the
        face. At 25 frames a second, 50 are the first two seconds.

    Returns
    -------
    changes : DataFrame
        A new table with columns ``change_<class>`` behind ``proba_<class>``: probability minus
        baseline, from -1 to 1. Over the classes they add up to 0. They are missing (NaN) in images,
        in rows without a face, and in all rows of a face with fewer than `n_frames` frames: a
        shorter baseline would not be the one that was asked for.

    Raises
    ------
    ValueError
        If `n_frames` is not a whole number of at least 1.

    Notes
    -----
    The differences mean something only if the first frames do show a neutral face, and only
    within one face: a person who leaves the picture and comes back under a new number gets a new
    baseline, of the frames after coming back, and after a cut another person in the same place
    gets that of the person before. ``expression`` and ``proba_<class>`` stay as they
    are. A probability says how sure the classifier is, not how strong an expression is, and neither
    does its change. OpenWillis divides by the baseline instead; a difference stays finite where the
    baseline is near 0.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.inference import subtract_baseline
    >>> predictions = pd.DataFrame(
    ...     {
    ...         "input": "clip.mp4",
    ...         "timestamp": [0.0, 0.5, 1.0],
    ...         "face": 0,
    ...         "success": 1,
    ...         "proba_neutral": [0.6, 0.4, 0.1],
    ...         "proba_sad": [0.4, 0.6, 0.9],
    ...     }
    ... )
    >>> subtract_baseline(predictions, 2)["change_sad"].round(2).tolist()
    [-0.1, 0.1, 0.4]
    """
    check_n_frames(n_frames)
    columns = require_probabilities(predictions)
    values = predictions[columns].to_numpy(dtype=float)
    changes = np.full(values.shape, np.nan)
    for rows in rows_by_face(predictions):
        if len(rows) >= n_frames:
            changes[rows] = values[rows] - values[rows[:n_frames]].mean(axis=0)
    names = [CHANGE + column.removeprefix(PROBABILITY) for column in columns]
    behind = predictions.columns.get_loc(columns[-1]) + 1
    parts = [predictions.iloc[:, :behind], pd.DataFrame(changes, predictions.index, names)]
    return pd.concat([*parts, predictions.iloc[:, behind:]], axis=1)


def check_n_frames(n_frames):
    """Refuse what is not a number of frames."""
    if not (isinstance(n_frames, Integral) and n_frames >= 1):
        raise ValueError(f"n_frames={n_frames!r} is not a number of frames; give at least 1.")
