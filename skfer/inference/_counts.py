"""What came out of a run, in numbers."""

from dataclasses import dataclass, field

import pandas as pd

from skfer.alignment._eye_search import MIN_CONFIDENCE
from skfer.utils._video import is_video


@dataclass
class PredictionCounts:
    """Numbers of inputs, frames and faces.

    Parameters
    ----------
    n_images, n_videos : int
        Inputs, whether they can be read or not.
    n_frames : int
        Images and frames of videos that were looked at.
    n_faces : int
        Faces in them.
    n_without_face : int
        Images and frames without a face.
    n_unreadable : int
        Images and frames that cannot be read, and videos of which the whole or the end cannot.
    n_refused : int
        Images and frames whose faces the model does not take, such as crops of another size.
    unreadable : dict of str
        The first problem of each input that cannot be read, whole or in part.
    refused : dict of str
        The first reason of the model for each input with such a face.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.inference import PredictionCounts
    >>> counts = PredictionCounts(n_images=2)
    >>> columns = ["input", "frame", "timestamp", "success", "confidence", "problem"]
    >>> rows = [["a.png", 0, None, 1, 0.9, ""], ["b.png", 0, None, 0, 0.0, "no face found"]]
    >>> counts.add(pd.DataFrame(rows, columns=columns))
    >>> counts.n_faces, counts.n_without_face, counts.n_unreadable
    (1, 1, 0)
    """

    n_images: int = 0
    n_videos: int = 0
    n_frames: int = 0
    n_faces: int = 0
    n_without_face: int = 0
    n_unreadable: int = 0
    n_refused: int = 0
    unreadable: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)

    def add(self, predictions: pd.DataFrame) -> None:
        """Count the rows of whole frames.

        Parameters
        ----------
        predictions : DataFrame
            Rows of :func:`stream_predictions`.
        """
        frame = ["input", "frame"]
        shows_face = predictions.groupby(frame, sort=False)["success"].transform("max") == 1
        failed = predictions[~shows_face]
        # A picture in which no face was found has a confidence, which may be 0.
        unread = failed[failed["confidence"].isna()]
        refused = failed[failed["confidence"] >= MIN_CONFIDENCE].drop_duplicates(frame)
        n_failed = len(failed.drop_duplicates(frame))
        # What is missing of a video has a row, but no time: nobody knows how many frames it is.
        missing = predictions["input"].map(is_video) & predictions["timestamp"].isna()
        self.n_frames += len(predictions[~missing].drop_duplicates(frame))
        self.n_faces += int((predictions["success"] == 1).sum())
        self.n_unreadable += len(unread)
        self.n_refused += len(refused)
        self.n_without_face += n_failed - len(unread) - len(refused)
        for problems, rows in ((self.unreadable, unread), (self.refused, refused)):
            for row in rows.itertuples():
                problems.setdefault(row.input, row.problem)
