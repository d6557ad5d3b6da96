"""From one picture to its faces, ready for the model."""

import os
from typing import NamedTuple

import numpy as np

from skfer.alignment._eye_search import (
    EyeSearch,
    box_around_eyes,
    default_detectors,
    search_all_eyes,
)
from skfer.alignment._landmark_model import resolve_landmark_model
from skfer.utils._image_batch import decode_image
from skfer.utils._images import as_grey

_DECIMALS = 2  # of pixels in the table


class Picture(NamedTuple):
    """What is to be looked at: a path, pixels, or the reason why there are none."""

    name: str
    image: object
    eyes: np.ndarray | None = None
    frame: int = 0
    timestamp: float = np.nan
    problem: str = ""


class Face(NamedTuple):
    """A face of a picture: box (4,), eyes (2, 2), and what the model needs of it."""

    box: np.ndarray
    eyes: np.ndarray
    confidence: float
    prepared: np.ndarray | None
    problem: str = ""


class FaceSearch:
    """Find the faces of a picture and prepare them for a :class:`FaceModel`."""

    def __init__(self, model, faces, cropped):
        self._model = model
        self._largest = faces == "largest"
        self._cropped = cropped
        locator = model.locator
        self._detectors = default_detectors(
            locator and locator.detector, every_face=not self._largest
        )
        self._landmark_model = resolve_landmark_model(locator and locator.landmark_model)

    def __call__(self, picture):
        """Return the picture without its pixels, and its faces, the largest first."""
        empty = picture._replace(image=None)
        if picture.problem:
            return empty, []
        try:
            grey = _decode(picture)
        except ValueError as error:
            return empty._replace(problem=str(error)), []
        return empty, [self._prepare(grey, found) for found in self._find(grey, picture.eyes)]

    def _find(self, grey, eyes):
        nothing = np.full(self._landmark_model.mean_shape_.shape, np.nan)
        if self._cropped:
            return [EyeSearch(np.full((2, 2), np.nan), 1.0, nothing, "")]
        if eyes is not None:
            return [EyeSearch(eyes, 1.0, nothing, "")]
        found = search_all_eyes(grey, self._detectors, self._landmark_model)
        return found[:1] if self._largest else found

    def _prepare(self, grey, found):
        prepared, problem = None, found.problem
        if not problem:
            try:
                prepared = self._model.prepare(grey, found)
            except ValueError as error:
                problem = str(error)
        box = [0, 0, *grey.shape[::-1]] if self._cropped else box_around_eyes(found.eyes)
        # Rounded here, so that a table that is read back says what is known here.
        box, eyes = (np.round(np.asarray(each, float), _DECIMALS) for each in (box, found.eyes))
        return Face(box, eyes, found.confidence, prepared, problem)


def as_picture(number, image):
    """Make a Picture of a path, of pixels, which are named by their number, or of a face."""
    eyes = None
    if isinstance(image, np.void):  # a row of a face array
        image, eyes = image["image"], image["eyes"]
        eyes = eyes if np.isfinite(eyes).all() else None
    if isinstance(image, str | os.PathLike):
        return Picture(str(image), str(image), eyes)
    return Picture(str(number), np.asarray(image), eyes)


def _decode(picture):
    image = picture.image
    if isinstance(image, str):
        return as_grey(image)
    if image.size == 0:
        raise ValueError(f"Image {picture.name} has no pixels: its shape is {image.shape}.")
    return decode_image(image, f"Image {picture.name}")
