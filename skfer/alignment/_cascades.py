"""The Haar cascades that OpenCV brings along."""

import threading
from pathlib import Path

import numpy as np

from skfer.utils._images import scale_image
from skfer.utils._opencv import cv2

# A cascade can be neither shared between threads nor pickled; `vars` of this is one thread's own.
_cascades = threading.local()


def detect_by_cascade(name, picture, scale_factor, min_side):
    """Return boxes (n_boxes, 4), in a fixed order, and how many raw detections agree on each."""
    boxes, counts = _cascade(name).detectMultiScale2(
        picture, scaleFactor=scale_factor, minNeighbors=3, minSize=(min_side, min_side)
    )
    if len(boxes) == 0:
        return np.empty((0, 4)), np.empty(0)
    # OpenCV's threads hand them over in any order.
    order = np.lexsort(np.column_stack([boxes, counts]).T)
    return np.asarray(boxes, dtype=float)[order], np.asarray(counts, dtype=float)[order]


def stretch_contrast(grey):
    """Stretch the range of a picture to 0..255, as uint8."""
    return cv2.normalize(grey, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)


def resize_longer_side(picture, side):
    """Resize a picture to a length of its longer side; return it and the scale."""
    scale = side / max(picture.shape)
    return scale_image(picture, scale), scale


def _cascade(name):
    cascades = vars(_cascades)
    if name not in cascades:
        file = Path(cv2.data.haarcascades) / f"haarcascade_{name}.xml"
        cascades[name] = cv2.CascadeClassifier(str(file))
    return cascades[name]
