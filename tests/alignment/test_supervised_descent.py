import pickle

import numpy as np
import pytest
from sklearn.base import clone

from skfer.alignment import SupervisedDescent
from skfer.alignment._patch_features import describe_patches
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2

EYES = 36, 39, 42, 45, 30, 48, 54, 57  # of 68 points: corners of the eyes and mouth, nose, lip


@pytest.fixture(scope="module")
def data():
    return make_faces(30, 1, expressions=("happy", "fear"), random_state=0)


@pytest.fixture(scope="module")
def landmarks(data):
    return data.landmarks[:, EYES]


@pytest.fixture(scope="module")
def model(data, landmarks):
    known = slice(0, 40)  # twenty subjects
    return SupervisedDescent(n_stages=4, n_perturbations=10, random_state=0).fit(
        data.images[known], landmarks[known]
    )


def errors(found, truth):
    """Mean distance of the points of each face, in distances between the outer eye corners."""
    size = np.linalg.norm(truth[:, 3] - truth[:, 0], axis=1)
    return np.linalg.norm(found - truth, axis=2).mean(axis=1) / size


def test_points_of_unseen_subjects_are_found(model, data, landmarks):
    found = np.median(errors(model.predict(data.images[40:]), landmarks[40:]))
    start = clone(model).set_params(n_stages=1).fit(data.images[:40], landmarks[:40])
    start.coefs_ = [np.zeros_like(start.coefs_[0])]  # the mean shape in the box
    assert found < 0.03
    assert found < 0.7 * np.median(errors(start.predict(data.images[40:]), landmarks[40:]))


@pytest.mark.parametrize(("scale", "roll"), [(0.5, 0), (3.0, 0), (1.0, 20)])
def test_size_and_roll_do_not_matter(model, data, landmarks, scale, roll):
    turn = cv2.getRotationMatrix2D((47.5, 47.5), roll, 1)
    turned = [cv2.warpAffine(image, turn, (96, 96), borderMode=1) for image in data.images[40:]]
    images = [cv2.resize(image, None, fx=scale, fy=scale, interpolation=3) for image in turned]
    truth = (landmarks[40:] @ turn[:, :2].T + turn[:, 2] + 0.5) * scale - 0.5
    assert np.median(errors(model.predict(images), truth)) < 0.04


def test_boxes_tell_where_the_face_is(model, data, landmarks):
    wide = [cv2.copyMakeBorder(image, 60, 40, 90, 30, 1) for image in data.images[40:]]
    boxes = np.tile([90.0, 60.0, 96.0, 96.0], (len(wide), 1))
    assert np.median(errors(model.predict(wide, boxes), landmarks[40:] + (90, 60))) < 0.03


def test_score_is_the_mean_distance(model, data, landmarks):
    assert -0.05 < model.score(data.images[40:], landmarks[40:]) < 0
    assert model.score(data.images[40:], landmarks[40:] + 50) < -0.5


def test_equal_seeds_give_equal_bits_and_pickles_predict_the_same(model, data, landmarks):
    again = clone(model).fit(data.images[:40], landmarks[:40])
    expected = model.predict(data.images[40:44])
    np.testing.assert_array_equal(again.predict(data.images[40:44]), expected)
    restored = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(restored.predict(data.images[40:44]), expected)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda images, points: (images, points[:-1], None), "60 images, but landmarks of 59"),
        (lambda images, points: (images, points[:, :1], None), r"shape \(60, 1, 2\)"),
        (lambda images, points: (images, points * np.nan, None), "image 0 are not finite"),
        (lambda images, points: (images, points, np.zeros((60, 3))), r"boxes has shape \(60, 3\)"),
        (lambda images, points: (images, points, np.zeros((60, 4))), "box of image 0"),
        (lambda images, points: ([], points[:0], None), "X is empty"),
    ],
)
def test_bad_input_is_named(data, landmarks, change, message):
    images, points, boxes = change(data.images, landmarks)
    with pytest.raises(ValueError, match=message):
        SupervisedDescent().fit(images, points, boxes)


def test_patches_do_not_see_contrast_and_brightness():
    image = np.random.default_rng(0).random((40, 40), dtype=np.float32)
    points = np.array([[12.0, 20.0], [25.5, 18.2]])
    np.testing.assert_allclose(
        describe_patches(30 + 200 * image, points, 5), describe_patches(image, points, 5), atol=1e-3
    )
