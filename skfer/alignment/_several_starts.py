"""Landmarks of a face from several starts, which also tell how sure they are."""

import numpy as np

# Mean confidence from which the first two starts are enough; and the second box, which helps where
# the first is too large.
SURE = 0.5
SMALLER = 0.88
# How fast the confidence falls as the eyes of a face and of its mirror image fall apart.
_STRICTNESS = 4.0


def find_landmarks(grey, box, model):
    """Return the landmarks (n_points, 2) of the face in a box (4,), and their confidence.

    The face and its mirror image are searched, and once more from a smaller box where they do not
    agree. The landmarks are means, weighted by confidence, which falls as the two images disagree.
    A model whose points have no mirror images starts once.
    """
    window, corner = _cut_out(grey, box)
    box = box - [*corner, 0, 0]
    order = mirror_order(model.mean_shape_)
    if order is None:
        landmarks, confidence = model.predict([window], box[None], return_confidence=True)
        return landmarks[0] + corner, float(confidence[0])
    landmarks, confidences = _search_both_ways(window, box, model, order)
    if _agreed(landmarks, confidences) < SURE:
        again = _search_both_ways(window, _shrink(box, SMALLER), model, order)
        landmarks = np.concatenate([landmarks, again[0]])
        confidences = np.concatenate([confidences, again[1]])
    weights = np.maximum(confidences, 0.01) ** 2
    mean = np.average(landmarks, axis=0, weights=weights)
    return mean + corner, _agreed(landmarks, confidences)


def mirror_order(shape):
    """Return which point of a shape (n_points, 2) is which in its mirror image, or None."""
    mirrored = shape * (-1, 1)
    distances = np.linalg.norm(shape[:, None] - mirrored, axis=2)
    order = distances.argmin(axis=1)
    is_one = np.array_equal(order[order], np.arange(len(order))) and len(order) > 1
    return order if is_one and distances.min(axis=1).max() < 0.2 else None


def _search_both_ways(window, box, model, order):
    """Return the landmarks (2, n_points, 2) of the face and its mirror image turned back."""
    width = window.shape[1]
    mirrored = np.array([width - box[0] - box[2], *box[1:]])
    landmarks, confidences = model.predict(
        [window, np.ascontiguousarray(window[:, ::-1])],
        np.stack([box, mirrored]),
        return_confidence=True,
    )
    landmarks[1] = landmarks[1][order] * (-1, 1) + (width - 1, 0)
    return landmarks, confidences


def _agreed(landmarks, confidences):
    """Return the mean confidence, less where the eyes from pairs of mirror images fall apart."""
    eyes = landmarks[:, :2]
    distance = np.linalg.norm(eyes.mean(axis=0)[1] - eyes.mean(axis=0)[0])
    apart = np.linalg.norm(eyes[::2] - eyes[1::2], axis=2).max(axis=1).mean()
    return float(confidences.mean() * np.exp(-_STRICTNESS * apart / max(distance, 1e-9)))


def _cut_out(grey, box):
    """Return what surrounds a box by its own size, and the corner of this in the picture."""
    height, width = grey.shape
    size = box[2:]
    low = np.floor(np.clip(box[:2] - size, 0, (width - 1, height - 1))).astype(int)
    high = np.ceil(np.clip(box[:2] + 2 * size, low + 1, (width, height))).astype(int)
    return grey[low[1] : high[1], low[0] : high[0]], low


def _shrink(box, factor):
    return np.array([*(box[:2] + (1 - factor) / 2 * box[2:]), *(factor * box[2:])])
