"""What a face detector returns, and which of several faces counts."""

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from skfer._typing import Picture
from skfer.utils._opencv import cv2

MAX_OVERLAP = 0.3  # intersection over union


class Detections(NamedTuple):
    """Faces in one picture.

    Parameters
    ----------
    boxes : ndarray of shape (n_faces, 4)
        Left edge, upper edge, width and height in pixels; a box may reach beyond the picture.
    scores : ndarray of shape (n_faces,)
        The higher, the surer; on a scale of the detector's own.
    landmarks : ndarray of shape (n_faces, n_points, 2) or None
        Points (x, y) in pixels, the two eyes first, that on the left of the picture before the
        other; None from a detector that finds boxes only.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import Detections
    >>> found = Detections(boxes=np.array([[10, 8, 40, 40]]), scores=np.array([0.9]))
    >>> found.boxes.shape, found.landmarks is None
    ((1, 4), True)
    """

    boxes: np.ndarray
    scores: np.ndarray
    landmarks: np.ndarray | None = None


@runtime_checkable
class FaceDetector(Protocol):
    """What :class:`EyeLocator` needs of a detector.

    It is pickled if `n_jobs` asks for processes.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import Detections, FaceDetector
    >>> class WholePicture:
    ...     def detect(self, image):
    ...         height, width = image.shape[:2]
    ...         return Detections(np.array([[0, 0, width, height]]), np.ones(1))
    >>> isinstance(WholePicture(), FaceDetector)
    True
    """

    def detect(self, image: Picture) -> Detections:
        """Detect faces.

        Parameters
        ----------
        image : ndarray of shape (height, width) or (height, width, 3), or path
            Grey or RGB pixels.

        Returns
        -------
        detections : Detections
            Or any tuple (boxes, scores) or (boxes, scores, landmarks).
        """


def rank_faces(boxes, scores, shape, choose="score"):
    """Return the positions of the boxes (n_faces, 4), the face that counts first."""
    boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
    merits = {
        "score": lambda: np.asarray(scores) * boxes[:, 2],
        "largest": lambda: boxes[:, 2] * boxes[:, 3],
        "central": lambda: (
            -np.hypot(*(boxes[:, :2] + boxes[:, 2:] / 2 - np.array(shape[::-1]) / 2).T)
        ),
    }
    return np.argsort(-merits[choose](), kind="stable")


def suppress_overlaps(boxes, scores):
    """Return the positions of the boxes (n_faces, 4) to keep: the best of those that overlap."""
    if len(boxes) < 2:
        return np.arange(len(boxes))
    return np.sort(cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), 0.0, MAX_OVERLAP))
