"""Which face of a frame is which face of the frames before: by overlap of the boxes."""

import numpy as np
from scipy.optimize import linear_sum_assignment

MIN_OVERLAP = 0.3  # intersection over union
MAX_SECONDS_LOST = 1.0


class FaceTracker:
    """Give the faces of a video ids that persist while their boxes overlap.

    Ids count from 0 in the order in which faces appear. A face that is lost keeps its last box for
    `MAX_SECONDS_LOST`, and comes back with its id if it overlaps that box.
    """

    def __init__(self):
        self._ids = np.empty(0, dtype=int)
        self._boxes = np.empty((0, 4))
        self._times = np.empty(0)
        self._n_ids = 0

    def update(self, time, boxes):
        """Return the ids (n_faces,) of the boxes (n_faces, 4) of a frame shown at `time`."""
        boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
        self._keep(time - self._times <= MAX_SECONDS_LOST)
        ids = np.full(len(boxes), -1)
        now, before = match_boxes(boxes, self._boxes)
        ids[now] = self._ids[before]
        n_new = np.sum(ids < 0)
        ids[ids < 0] = self._n_ids + np.arange(n_new)
        self.see(time, ids, boxes)
        return ids

    def see(self, time, ids, boxes):
        """Note faces whose ids are known already, as those of a table that is continued."""
        self._keep(~np.isin(self._ids, ids))
        self._ids = np.append(self._ids, ids)
        self._boxes = np.concatenate([self._boxes, boxes])
        self._times = np.append(self._times, np.full(len(ids), time))
        self._n_ids = max(self._n_ids, *(ids + 1)) if len(ids) else self._n_ids

    def _keep(self, which):
        self._ids, self._boxes, self._times = (
            values[which] for values in (self._ids, self._boxes, self._times)
        )


def match_boxes(boxes, others):
    """Pair boxes (n, 4) with others (m, 4) so that the sum of the overlaps is largest.

    Returns the positions of the pairs in both, those below `MIN_OVERLAP` left out.

    >>> from skfer.inference._tracking import match_boxes
    >>> now, before = match_boxes([[10, 0, 9, 9], [50, 0, 9, 9]], [[80, 0, 9, 9], [11, 0, 9, 9]])
    >>> now.tolist(), before.tolist()
    ([0], [1])
    """
    overlaps = overlap_of_boxes(boxes, others)
    # What cannot be a pair must not draw the others into worse ones.
    overlaps[overlaps < MIN_OVERLAP] = 0
    rows, columns = linear_sum_assignment(overlaps, maximize=True)
    paired = overlaps[rows, columns] > 0
    return rows[paired], columns[paired]


def overlap_of_boxes(boxes, others):
    """Return the intersection over union (n, m) of boxes (left, top, width, height)."""
    boxes, others = (np.asarray(each, dtype=float).reshape(-1, 4) for each in (boxes, others))
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (others[:, :2] + others[:, 2:])[None])
    common = np.prod(np.clip(high - low, 0, None), axis=2)
    areas = np.prod(boxes[:, 2:], axis=1)[:, None] + np.prod(others[:, 2:], axis=1)[None]
    return common / (areas - common)
