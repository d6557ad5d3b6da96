"""Eyes in a face box, by OpenCV's eye cascades or by guess."""

import numpy as np

from skfer.alignment._cascades import detect_by_cascade, resize_longer_side, stretch_contrast
from skfer.utils._opencv import cv2

EYE_CASCADES = (
    ("eye_tree_eyeglasses",),
    ("eye",),
    ("lefteye_2splits", "righteye_2splits"),
)
FACE_SIDE = 200  # pixels of the copy of the face in which eyes are sought
EYE_REGION = 0.6  # upper part of the face in which eyes are sought
# Means over the 102 neutral portraits of the London set, in box widths; sd 0.015 or less.
TYPICAL_EYES = np.array([[0.31, 0.39], [0.69, 0.39]])


def find_eyes_in_box(grey, box):
    """Return the eye centres (2, 2) that the cascades find in a face box (4,), or None."""
    left, top, side = np.round(box[:3]).astype(int)
    # A crop may end inside the box: what the border added is added again.
    margin = max(0, -left, -top, left + side - grey.shape[1], top + side - grey.shape[0])
    padded = cv2.copyMakeBorder(grey, *[margin] * 4, cv2.BORDER_REPLICATE)
    face = padded[top + margin : top + margin + side, left + margin : left + margin + side]
    face, scale = resize_longer_side(face, FACE_SIDE)
    upper = stretch_contrast(face[: round(EYE_REGION * FACE_SIDE)])
    # The cascades do not answer alike to an eye and its mirror image; the mean of both cancels it.
    pairs = [_find_pair(upper), _mirror_pair(_find_pair(upper[:, ::-1].copy()))]
    pairs = [pair for pair in pairs if pair is not None]
    # A box is measured between edges of pixels, a point from the centre of the first: half less.
    return np.mean(pairs, axis=0) / scale + (left, top) - 0.5 if pairs else None


def mean_eyes_in_box(box):
    """Return the mean places (2, 2) of the eyes in a face box (left, top, width, height)."""
    return box[:2] + TYPICAL_EYES * box[2:] - 0.5


def _find_pair(upper):
    """Find the eyes in the upper part of a face that is FACE_SIDE pixels wide."""
    centres, counts = np.empty((0, 2)), np.empty(0)
    for names in EYE_CASCADES:
        for name in names:
            boxes, found = detect_by_cascade(name, upper, 1.05, min_side=FACE_SIDE // 10)
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
