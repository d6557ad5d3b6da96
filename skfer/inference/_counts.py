"""What came out of a run, in numbers."""

from dataclasses import dataclass, field

UNREADABLE = "Cannot read"


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
    unreadable : dict
        What cannot be read, whole or in part: the problem by input.
    """

    n_images: int = 0
    n_videos: int = 0
    n_frames: int = 0
    n_faces: int = 0
    n_without_face: int = 0
    unreadable: dict = field(default_factory=dict)

    def add(self, predictions):
        """Count the rows of whole frames."""
        frames = predictions.groupby(["input", "frame"], sort=False)
        firsts = frames[["problem"]].first().fillna("")
        unreadable = firsts["problem"].str.startswith(UNREADABLE)
        self.n_frames += len(firsts)
        self.n_faces += int((predictions["success"] == 1).sum())
        self.n_without_face += int((frames["success"].max().eq(0) & ~unreadable).sum())
        for (name, _), problem in firsts["problem"][unreadable].items():
            self.unreadable.setdefault(name, problem)
