"""Probabilities averaged over time."""

from numbers import Real

import numpy as np
import pandas as pd

from skfer.inference._columns import classes_of, require_probabilities

_MICROSECOND = 1e-6  # frames on the edge of a window are inside, whatever their last bit


def smooth_predictions(predictions: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """Average the probabilities of each face of each video over time.

    Parameters
    ----------
    predictions : DataFrame
        One row per face and frame, as from :func:`predict_video`.
    seconds : float
        Width of the window, above 0. A frame at time t gets the mean of the frames of the same face
        from t - `seconds` / 2 to t + `seconds` / 2, both included, however many these are: time
        counts, not the number of frames, so that a variable frame rate does no harm. At the ends of
        a video the window holds what there is.

    Returns
    -------
    smoothed : DataFrame
        A new table, in which ``proba_<class>`` is smoothed and ``expression`` is the class of the
        highest smoothed probability. All else is as it was, and so are rows without a face and
        rows without a timestamp, which are images.

    Raises
    ------
    ValueError
        If `seconds` is not a positive number.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.inference import smooth_predictions
    >>> predictions = pd.DataFrame(
    ...     {
    ...         "input": "clip.mp4",
    ...         "timestamp": [0.0, 0.1, 0.2],
    ...         "face": 0,
    ...         "success": 1,
    ...         "expression": ["happy", "sad", "happy"],
    ...         "proba_happy": [0.9, 0.3, 0.9],
    ...         "proba_sad": [0.1, 0.7, 0.1],
    ...     }
    ... )
    >>> smooth_predictions(predictions, 0.2)[["expression", "proba_happy"]]
      expression  proba_happy
    0      happy          0.6
    1      happy          0.7
    2      happy          0.6
    """
    check_seconds(seconds)
    smoothed = predictions.copy()
    columns = require_probabilities(predictions)
    values = predictions[columns].to_numpy(dtype=float, copy=True)
    times = predictions["timestamp"].to_numpy(dtype=float)
    for rows in rows_by_face(predictions):
        values[rows] = _moving_mean(values[rows], times[rows], seconds)
    smoothed[columns] = values
    counted = counts_in_time(predictions).to_numpy()
    classes = np.array(classes_of(predictions), dtype=object)
    winners = classes[np.nan_to_num(values[counted], nan=-1).argmax(axis=1)]
    smoothed.loc[counted, "expression"] = winners
    return smoothed


def check_seconds(seconds):
    """Refuse what is not the width of a window."""
    if not (isinstance(seconds, Real) and 0 < seconds < np.inf):
        raise ValueError(
            f"seconds={seconds!r} is not the width of a window; give a number above 0."
        )


def counts_in_time(predictions):
    """Tell the rows that show a face at a time: neither images nor frames without a face."""
    return (predictions["success"] == 1) & predictions["timestamp"].notna()


def rows_by_face(predictions):
    """Return the positions of the rows of each face of each video, in the order of time."""
    counted = np.flatnonzero(counts_in_time(predictions))
    faces = predictions[["input", "face", "timestamp"]].iloc[counted].reset_index(drop=True)
    groups = faces.sort_values("timestamp", kind="stable").groupby(["input", "face"], sort=False)
    return [counted[labels] for labels in groups.groups.values()]


def _moving_mean(values, times, seconds):
    """Return the means of `values` (n, n_classes) in windows round the sorted `times` (n,)."""
    reach = seconds / 2 + _MICROSECOND
    first = np.searchsorted(times, times - reach, "left")
    end = np.searchsorted(times, times + reach, "right")
    sums = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    means = (sums[end] - sums[first]) / (end - first)[:, None]
    return means.clip(0, 1)  # differences of sums may be below 0 by rounding
