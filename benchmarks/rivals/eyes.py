"""Eye centres of the largest face of each picture, with other packages.

Each maker returns a function that gives eyes (n_pictures, 2, 2), the one on the left of the picture
first, and NaN where it finds none.
"""

from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np

__all__ = ["with_cascades", "with_dlib", "with_mediapipe", "with_mtcnn"]

_NOT_FOUND = np.full((2, 2), np.nan)


def with_cascades(pictures):
    """Return a function that searches by the Haar cascades of OpenCV, face first."""
    faces = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    eyes = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_eye.xml")

    def search(picture):
        boxes = faces.detectMultiScale(picture, 1.1, 5)
        if not len(boxes):
            return _NOT_FOUND
        x, y, width, height = max(boxes, key=lambda box: box[2] * box[3])
        found = eyes.detectMultiScale(picture[y : y + height * 3 // 5, x : x + width], 1.1, 5)
        if len(found) < 2:
            return _NOT_FOUND
        centres = np.array([x, y]) + found[:, :2] + (found[:, 2:] - 1) / 2
        largest = centres[np.argsort(-found[:, 2])[:2]]
        return largest[np.argsort(largest[:, 0])]

    return lambda: np.array([search(picture) for picture in pictures])


def with_mtcnn(pictures):
    """Return a function that searches by the MTCNN that the package fer uses."""
    from facenet_pytorch import MTCNN

    detector = MTCNN(keep_all=False)

    def search(picture):
        _, _, landmarks = detector.detect(np.dstack([picture] * 3), landmarks=True)
        if landmarks is None:
            return _NOT_FOUND
        eyes = landmarks[0][:2].astype(float)
        return eyes[np.argsort(eyes[:, 0])]

    return lambda: np.array([search(picture) for picture in pictures])


def with_mediapipe(pictures):
    """Refuse, since the wheel of mediapipe holds no landmark model."""
    refuse_without_model("mediapipe", "face_landmarker.task")


def with_dlib(pictures):
    """Refuse, since the wheel of dlib holds no landmark model."""
    refuse_without_model("dlib", "shape_predictor_5_face_landmarks.dat")


def refuse_without_model(package, name):
    """Say that a model is not in the wheel, or that it is and a rival can be written."""
    folder = Path(find_spec(package).submodule_search_locations[0])
    if any(folder.rglob(name)):
        raise NotImplementedError(f"{package} ships {name} now: measure it")
    raise FileNotFoundError(f"{name} is not in the wheel of {package}, it is a download")
