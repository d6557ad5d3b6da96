"""What came out of a run, in numbers."""

from dataclasses import dataclass, field


@dataclass
class PredictionCounts:
    """Numbers of inputs, frames and faces.

    Attributes
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
        Images and frames that cannot be read.
    unreadable : dict of str
        The first problem of each input that cannot be read, whole or in part.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.inference import PredictionCounts
    >>> counts = PredictionCounts(n_images=2)
    >>> columns = ["input", "frame", "success", "confidence", "problem"]
    >>> rows = [["a.png", 0, 1, 0.9, ""], ["b.png", 0, 0, 0.0, "no face found"]]
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
    unreadable: dict = field(default_factory=dict)

    def add(self, predictions):
        """Count the rows of whole frames.

        Parameters
        ----------
        predictions : DataFrame
            Rows of :func:`stream_predictions`.
        """
        frames = predictions.groupby(["input", "frame"], sort=False)
        shows_face = frames["success"].max() == 1
        # A picture in which no face was found has a confidence, which may be 0.
        unread = predictions[(predictions["success"] == 0) & predictions["confidence"].isna()]
        self.n_frames += len(shows_face)
        self.n_faces += int((predictions["success"] == 1).sum())
        self.n_unreadable += len(unread)
        self.n_without_face += int((~shows_face).sum()) - len(unread)
        for row in unread.itertuples():
            self.unreadable.setdefault(row.input, row.problem)
