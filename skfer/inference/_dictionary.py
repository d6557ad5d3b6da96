"""The data dictionary: what each column of a table of predictions means."""

from typing import Any

import pandas as pd

from skfer._version import __version__
from skfer.inference._columns import CHANGE, PROBABILITY, SHARE, classes_of

_FOUND = {"1": "yes", "0": "no: see `problem`"}
_COLUMNS = {
    "input": {"Description": "File, as it was given, or folder as given and path below it."},
    "frame": {"Description": "Number of the frame in the video, from 0; 0 for an image."},
    "timestamp": {
        "Description": "Time from the start of the video at which it shows the frame, as the file "
        "says, also where the frame rate varies; missing for an image.",
        "Units": "s",
    },
    "face": {
        "Description": "Number of the face in the input. In a video, a face keeps its number from "
        "frame to frame as long as its boxes overlap, and for up to a second in which it is not "
        "found, also over a cut: it does not identify a person. Missing where no face was found."
    },
    "success": {"Description": "Whether a face was found and predicted.", "Levels": _FOUND},
    "confidence": {
        "Description": "How sure the eyes are where they were found; it says nothing about the "
        "expression. Low or 0 without a face, missing where there is no picture.",
        "Minimum": 0,
        "Maximum": 1,
    },
    "expression": {"Description": "The class of the highest probability."},
    "problem": {"Description": "Why success is 0; empty where success is 1."},
    "n_frames": {"Description": "Number of frames of the input in the table; 1 for an image."},
    "n_problems": {"Description": "Number of frames of the input with an entry in `problem`."},
    "duration": {
        "Description": "From the first frame of the input in the table to the last; missing for an "
        "image.",
        "Units": "s",
    },
    "n_face_frames": {"Description": "Number of frames in which this face was found."},
    "share_with_face": {
        "Description": "n_face_frames / n_frames.",
        "Minimum": 0,
        "Maximum": 1,
    },
}
_OF_A_SUMMARY = {
    "confidence": "Mean over the frames of the face: how certain the eye positions are.",
    "expression": "The expression of most frames of the face; of several, that with the higher "
    "mean probability.",
}
_PLACES = {
    "box_x": "Left edge of the face",
    "box_y": "Upper edge of the face",
    "box_width": "Width of the face",
    "box_height": "Height of the face",
    "left_eye_x": "Centre of the eye on the left of the picture, from the left edge",
    "left_eye_y": "Centre of the eye on the left of the picture, from the upper edge",
    "right_eye_x": "Centre of the eye on the right of the picture, from the left edge",
    "right_eye_y": "Centre of the eye on the right of the picture, from the upper edge",
}


def describe_predictions(
    predictions: pd.DataFrame,
    *,
    card: dict[str, Any] | None = None,
    smoothing: float | None = None,
    baseline: int | None = None,
    **run: Any,
) -> dict[str, Any]:
    """Describe the columns of predictions, or of their summary, as a BIDS sidecar does.

    Parameters
    ----------
    predictions : DataFrame
        Predictions or what :func:`summarize_predictions` made of them; rows are not needed.
    card : dict, default=None
        What is known of the model, as from :func:`skfer.persistence.read_card`.
    smoothing : float, default=None
        Seconds over which :func:`smooth_predictions` has averaged.
    baseline : int, default=None
        Number of frames that :func:`subtract_baseline` took.
    **run
        What else reproduces the table, such as the command; anything that JSON can hold.

    Returns
    -------
    dictionary : dict
        One entry for each column, with ``Description`` and, where they apply, ``Units``,
        ``Levels``, ``Minimum`` and ``Maximum``; and ``GeneratedBy``, a list of one entry with the
        version of skfer, the model's card and `run`.

    Raises
    ------
    ValueError
        If there is a column of the user's own.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.inference import describe_predictions
    >>> table = pd.DataFrame(columns=["input", "proba_happy"])
    >>> describe_predictions(table)["proba_happy"]
    {'Description': "Probability of 'happy'.", 'Minimum': 0, 'Maximum': 1}
    """
    classes = classes_of(predictions)
    is_summary = "n_face_frames" in predictions.columns
    described = {}
    for column in predictions.columns:
        described[column] = _describe(column, classes, is_summary, baseline)
        if column.startswith(PROBABILITY) and smoothing is not None:
            described[column]["Description"] += f" Averaged over {smoothing:g} seconds of the face."
    made_by = {"Name": "skfer", "Version": __version__, **run, "Model": card or {}}
    return described | {"GeneratedBy": [made_by]}


def _describe(column, classes, is_summary, baseline):
    if column in _PLACES:
        return {"Description": f"{_PLACES[column]}; missing without a face.", "Units": "pixel"}
    if column in _COLUMNS:
        entry = dict(_COLUMNS[column])
        if is_summary and column in _OF_A_SUMMARY:
            entry["Description"] = _OF_A_SUMMARY[column]
        if column == "expression":
            entry["Levels"] = {name: f"the class '{name}' of the model" for name in classes}
        return entry
    prefix = next((p for p in (PROBABILITY, CHANGE, SHARE) if column.startswith(p)), None)
    if prefix is None:
        raise ValueError(f"'{column}' is no column of skfer's; drop it to describe the others.")
    name = column.removeprefix(prefix)
    if prefix == CHANGE:
        text = (
            f"Probability of '{name}' minus its mean over the first {baseline} frames of the "
            "face; missing for an image and a face with fewer frames."
        )
        return {"Description": text, "Minimum": -1, "Maximum": 1}
    text = f"Probability of '{name}'"
    if prefix == SHARE:
        text = f"Share of the frames of the face with the expression '{name}'"
    elif is_summary:
        text = f"Mean probability of '{name}' over the frames of the face"
    return {"Description": f"{text}.", "Minimum": 0, "Maximum": 1}
