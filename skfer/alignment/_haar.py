"""Faces and eyes found by the Haar cascades that OpenCV brings along."""

import threading
from pathlib import Path

import numpy as np

from skfer.utils._opencv import cv2

__all__ = ["find_face", "locate_eyes", "typical_eyes"]

FACE_CASCADES = ("frontalface_alt2", "frontalface_default", "frontalface_alt")
EYE_CASCADES = (
    ("eye_tree_eyeglasses",),
    ("eye",),
    ("lefteye_2splits", "righteye_2splits"),
)
PICTURE_SIDE = 320  # pixels of the longer side of the copy in which faces are sought
FACE_SIDE = 200  # pixels of the copy of the face in which eyes are sought
ROLLS = (-20, 20)  # degrees
EYE_REGION = 0.6  # upper part of the face in which eyes are sought
BORDERS = (0.0, 0.3)  # of the longer side; a tight crop shows too little round the face without one
# Means over the 102 neutral portraits of the London set, in box widths; sd 0.015 or less.
TYPICAL_EYES = np.array([[0.31, 0.39], [0.69, 0.39]])

_cascades = threading.local()  # a cascade can be neither shared between threads nor pickled


def find_face(grey):
    """Find the most prominent frontal face.

    Parameters
    ----------
    grey : ndarray of shape (height, width), dtype uint8 or float
        Grey picture.

    Returns
    -------
    box : ndarray of shape (3,) or None
        Left edge, upper edge and side of the square box in pixels, which may reach beyond the
        picture; None if there is no face.
    """
    grey = _stretch_contrast(grey)
    box = next(_find_faces(grey), None)
    # The cascades know upright faces; one that leans is found in the picture turned back.
    rolls = iter(ROLLS)
    while box is None and (roll := next(rolls, None)) is not None:
        box = _find_rolled_face(grey, roll)
    return box


def locate_eyes(grey):
    """Locate the eyes of the most prominent frontal face.

    Faces come from three frontal cascades in turn, eyes from OpenCV's eye cascades in the upper
    part of the face. The first face with a plausible pair is taken.

    Parameters
    ----------
    grey : ndarray of shape (height, width), dtype uint8 or float
        Grey picture of a face: a photograph or a crop. Its range is stretched to 0..255.

    Returns
    -------
    eyes : ndarray of shape (2, 2) or None
        Eye centres as (x, y) in pixels, the one on the left of the picture first; None if no
        plausible pair was found.

    References
    ----------
    .. [1] P. Viola and M. Jones, "Rapid object detection using a boosted cascade of simple
       features", CVPR 2001.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment._haar import locate_eyes
    >>> print(locate_eyes(np.zeros((48, 48), np.uint8)))
    None
    """
    grey = _stretch_contrast(grey)
    for box in _find_faces(grey):
        eyes = _locate_eyes_in_box(grey, box)
        if eyes is not None:
            return eyes
    return None


def typical_eyes(grey):
    """Guess the eyes from the face box, or from the whole picture if no face is found.

    Parameters
    ----------
    grey : ndarray of shape (height, width), dtype uint8 or float
        Grey picture.

    Returns
    -------
    eyes : ndarray of shape (2, 2)
        Eye centres as (x, y) in pixels.
    """
    box = find_face(grey)
    if box is None:
        return TYPICAL_EYES * grey.shape[::-1] - 0.5
    return box[:2] + TYPICAL_EYES * box[2] - 0.5


def _find_faces(grey):
    """Yield the most prominent face of each cascade, without and with a border."""
    longer = max(grey.shape)
    for border in BORDERS:
        margin = round(border * longer)
        padded = cv2.copyMakeBorder(grey, *[margin] * 4, cv2.BORDER_REPLICATE)
        picture, scale = _resize_longer_side(padded, PICTURE_SIDE)
        for name in FACE_CASCADES:
            boxes, counts = _detect(name, picture, 1.1, min_side=PICTURE_SIDE // 8)
            if len(boxes):
                x, y, side, _ = boxes[np.argmax(counts)] / scale
                yield np.array([x - margin, y - margin, side])


def _find_rolled_face(grey, roll):
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), roll, 1)
    turned = cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    box = next(_find_faces(turned), None)
    if box is None:
        return None
    centre = cv2.invertAffineTransform(turn) @ (*(box[:2] + box[2] / 2), 1)
    return np.array([*(centre - box[2] / 2), box[2]])


