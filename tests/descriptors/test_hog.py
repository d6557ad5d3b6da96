import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skfer.descriptors import HOGDescriptor
from skfer.utils._opencv import cv2


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (24, 32), np.uint8)


def test_equals_opencv_on_whole_cells(image):
    expected = cv2.HOGDescriptor((32, 24), (16, 16), (8, 8), (8, 8), 9).compute(image)
    assert_array_equal(HOGDescriptor().fit_transform(image[None]), expected.reshape(1, -1))


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


def test_constant_image_has_no_gradients():
    assert not HOGDescriptor().fit_transform(np.full((1, 16, 16), 0.7)).any()


@pytest.mark.parametrize("parameter", ["cell_size", "block_size", "n_orientations"])
def test_refuses_zero(parameter, image):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of HOGDescriptor"):
        HOGDescriptor(**{parameter: 0}).fit(image[None])
