"""All faces of a picture."""

import numpy as np
import pytest

from skfer.alignment import Detections, HaarFaceDetector
from skfer.alignment._eye_search import (
    box_around_eyes,
    default_detectors,
    search_all_eyes,
    search_eyes,
)
from skfer.alignment._landmark_model import shipped_landmark_model


class StubDetector:
    def __init__(self, *boxes):
        self.boxes = np.reshape(boxes, (-1, 4)).astype(float)

    def detect(self, image):
        return Detections(self.boxes, np.ones(len(self.boxes)))


class StubModel:
    """Is as sure of a face as its box is high above the floor; eyes where the box has them."""

    mean_shape_ = np.zeros((2, 2))

    def predict(self, images, boxes, return_confidence):
        (left, top, width, height), *_ = boxes
        eyes = np.array([[left + 0.31 * width, top + 0.39 * height]] * 2) - 0.5
        eyes[1, 0] += 0.38 * width
        return eyes[None], np.array([images[0][round(top), round(left)] / 255])


@pytest.fixture
def picture():
    """Confidence of boxes by their upper left corner."""
    picture = np.zeros((200, 400), np.uint8)
    for (left, top), confidence in (
        ((0, 0), 0.9),
        ((100, 0), 0.5),
        ((200, 0), 0.35),
        ((300, 0), 0.2),
        ((105, 2), 0.8),
    ):
        picture[top, left] = round(255 * confidence)
    return picture


def search(picture, *boxes):
    return search_all_eyes(picture, [StubDetector(*boxes)], StubModel())


def test_the_largest_comes_first(picture):
    found = search(picture, [0, 0, 60, 60], [100, 0, 90, 90])
    assert [face.confidence for face in found] == pytest.approx([0.5, 0.9], abs=0.01)


def test_another_face_must_be_surer_than_the_only_one(picture):
    both = search(picture, [0, 0, 60, 60], [200, 0, 90, 90])
    assert [face.confidence for face in both] == pytest.approx([0.9], abs=0.01)
    alone = search(picture, [200, 0, 90, 90])
    assert [face.confidence for face in alone] == pytest.approx([0.35], abs=0.01)
    assert alone[0].problem == ""


def test_a_face_that_is_found_twice_counts_once(picture):
    found = search(picture, [100, 0, 90, 90], [105, 2, 90, 90])
    assert [face.confidence for face in found] == pytest.approx([0.8], abs=0.01)


def test_no_eyes_to_be_trusted(picture):
    (found,) = search(picture, [300, 0, 60, 60])
    assert found.problem
    assert found.confidence < 0.3
    assert search(picture)[0].problem == "no face found"


def test_the_next_detector_is_asked(picture):
    detectors = [StubDetector([300, 0, 60, 60]), StubDetector([0, 0, 60, 60])]
    (found,) = search_all_eyes(picture, detectors, StubModel())
    assert found.confidence == pytest.approx(0.9, abs=0.01)


def test_one_face_is_that_of_the_usual_search(image):
    model = shipped_landmark_model()
    (found,) = search_all_eyes(image, default_detectors(), model)
    usual = search_eyes(image, default_detectors(), model)
    np.testing.assert_array_equal(found.eyes, usual.eyes)
    assert found.confidence == usual.confidence


def test_default_detectors(image):
    given = StubDetector(box_around_eyes([[10, 10], [20, 10]]))
    assert default_detectors(given, every_face=True) == [given]
    assert [each.many for each in default_detectors()] == [False, True]
    assert [each.many for each in default_detectors(every_face=True)] == [True]
    assert isinstance(default_detectors()[0], HaarFaceDetector)
