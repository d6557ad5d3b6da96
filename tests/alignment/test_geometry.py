import numpy as np
import pytest

from skfer.alignment._geometry import (
    MIN_EYE_DISTANCE,
    check_eyes,
    eye_transforms,
    template_eyes,
    transform_points,
    warp_affine,
)
from skfer.utils._opencv import cv2


@pytest.fixture
def eyes():
    rng = np.random.default_rng(0)
    left = rng.uniform(50, 100, (20, 2))
    return np.stack([left, left + rng.uniform([30, -20], [90, 20], (20, 2))], axis=1)


def test_crop_has_the_proportions_of_lopes():
    # Eyes 100 apart: alpha is 50, so the crop is 120 wide, from 65 above to 160 below the eyes.
    eyes = np.array([[[200.0, 300.0], [300.0, 300.0]]])
    corners = np.array([[[190.0, 235.0], [310.0, 460.0]]])
    arrived = transform_points(corners, eye_transforms(eyes, (45, 24)))
    np.testing.assert_allclose(arrived, [[[-0.5, -0.5], [23.5, 44.5]]], atol=1e-9)


def test_without_rotation_vertical_lines_stay_vertical(eyes):
    transforms = eye_transforms(eyes, (48, 48), rotate=False)
    np.testing.assert_array_equal(transforms[:, 0, 1], 0)
    np.testing.assert_array_equal(transforms[:, 1, 0], 0)
    middle = transform_points(eyes.mean(axis=1, keepdims=True), transforms)
    np.testing.assert_allclose(
        middle[:, 0], template_eyes((48, 48)).mean(axis=0)[None].repeat(20, 0)
    )


def test_identity_warp_changes_nothing():
    image = np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)
    np.testing.assert_array_equal(warp_affine(image, np.eye(2, 3), (20, 30)), image)


def test_warp_agrees_with_points():
    # A bright blob must land where transform_points says.
    y, x = np.mgrid[:120, :160]
    spot = np.array([[[70.0, 40.0]]])
    image = np.exp(-((x - 70) ** 2 + (y - 40) ** 2) / 50)
    transforms = eye_transforms([[[60.0, 50.0], [100.0, 62.0]]], (48, 48))
    warped = warp_affine(image, transforms[0], (48, 48))
    row, column = np.unravel_index(warped.argmax(), warped.shape)
    np.testing.assert_allclose([column, row], transform_points(spot, transforms)[0, 0], atol=0.8)


@pytest.mark.parametrize("factor", [3, 4, 7])
def test_shrinking_averages_areas(factor):
    image = np.random.default_rng(0).random((6 * factor, 8 * factor))
    shrink = np.array([[1 / factor, 0, 0.5 / factor - 0.5], [0, 1 / factor, 0.5 / factor - 0.5]])
    means = image.reshape(6, factor, 8, factor).mean(axis=(1, 3))
    # warpAffine places its samples on a grid of 1/32 pixel.
    np.testing.assert_allclose(warp_affine(image, shrink, (6, 8)), means, atol=0.05)
    bare = cv2.warpAffine(image, shrink, (8, 6))
    assert abs(warp_affine(image, shrink, (6, 8)) - means).max() < 0.2 * abs(bare - means).max()


def test_rounding_does_not_make_an_average():
    image = np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)
    rounded = np.eye(2, 3) * (1 - 1e-9)
    np.testing.assert_array_equal(warp_affine(image, rounded, (20, 30)), image)


def test_eyes_of_the_least_distance_are_taken():
    eyes = [[[5, 5], [5 + MIN_EYE_DISTANCE, 5]]]
    np.testing.assert_array_equal(check_eyes(eyes), eyes)
