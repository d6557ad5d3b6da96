"""From a picture to eye centres: face, landmarks, and eye cascades where those look wrong."""

from typing import NamedTuple

import numpy as np

from skfer.alignment._cascades import stretch_contrast
from skfer.alignment._detection import rank_faces, suppress_overlaps
from skfer.alignment._eye_cascades import TYPICAL_EYES, find_eyes_in_box, mean_eyes_in_box
from skfer.alignment._haar_detector import HaarFaceDetector
from skfer.alignment._several_starts import find_landmarks

MIN_CONFIDENCE = 0.3
# Of a second face, where there is to be one only. In one portrait in five the cascades see one in a
# collar or the hair; its confidence is below this, that of a small bystander above.
MIN_CONFIDENCE_OF_ANOTHER = 0.4


class EyeSearch(NamedTuple):
    """What was found in one picture.

    Attributes
    ----------
    eyes : ndarray of shape (2, 2)
        Eye centres (x, y), left eye first; their mean places where
        they were not found.
    confidence : float
        From 0 to 1; 0 where the eyes were not found.
    landmarks : ndarray of shape (n_points, 2)
        Points (x, y); NaN where they were not found.
    problem : str
        Why the eyes were not found; empty where they were.
    """

    eyes: np.ndarray
    confidence: float
    landmarks: np.ndarray
    problem: str


def search_eyes(grey, detectors, model, choose="score"):
    """Search the eyes of one face in a grey picture (height, width).

    The next detector is asked where no face of those before has eyes to be trusted. Landmarks
    that look wrong, or lie where no eyes can be in the face, are sought again around what the eye
    cascades find. If they look wrong for every face, the eyes are those that the cascades find in
    the first face of the first detector that has any, with a low confidence.
    """
    distrusted = []
    for detector in detectors:
        boxes, are_faces = _ranked_boxes(detector.detect(grey), grey.shape, choose)
        searches = []
        for box in boxes:
            found = _search_in_box(grey, box, model)
            if found.confidence >= MIN_CONFIDENCE and choose != "only":
                return found
            searches.append(found)
        if choose == "only" and searches:
            confidences = np.array([found.confidence for found in searches])
            n_faces = np.sum(are_faces | (confidences >= MIN_CONFIDENCE_OF_ANOTHER))
            if n_faces > 1:
                return _not_found(boxes[0], model, f"{n_faces} faces found")
            if confidences.max() >= MIN_CONFIDENCE:
                return searches[confidences.argmax()]
        distrusted = distrusted or searches
    if not distrusted:
        return _no_face(grey, model)
    return next((found for found in distrusted if not found.problem), distrusted[0])


def search_all_eyes(grey, detectors, model):
    """Search the eyes of every face in a grey picture (height, width), the largest face first.

    The next detector is asked where no face of those before has eyes to be trusted. Returns the
    faces with such eyes; or, where there are none, that of the highest confidence, with a problem.
    """
    distrusted = []
    for detector in detectors:
        boxes, _ = _ranked_boxes(detector.detect(grey), grey.shape, "largest")
        searches = [_search_in_box(grey, box, model) for box in boxes]
        searches.sort(key=lambda found: found.confidence, reverse=True)
        trusted = [found for found in searches if found.confidence >= MIN_CONFIDENCE_OF_ANOTHER]
        if not trusted and searches and searches[0].confidence >= MIN_CONFIDENCE:
            trusted = searches[:1]
        if trusted:
            return _largest_first(trusted)
        distrusted += searches
    if not distrusted:
        return [_no_face(grey, model)]
    surest = max(distrusted, key=lambda found: found.confidence)
    doubt = f"no eyes to be trusted (confidence {surest.confidence:.2f})"
    return [surest._replace(problem=surest.problem or doubt)]


def default_detectors(detector=None, *, every_face=False):
    """Return the detectors to ask in turn: one that is given, or skfer's own.

    The quick one stops at the first faces and does not see small bystanders, so that it is left
    out where every face counts.
    """
    if detector is not None:
        return [detector]
    thorough = HaarFaceDetector(many=True)
    return [thorough] if every_face else [HaarFaceDetector(), thorough]


def _no_face(grey, model):
    """Return what is known without a face: the whole picture is taken for its box."""
    whole = np.array([0, 0, *grey.shape[::-1]], dtype=float)
    return _not_found(whole, model, "no face found")


def _not_found(box, model, problem):
    """Return the mean places of the eyes in a box (4,), and why there is nothing better."""
    nothing = np.full(model.mean_shape_.shape, np.nan)
    return EyeSearch(mean_eyes_in_box(box), 0.0, nothing, problem)


def _largest_first(searches):
    """Sort faces by the size of their boxes; of those that overlap, the surest stays."""
    boxes = np.array([box_around_eyes(found.eyes) for found in searches])
    confidences = np.array([found.confidence for found in searches])
    kept = suppress_overlaps(boxes, confidences)
    return [searches[index] for index in kept[np.argsort(-boxes[kept, 2], kind="stable")]]


def _ranked_boxes(detections, shape, choose):
    """Return the boxes, and whether they surely are of faces: the detector saw eyes in them."""
    boxes, scores, *points = detections
    order = rank_faces(boxes, scores, shape, "score" if choose == "only" else choose)
    if points and points[0] is not None:
        return [box_around_eyes(points[0][index][:2]) for index in order], True
    return [np.asarray(boxes[index], dtype=float) for index in order], False


def _search_in_box(grey, box, model):
    landmarks, confidence = _find_landmarks(grey, box, model)
    if confidence >= MIN_CONFIDENCE:
        return EyeSearch(landmarks[:2], confidence, landmarks, "")
    eyes = find_eyes_in_box(stretch_contrast(grey), box)
    if eyes is None:
        return _not_found(box, model, "no plausible eyes in the face")
    landmarks, confidence = _find_landmarks(grey, box_around_eyes(eyes), model)
    if confidence >= MIN_CONFIDENCE:
        return EyeSearch(landmarks[:2], confidence, landmarks, "")
    return EyeSearch(eyes, confidence, np.full(landmarks.shape, np.nan), "")


def box_around_eyes(eyes):
    """Return the face box (left, top, width, height) that has its mean eyes at these (2, 2)."""
    left, right = np.asarray(eyes, dtype=float)
    side = np.hypot(*(right - left)) / (TYPICAL_EYES[1, 0] - TYPICAL_EYES[0, 0])
    corner = (left + right) / 2 + 0.5 - side * TYPICAL_EYES.mean(axis=0)
    return np.array([*corner, side, side])


def _find_landmarks(grey, box, model):
    """Return landmarks and their confidence, 0 where the eyes cannot be those of the box."""
    landmarks, confidence = find_landmarks(grey, box, model)
    left, right = (landmarks[:2] + 0.5 - box[:2]) / box[2:]
    across = right - left
    centre = (left + right) / 2
    plausible = (
        0.2 <= np.hypot(*across) <= 0.65
        and abs(across[1]) <= across[0]
        and 0.25 <= centre[0] <= 0.75
        and 0.15 <= centre[1] <= 0.65
    )
    return landmarks, confidence if plausible else 0.0
