"""Predictions of many frames in one row per face."""

import pandas as pd

from skfer.inference._columns import SHARE, classes_of, probability_columns


def summarize_predictions(predictions: pd.DataFrame) -> pd.DataFrame:
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
    faces = _summarize_faces(predictions[predictions["success"] == 1])
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


def _summarize_faces(found):
    by_face = found.groupby(["input", "face"], sort=True)
    columns, classes = probability_columns(found), classes_of(found)
    labels = found["expression"].astype(str)
    hits = pd.DataFrame({name: labels == name for name in classes or sorted(set(labels))})
    counts = hits.groupby([found["input"], found["face"]], sort=True).sum()
    means = by_face[["confidence", *columns]].mean()
    ranks = counts.astype(float)
    if columns:
        ranks += means[columns].to_numpy() / 2  # they decide between equal counts
    shares = counts.div(by_face.size(), axis=0)
    summary = by_face.size().rename("n_face_frames").to_frame().join(means[["confidence"]])
    summary["expression"] = ranks.idxmax(axis=1) if len(ranks) else pd.Series(dtype=object)
    return summary.join(means[columns]).join(shares[classes].add_prefix(SHARE)).reset_index()
