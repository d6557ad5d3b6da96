"""YuNetFaceDetector: faces by a network that the user supplies."""

import threading
from numbers import Integral, Real
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval

from skfer._typing import Picture
from skfer.alignment._cascades import resize_longer_side, stretch_contrast
from skfer.alignment._detection import Detections
from skfer.base import TooltipMixin
from skfer.utils._images import as_grey
from skfer.utils._opencv import cv2

# A network can be neither shared between threads nor pickled; `vars` of this is one thread's own.
_networks = threading.local()


class YuNetFaceDetector(TooltipMixin, BaseEstimator):
    """Detect faces by YuNet [1]_, which also knows faces that turn away.

    skfer ships no weights: take ``face_detection_yunet_*.onnx`` from the authors or from OpenCV's
    model zoo, and mind its licence.

    Parameters
    ----------
    model_file : str or Path
        The ONNX file.
    score_threshold : float, default=0.6
        Least score of a face, from 0 to 1.
    max_side : int, default=640
        Longer side in pixels of the copy that is searched; smaller pictures are searched as they
        are.

    References
    ----------
    .. [1] W. Wu, H. Peng and S. Yu, "YuNet: a tiny millisecond-level face detector", Machine
       Intelligence Research, 20, 656-665, 2023.

    Examples
    --------
    >>> from skfer.alignment import EyeLocator, YuNetFaceDetector
    >>> locator = EyeLocator(detector=YuNetFaceDetector("face_detection_yunet.onnx"))
    """

    _parameter_constraints: dict = {
        "model_file": [str, Path],
        "score_threshold": [Interval(Real, 0, 1, closed="both")],
        "max_side": [Interval(Integral, 32, None, closed="left")],
    }

    def __init__(
        self, model_file: str | Path, *, score_threshold: float = 0.6, max_side: int = 640
    ):
        self.model_file = model_file
        self.score_threshold = score_threshold
        self.max_side = max_side

    def detect(self, image: Picture) -> Detections:
        """Detect faces.

        Parameters
        ----------
        image : ndarray of shape (height, width) or (height, width, 3), or path
            Grey or RGB pixels; grey is what the network sees, its range stretched to 0..255.

        Returns
        -------
        detections : Detections
            Boxes in pixels of the picture, scores from 0 to 1, and five landmarks: the eye on the
            left of the picture, the other, the nose tip and the mouth corners.

        Raises
        ------
        ValueError
            If the file is missing, or OpenCV cannot read it as a YuNet network.
        """
        self._validate_params()
        grey = stretch_contrast(as_grey(image))
        side = min(max(grey.shape), self.max_side)
        picture, scale = resize_longer_side(grey, side)
        network = _load_network(str(self.model_file))
        network.setInputSize(picture.shape[::-1])
        network.setScoreThreshold(self.score_threshold)
        try:
            _, rows = network.detect(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR))
        except cv2.error as error:
            raise ValueError(
                f"'{self.model_file}' is not a YuNet network for pictures of {picture.shape}: "
                f"{error}"
            ) from error
        rows = np.empty((0, 15)) if rows is None else rows.astype(float)
        # Boxes are measured from the edge of the first pixel, points from its centre.
        points = (rows[:, 4:14].reshape(-1, 5, 2) + 0.5) / scale - 0.5
        return Detections(rows[:, :4] / scale, rows[:, 14], points)


def _load_network(file):
    networks = vars(_networks)
    if file not in networks:
        if not Path(file).is_file():
            raise ValueError(f"There is no YuNet network at '{file}'.")
        try:
            networks[file] = cv2.FaceDetectorYN.create(file, "", (320, 320))
        except cv2.error as error:
            raise ValueError(f"OpenCV cannot read '{file}' as a YuNet network.") from error
    return networks[file]
