"""Eye centres of the largest face of each picture, with other packages.

Each maker returns a function that gives eyes (n_pictures, 2, 2), the one on the left of the picture
first, and NaN where it finds none.
"""

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
        eyes = landmarks[0][:2]
        return eyes[np.argsort(eyes[:, 0])]

    return lambda: np.array([search(picture) for picture in pictures])


def with_mediapipe(pictures):
    """Return a function that searches by the face mesh of mediapipe."""
    from mediapipe.python.solutions import face_mesh

    mesh = face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True)
    irises = [[468, 469, 470, 471, 472], [473, 474, 475, 476, 477]]

    def search(picture):
        found = mesh.process(np.dstack([picture] * 3)).multi_face_landmarks
        if not found:
            return _NOT_FOUND
        points = np.array([(point.x, point.y) for point in found[0].landmark])
        eyes = points[irises].mean(axis=1) * picture.shape[::-1]
        return eyes[np.argsort(eyes[:, 0])]

    return lambda: np.array([search(picture) for picture in pictures])


def with_dlib(pictures):
    """Return a function that searches by the landmarks of dlib."""
    import dlib

    file = "shape_predictor_5_face_landmarks.dat"
    detector, predictor = dlib.get_frontal_face_detector(), dlib.shape_predictor(file)

    def search(picture):
        boxes = detector(picture)
        if not boxes:
            return _NOT_FOUND
        points = predictor(picture, max(boxes, key=lambda box: box.area())).parts()
        corners = np.array([(point.x, point.y) for point in points[:4]]).reshape(2, 2, 2)
        eyes = corners.mean(axis=1)
        return eyes[np.argsort(eyes[:, 0])]

    return lambda: np.array([search(picture) for picture in pictures])
