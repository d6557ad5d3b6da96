import threading

import numpy as np
import pytest

from skfer.alignment import HaarFaceDetector
from skfer.alignment._cascades import stretch_contrast
from skfer.alignment._eye_cascades import find_eyes_in_box, mean_eyes_in_box
from skfer.utils._opencv import cv2
from tests.eye_errors import relative_error


def find_face(image):
    boxes, scores, _ = HaarFaceDetector().detect(image)
    return boxes[np.argmax(scores)]


def locate_eyes(image):
    return find_eyes_in_box(stretch_contrast(image), find_face(image))


@pytest.mark.parametrize(("darkness", "limit"), [(1, 0.08), (5, 0.1)])
def test_eyes_are_near_the_truth(image, truth, darkness, limit):
    assert relative_error(locate_eyes(image // darkness), truth) < limit


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1.0, 1 / 255])
def test_range_and_type_do_not_matter(image, dtype, scale):
    np.testing.assert_allclose(
        locate_eyes(image.astype(dtype) * dtype(scale)), locate_eyes(image), atol=0.5
    )


def test_mirrored_picture_has_mirrored_eyes(image, truth):
    mirrored = locate_eyes(image[:, ::-1])[::-1].copy()
    mirrored[:, 0] = image.shape[1] - 1 - mirrored[:, 0]
    assert relative_error(mirrored, truth) < 0.08


def test_tight_crop_needs_no_border_of_its_own(image, truth):
    distance = np.linalg.norm(truth[1] - truth[0])
    left, top = np.round(truth.mean(axis=0) - (0.95 * distance, 0.65 * distance)).astype(int)
    crop = image[top : top + round(2.2 * distance), left : left + round(1.9 * distance)]
    assert relative_error(locate_eyes(crop) + (left, top), truth) < 0.1


def test_large_photograph_is_searched_in_a_copy(image, truth):
    large = np.kron(image, np.ones((12, 12), np.uint8))
    assert relative_error(locate_eyes(large), 12 * truth + 5.5) < 0.08


def test_repetition_is_exact_and_threads_have_cascades_of_their_own(image):
    found = []
    threads = [threading.Thread(target=lambda: found.append(locate_eyes(image))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert all(np.array_equal(eyes, locate_eyes(image)) for eyes in found)


@pytest.mark.parametrize(
    "grey",
    [
        np.zeros((48, 48), np.uint8),
        np.ones((1, 1)),
        np.random.default_rng(0).normal(size=(1, 1000)),
        np.random.default_rng(0).integers(0, 255, (60, 80)).astype(np.uint8),
    ],
    ids=["black", "pixel", "line", "noise"],
)
def test_no_face(grey):
    boxes, scores, landmarks = HaarFaceDetector().detect(grey)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)
    assert landmarks is None
    assert find_eyes_in_box(stretch_contrast(grey), np.array([0, 0, *grey.shape[::-1]])) is None


def test_typical_eyes_lie_in_the_face_box(image, truth):
    assert relative_error(mean_eyes_in_box(find_face(image)), truth) < 0.3


def test_small_face_in_a_large_photograph(image, truth):
    photograph = np.full((1500, 2000), 128, np.uint8)
    photograph[900:1028, 1200:1328] = image
    boxes, scores, _ = HaarFaceDetector().detect(photograph)
    eyes = mean_eyes_in_box(boxes[np.argmax(scores)])
    assert relative_error(eyes - (1200, 900), truth) < 0.3


def test_every_face_once(image):
    pair = np.hstack([image, image[:, ::-1]])
    boxes, scores, _ = HaarFaceDetector(many=True).detect(pair)
    assert len(boxes) == len(scores) == 2
    assert sorted(boxes[:, 0] + boxes[:, 2] / 2 > 128) == [False, True]


def test_leaning_face(image, truth):
    turn = cv2.getRotationMatrix2D((63.5, 63.5), 25, 1)
    leaning = cv2.warpAffine(image, turn, (128, 128), borderMode=cv2.BORDER_REPLICATE)
    box = find_face(leaning)
    centre = truth.mean(axis=0) @ turn[:, :2].T + turn[:, 2]
    assert np.linalg.norm(mean_eyes_in_box(box).mean(axis=0) - centre) < 0.25 * box[2]
