"""Which pictures `choose="only"` refuses."""

import numpy as np
import pytest

from skfer.alignment import Detections, EyeLocator, HaarFaceDetector
from skfer.alignment._eye_search import box_around_eyes
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2
from tests.alignment.test_eye_search import StubDetector


@pytest.fixture(scope="module")
def portrait():
    faces = make_faces(2, 1, expressions=("neutral",), image_size=(320, 320), random_state=1).faces
    return faces["image"], faces["eyes"]


def problems_of(picture, **parameters):
    locator = EyeLocator(choose="only", on_missing="skip", **parameters)
    locator.fit_transform([picture])
    return locator.missing_["problem"].tolist()


def test_a_small_bystander_is_seen(portrait):
    """The quick detector, which stops at the portrait, does not see this one."""
    (picture, other), _ = portrait
    crowded = np.full((800, 800), 128, np.uint8)
    crowded[160:, 160:] = cv2.resize(picture, (640, 640))
    crowded[8:104, 8:104] = cv2.resize(other, (96, 96), interpolation=cv2.INTER_AREA)
    assert len(HaarFaceDetector().detect(crowded).boxes) == 1
    assert problems_of(crowded) == ["2 faces found"]


def test_a_portrait_of_one_is_taken(portrait):
    assert problems_of(portrait[0][0]) == []


def test_boxes_count_where_there_are_eyes_in_them_and_points_count_always(portrait):
    (picture, _), (eyes, _) = portrait
    elsewhere = eyes + (0, 150)
    boxes = np.stack([box_around_eyes(elsewhere), box_around_eyes(eyes)])
    assert problems_of(picture, detector=StubDetector(boxes, np.array([9.0, 1.0]))) == []
    seen = Detections(boxes, np.ones(2), np.stack([elsewhere, eyes]))
    assert problems_of(picture, detector=StubDetector(*seen)) == ["2 faces found"]
