import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skfer.descriptors import HOGDescriptor
from skfer.utils._opencv import cv2


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (24, 32), np.uint8)


@pytest.mark.parametrize("cell_size, block_size", [(1, 1), (1, 2), (3, 2), (8, 2), (5, 3)])
def test_images_in_one_picture_do_not_touch(cell_size, block_size):
    cell, block = (cell_size,) * 2, (cell_size * block_size,) * 2
    size = (5 * cell_size, 4 * cell_size)
    images = np.random.default_rng(0).integers(0, 256, (9, *size[::-1]), np.uint8)
    opencv = cv2.HOGDescriptor(size, block, cell, cell, 9)
    hog = HOGDescriptor(cell_size=cell_size, block_size=block_size)
    assert_array_equal(hog.fit_transform(images), [opencv.compute(i).ravel() for i in images])


def test_pads_to_whole_cells_by_replication(image):
    cropped = image[:22, :29]
    padded = np.pad(cropped, ((1, 1), (1, 2)), mode="edge")
    assert_array_equal(
        HOGDescriptor().fit_transform(cropped[None]), HOGDescriptor().fit_transform(padded[None])
    )


def test_pads_to_one_block(image):
    padded = np.pad(image[:6, :6], 5, mode="edge")
    assert_array_equal(
        HOGDescriptor().fit_transform(image[None, :6, :6]),
        HOGDescriptor().fit_transform(padded[None]),
    )


@pytest.mark.parametrize("gain, offset", [(1, 0), (0.01, -3), (1e6, 5)])
def test_float_images_do_not_depend_on_gain_and_offset(image, gain, offset):
    image[0, :2] = 0, 255
    assert_allclose(
        HOGDescriptor().fit_transform(image[None] * gain + offset),
        HOGDescriptor().fit_transform(image[None]),
        atol=1e-6,
    )


def numbers_of_names(hog):
    return [tuple(map(int, re.findall(r"\d+", name))) for name in hog.get_feature_names_out()]


def test_each_feature_follows_the_gradients_that_its_name_says():
    images = np.random.default_rng(0).integers(0, 256, (500, 24, 32)).astype(np.uint8)
    in_y, in_x = np.gradient(images.astype(float), axis=(1, 2))
    orientation = (np.degrees(np.arctan2(in_y, in_x)) % 180 // 20).astype(int)
    of_orientation = np.hypot(in_y, in_x)[..., None] * (orientation[..., None] == np.arange(9))
    histograms = of_orientation.reshape(500, 3, 8, 4, 8, 9).sum(axis=(2, 4))
    hog = HOGDescriptor()
    features = hog.fit_transform(images)
    both = np.corrcoef(features.T, histograms.reshape(500, -1).T)
    nearest = both[: features.shape[1], features.shape[1] :].argmax(axis=1)
    named = [((r + y) * 4 + c + x) * 9 + o for r, c, y, x, o in numbers_of_names(hog)]
    assert_array_equal(nearest, named)


@pytest.mark.parametrize("block_size", [1, 2, 3])
@pytest.mark.parametrize("row, column", [(0, 0), (1, 3), (2, 1), (3, 4)])
def test_feature_names_tell_the_cell_of_an_edge(block_size, row, column):
    y, x = np.mgrid[:8, :8] - 3.5
    along = x * np.cos(np.radians(30)) + y * np.sin(np.radians(30))
    image = np.full((32, 40), 128, np.uint8)
    ramp = 128 + 40 * along * (np.hypot(x, y) < 3)  # a gradient in the middle of one cell of 4 x 5
    image[8 * row :, 8 * column :][:8, :8] = ramp
    hog = HOGDescriptor(block_size=block_size)
    features = hog.fit_transform(image[None])[0]
    blocks = {}
    for (r, c, *inside), feature in zip(numbers_of_names(hog), features, strict=True):
        blocks.setdefault((r, c), {})[*inside] = feature
    holding = 0
    for (r, c), block in blocks.items():
        if 0 <= row - r < block_size and 0 <= column - c < block_size:
            assert max(block, key=block.get) == (row - r, column - c, 1)
            holding += 1
    assert holding >= 1
