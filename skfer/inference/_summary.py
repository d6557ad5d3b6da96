"""Predictions of many frames in one row per face."""

import pandas as pd

from skfer.inference._columns import PROBABILITY, SHARE, columns_of


def summarize_predictions(predictions):
    """Summarize predictions: one row per face of each input.

    Parameters
    ----------
    predictions : DataFrame
        One row per face and frame, as from :func:`predict_images` or :func:`predict_video`,
        smoothed or not.

    Returns
    -------
    summary : DataFrame
        In the order of the inputs and, within one, of the faces. An input in which no face was
        found has one row, with ``face`` missing.

        - ``input``, ``face``
        - ``n_frames``: frames of the input (1 for an image).
        - ``n_problems``: those of them with an entry in ``problem``.
        - ``duration``: seconds from the first frame of the input to the last, missing for images.
        - ``n_face_frames``: frames in which this face was found.
        - ``share_with_face``: ``n_face_frames`` / ``n_frames``, from 0 to 1.
        - ``confidence``: its mean over these frames, and so are the ``proba_<class>``.
        - ``expression``: that of most of these frames; of several, the one with the higher mean
          probability.
        - ``share_<class>``: share of these frames that have this expression, from 0 to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.inference import summarize_predictions
    >>> predictions = pd.DataFrame(
    ...     {
    ...         "input": "clip.mp4",
    ...         "frame": [0, 1, 2],
    ...         "timestamp": [0.0, 0.1, 0.2],
    ...         "face": pd.array([0, 0, None], "Int64"),
    ...         "success": [1, 1, 0],
    ...         "confidence": [0.9, 0.7, None],
    ...         "expression": ["happy", "sad", None],
    ...         "proba_happy": [0.9, 0.3, None],
    ...         "proba_sad": [0.1, 0.7, None],
    ...         "problem": ["", "", "no face found"],
    ...     }
    ... )
    >>> summarize_predictions(predictions).T
                            0
    input            clip.mp4
    face                    0
    n_frames                3
    n_problems              1
    duration              0.2
    n_face_frames           2
    share_with_face  0.666667
    confidence            0.8
    expression          happy
    proba_happy           0.6
    proba_sad             0.4
    share_happy           0.5
    share_sad             0.5
    """
    columns = columns_of(predictions)
    faces = _summarize_faces(predictions[predictions["success"] == 1], columns)
    summary = _summarize_inputs(predictions).merge(faces, on="input", how="left", sort=False)
    summary["n_face_frames"] = summary["n_face_frames"].fillna(0).astype(int)
    summary.insert(1, "face", summary.pop("face"))
    share = summary["n_face_frames"] / summary["n_frames"]
    summary.insert(summary.columns.get_loc("n_face_frames") + 1, "share_with_face", share)
    return summary


def _summarize_inputs(predictions):
    flawed = predictions["problem"].fillna("") != ""
    by_frame = flawed.groupby([predictions["input"], predictions["frame"]], sort=False).any()
    by_input = by_frame.groupby(level=0, sort=False)
    times = predictions.groupby("input", sort=False)["timestamp"]
    summary = pd.DataFrame({"n_frames": by_input.size(), "n_problems": by_input.sum()})
    return summary.assign(duration=times.max() - times.min()).reset_index()


def _summarize_faces(found, columns):
    by_face = found.groupby(["input", "face"], sort=True)
    means = by_face[columns].mean()
    shares = pd.DataFrame(
        {
            SHARE + column.removeprefix(PROBABILITY): (
                (found["expression"].astype(str) == column.removeprefix(PROBABILITY))
                .groupby([found["input"], found["face"]], sort=True)
                .mean()
            )
            for column in columns
        }
    )
    counts = shares.mul(by_face.size(), axis=0).round()
    ranks = counts.to_numpy() + means.to_numpy() / 2  # probabilities decide between equal counts
    return pd.concat(
        [
            by_face.size().rename("n_face_frames"),
            by_face["confidence"].mean(),
            pd.Series(
                [columns[rank].removeprefix(PROBABILITY) for rank in ranks.argmax(axis=1)],
                means.index,
                dtype=object,
                name="expression",
            ),
            means,
            shares,
        ],
        axis=1,
    ).reset_index()
