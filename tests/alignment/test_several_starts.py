"""Landmarks from the face and its mirror image, and what their disagreement does."""

import numpy as np
import pytest

from skfer.alignment import load_landmark_model
from skfer.alignment._eye_search import box_around_eyes
from skfer.alignment._several_starts import find_landmarks, mirror_order
from tests.eye_errors import relative_error


@pytest.fixture(scope="module")
def model():
    return load_landmark_model()


def test_mirror_order_goes_by_the_names(model):
    other_side = {"left": "right", "right": "left"}
    order = mirror_order(model.mean_shape_)
    for name, other in zip(model.point_names_, order, strict=True):
        words = name.replace(",", " ,").split()
        mirrored = " ".join(other_side.get(word, word) for word in words).replace(" ,", ",")
        assert model.point_names_[other] == mirrored


@pytest.mark.parametrize("shape", [np.zeros((2, 2)), [[-1.0, 0], [1, 0], [0.5, 1]], [[0.0, 0.0]]])
def test_a_shape_without_mirror_image_has_no_order(shape):
    assert mirror_order(np.asarray(shape)) is None


def test_the_mirrored_picture_has_the_mirrored_landmarks(image, truth, model):
    box = box_around_eyes(truth)
    found, confidence = find_landmarks(image, box, model)
    width = image.shape[1]
    turned = np.array([width - box[0] - box[2], *box[1:]])
    mirrored, same = find_landmarks(np.ascontiguousarray(image[:, ::-1]), turned, model)
    back = mirrored[mirror_order(model.mean_shape_)] * (-1, 1) + (width - 1, 0)
    np.testing.assert_allclose(back, found, atol=1e-6)
    assert confidence == pytest.approx(same)
    assert relative_error(found[:2], truth) < 0.1


class Model:
    """Answers with eyes in the middle of the box, off by what is given to the second image."""

    mean_shape_ = np.array([[-1.0, 0.0], [1.0, 0.0]])

    def __init__(self, shift, confidence):
        self.shift, self.confidence, self.n_asked = shift, confidence, 0

    def predict(self, images, boxes, return_confidence):
        self.n_asked += len(images)
        centres = boxes[:, :2] + boxes[:, 2:] / 2 - 0.5
        eyes = centres[:, None] + np.array([[-10.0, 0.0], [10.0, 0.0]])
        eyes[1:] += self.shift
        return eyes, np.full(len(images), self.confidence)


@pytest.mark.parametrize(
    ("shift", "given", "expected", "n_asked"),
    [(0.0, 0.8, 0.8, 2), (0.0, 0.4, 0.4, 4), (4.0, 0.8, 0.8 * np.exp(-0.8 * np.sqrt(2)), 4)],
    ids=["agreed", "unsure", "disagreed"],
)
def test_where_the_images_disagree_it_is_less_sure_and_starts_again(
    shift, given, expected, n_asked
):
    model = Model(shift, given)
    grey = np.zeros((90, 120), np.uint8)
    landmarks, confidence = find_landmarks(grey, np.array([30.0, 20.0, 50.0, 50.0]), model)
    assert model.n_asked == n_asked
    assert confidence == pytest.approx(expected)
    np.testing.assert_allclose(landmarks.mean(axis=0), (54.5 - shift / 2, 44.5 + shift / 2))


def test_a_model_without_mirror_images_starts_once():
    model = Model(0.0, 0.1)
    model.mean_shape_ = np.zeros((2, 2))
    box = np.array([30.0, 20.0, 50.0, 50.0])
    landmarks, confidence = find_landmarks(np.zeros((90, 120), np.uint8), box, model)
    assert (model.n_asked, confidence) == (1, 0.1)
