"""HaarFaceDetector: frontal faces by the cascades that OpenCV brings along."""

from itertools import chain

import numpy as np
from sklearn.base import BaseEstimator

from skfer._typing import Picture
from skfer.alignment._cascades import detect_by_cascade, resize_longer_side, stretch_contrast
from skfer.alignment._detection import Detections, suppress_overlaps
from skfer.base import TooltipMixin
from skfer.utils._images import as_grey
from skfer.utils._opencv import cv2

FACE_CASCADES = ("frontalface_alt2", "frontalface_default", "frontalface_alt")
ROLLS = (-20, 20)  # degrees
BORDERS = (0.0, 0.3)  # of the longer side; a tight crop shows too little round the face without one
COARSE_SIDE, FINE_SIDE = 320, 1280  # pixels of the longer side of the copies that are searched
MIN_SIDE, LARGE_SIDE = COARSE_SIDE // 8, COARSE_SIDE // 4


class HaarFaceDetector(TooltipMixin, BaseEstimator):
    """Detect frontal faces by Haar cascades [1]_.

    First one cascade looks for faces of a quarter of the picture and more, which is quick. Then
    three are asked in turn for smaller ones, on a copy of 320 pixels, without and with a border
    (which a tight crop needs), on the picture rolled by 20 degrees to both sides, and at last, if
    the picture is larger, on a copy of up to 1280 pixels: a portrait takes milliseconds, and a
    face of 40 pixels in a photograph of 12 megapixels 3 % of its width is still found.

    Parameters
    ----------
    many : bool, default=False
        False stops at the first search that finds a face. True searches the finest copy
        as well, with all cascades, and returns every face once.

    References
    ----------
    .. [1] P. Viola and M. Jones, "Rapid object detection using a boosted cascade of simple
       features", CVPR 2001.

    Examples
    --------
    >>> from skfer.alignment import HaarFaceDetector
    >>> from skfer.datasets import make_faces
    >>> image = make_faces(1, 1, random_state=0).images[0]
    >>> boxes, scores, _ = HaarFaceDetector().detect(image)
    >>> boxes.shape, scores.shape
    ((1, 4), (1,))
    """

    def __init__(self, *, many: bool = False):
        self.many = many

    def detect(self, image: Picture) -> Detections:
        """Detect faces.

        Parameters
        ----------
        image : ndarray of shape (height, width) or (height, width, 3), or path
            Grey or RGB pixels; their range is stretched to 0..255.

        Returns
        -------
        detections : Detections
            Square boxes in pixels of the picture, which may reach beyond it; scores are numbers
            of raw detections that agree. No landmarks.
        """
        grey = stretch_contrast(as_grey(image))
        if self.many:
            parts = list(_searches(grey))
        else:
            searches = chain(_search_large(grey), _searches(grey))
            nothing = np.empty((0, 4)), np.empty(0)
            parts = [next((part for part in searches if len(part[0])), nothing)]
        boxes, scores = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        kept = suppress_overlaps(boxes, scores)
        return Detections(boxes[kept], scores[kept])


def _search_large(grey):
    """Yield the faces of a portrait, in a quarter of the time: large windows are few."""
    small, scale = resize_longer_side(grey, COARSE_SIDE)
    boxes, scores = detect_by_cascade(FACE_CASCADES[0], small, 1.1, min_side=LARGE_SIDE)
    yield boxes / scale, scores


def _searches(grey):
    """Yield the boxes and scores of one search after the other, quick and likely ones first."""
    for border in BORDERS:
        yield from _search(grey, border, COARSE_SIDE)
    # The cascades know upright faces; one that leans is found in the picture turned back.
    for roll in ROLLS:
        yield from _search_rolled(grey, roll)
    if max(grey.shape) > COARSE_SIDE:
        yield from _search(grey, 0.0, min(FINE_SIDE, max(grey.shape)))


def _search(grey, border, side):
    margin = round(border * max(grey.shape))
    padded = cv2.copyMakeBorder(grey, *[margin] * 4, cv2.BORDER_REPLICATE)
    picture, scale = resize_longer_side(padded, side)
    for name in FACE_CASCADES:
        boxes, scores = detect_by_cascade(name, picture, 1.1, min_side=MIN_SIDE)
        yield boxes / scale - (margin, margin, 0, 0), scores


def _search_rolled(grey, roll):
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), roll, 1)
    turned = cv2.warpAffine(grey, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    back = cv2.invertAffineTransform(turn)
    for border in BORDERS:
        for boxes, scores in _search(turned, border, COARSE_SIDE):
            half = boxes[:, 2:] / 2
            centres = (boxes[:, :2] + half) @ back[:, :2].T + back[:, 2]
            yield np.hstack([centres - half, boxes[:, 2:]]), scores