def _locate_eyes_in_box(grey, box):
    left, top, side = np.round(box).astype(int)
    # A crop may end inside the box: what the border added is added again.
    margin = max(0, -left, -top, left + side - grey.shape[1], top + side - grey.shape[0])
    padded = cv2.copyMakeBorder(grey, *[margin] * 4, cv2.BORDER_REPLICATE)
    face = padded[top + margin : top + margin + side, left + margin : left + margin + side]
    face, scale = _resize_longer_side(face, FACE_SIDE)
    upper = _stretch_contrast(face[: round(EYE_REGION * FACE_SIDE)])
    # The cascades do not answer alike to an eye and its mirror image; the mean of both cancels it.
    pairs = [_find_pair(upper), _mirror_pair(_find_pair(upper[:, ::-1].copy()))]
    pairs = [pair for pair in pairs if pair is not None]
    # A box is measured between edges of pixels, a point from the centre of the first: half less.
    return np.mean(pairs, axis=0) / scale + (left, top) - 0.5 if pairs else None


def _find_pair(upper):
    """Find the eyes in the upper part of a face that is FACE_SIDE pixels wide."""
    centres, counts = np.empty((0, 2)), np.empty(0)
    for names in EYE_CASCADES:
        for name in names:
            boxes, found = _detect(name, upper, 1.05, min_side=FACE_SIDE // 10)
            centres = np.vstack([centres, boxes[:, :2] + boxes[:, 2:] / 2])
            counts = np.concatenate([counts, found])
        pair = _best_pair(centres / FACE_SIDE, counts)
        if pair is not None:
            return centres[pair]
    return None


def _mirror_pair(pair):
    return None if pair is None else (FACE_SIDE, 0) - pair[::-1] * (1, -1)


def _best_pair(centres, counts):
    """Choose the pair of eyes, in box widths, that is plausible and detected most often."""
    best, best_count = None, 0
    for i in np.flatnonzero(centres[:, 0] < 0.5):
        for j in np.flatnonzero(centres[:, 0] >= 0.5):
            dx, dy = centres[j] - centres[i]
            distance = np.hypot(dx, dy)
            plausible = 0.25 <= distance <= 0.65 and abs(dy) <= 0.4 * dx
            count = min(counts[i], counts[j])
            if plausible and count > best_count:
                best, best_count = [i, j], count
    return best


def _detect(name, picture, scale_factor, min_side):
    """Return boxes (n, 4) and how many raw detections agree on each (n,), in a fixed order."""
    boxes, counts = _cascade(name).detectMultiScale2(
        picture, scaleFactor=scale_factor, minNeighbors=3, minSize=(min_side, min_side)
    )
    if len(boxes) == 0:
        return np.empty((0, 4)), np.empty(0)
    # OpenCV's threads hand them over in any order.
    order = np.lexsort(np.column_stack([boxes, counts]).T)
    return np.asarray(boxes, dtype=float)[order], np.asarray(counts)[order]


def _cascade(name):
    cascade = getattr(_cascades, name, None)
    if cascade is None:
        file = Path(cv2.data.haarcascades) / f"haarcascade_{name}.xml"
        cascade = cv2.CascadeClassifier(str(file))
        setattr(_cascades, name, cascade)
    return cascade


def _stretch_contrast(grey):
    return cv2.normalize(grey, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)


def _resize_longer_side(picture, side):
    scale = side / max(picture.shape)
    height, width = (max(1, round(scale * length)) for length in picture.shape)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(picture, (width, height), interpolation=interpolation), scale
