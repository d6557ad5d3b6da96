import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skfer.descriptors import PHOGDescriptor
from skfer.descriptors._phog import _canny_edges, sobel_gradients
from skfer.utils._opencv import cv2


def sobel_by_hand(image):
    p = np.pad(image.astype(float), 1, mode="edge")
    dx = p[:-2, 2:] + 2 * p[1:-1, 2:] + p[2:, 2:] - p[:-2, :-2] - 2 * p[1:-1, :-2] - p[2:, :-2]
    dy = p[2:, :-2] + 2 * p[2:, 1:-1] + p[2:, 2:] - p[:-2, :-2] - 2 * p[:-2, 1:-1] - p[:-2, 2:]
    return dx, dy


def edges_by_hand(image, quantile=0.7):
    upper = np.quantile(np.hypot(*sobel_by_hand(image)), quantile)
    return cv2.Canny(image, 0.4 * upper, upper, L2gradient=True) > 0


def phog_by_hand(image, edges, n_orientations=20, angle=360, n_levels=3):
    dx, dy = sobel_by_hand(image)
    height, width = image.shape
    features = []
    for level in range(n_levels):
        cells = np.zeros((2**level, 2**level, n_orientations))
        for y in range(height):
            for x in range(width):
                degrees = math.degrees(math.atan2(dy[y, x], dx[y, x]))
                position = (degrees + 1e-6) % angle / angle * n_orientations
                cell = y * 2**level // height, x * 2**level // width
                vote = math.hypot(dx[y, x], dy[y, x]) * edges[y, x]
                cells[(*cell, int(position))] += vote
        features.append(cells.ravel())
    features = np.concatenate(features)
    return features / features.sum()


@pytest.fixture
def image():
    noise = np.random.default_rng(0).integers(0, 256, (24, 19), np.uint8)
    return cv2.GaussianBlur(noise, (3, 3), 1.0)


@pytest.mark.parametrize(
    "parameters",
    [{}, {"angle": 180}, {"n_orientations": 9}, {"n_levels": 1}, {"n_levels": 4, "angle": 180}],
)
def test_equals_the_formula_on_all_pixels(image, parameters):
    features = PHOGDescriptor(edges=False, **parameters).fit_transform(image[None])
    assert_allclose(features[0], phog_by_hand(image, np.ones(image.shape), **parameters), atol=1e-6)


@pytest.mark.parametrize("angle", [180, 360])
def test_equals_the_formula_on_edges(image, angle):
    edges = edges_by_hand(image)
    assert 0.1 < edges.mean() < 0.4
    features = PHOGDescriptor(angle=angle).fit_transform(image[None])
    assert_allclose(features[0], phog_by_hand(image, edges, angle=angle), atol=1e-6)


@pytest.mark.parametrize("quantile", [0.3, 0.7, 0.9])
def test_edges_are_those_of_opencv(quantile):
    noise = np.random.default_rng(1).integers(0, 256, (20, 48, 48), np.uint8)
    stack = np.stack([cv2.GaussianBlur(image, (5, 5), 1.5) for image in noise])
    expected = [edges_by_hand(image, quantile) for image in stack]
    edges = _canny_edges(*sobel_gradients(stack), quantile)
    # Gradients in 16 bits instead of 11 break ties between neighbours in another way.
    assert (edges != np.array(expected)).mean() < 0.01


@pytest.mark.parametrize("gain, offset", [(0.01, 0), (1, 1000), (1e-6, -5), (1e300, 0)])
def test_gain_and_offset_do_not_matter(image, gain, offset):
    phog = PHOGDescriptor()
    assert_allclose(
        phog.fit_transform(gain * image[None].astype(float) + offset),
        phog.fit_transform(image[None]),
        atol=1e-6,
    )


@pytest.mark.parametrize("edges", [True, False])
def test_levels_repeat_each_other_and_sum_to_one(image, edges):
    features = PHOGDescriptor(edges=edges).fit_transform(image[None])[0]
    whole, quarters = features[:20], features[20:100].reshape(4, 20)
    sixteenths = features[100:].reshape(2, 2, 2, 2, 20)
    assert_allclose(features.sum(), 1, rtol=1e-6)
    assert_allclose(quarters.sum(axis=0), whole, rtol=1e-5, atol=1e-9)
    assert_allclose(sixteenths.sum(axis=(1, 3)).reshape(4, 20), quarters, rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("degrees", [0, 45, 90, 135, 180, 225, 270, 315])
def test_a_ramp_has_one_orientation(degrees):
    y, x = np.mgrid[:12, :12]
    direction = np.rint([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    ramp = direction[0] * x + direction[1] * y
    for angle in (180, 360):
        phog = PHOGDescriptor(angle=angle, n_orientations=20, n_levels=1, edges=False)
        histogram = phog.fit_transform(ramp[None, 1:-1, 1:-1])[0]
        assert histogram.argmax() == int(degrees % angle / angle * 20)


def test_edges_leave_weak_texture_out():
    image = np.zeros((24, 24))
    image[:, 12:] = 100
    image += np.random.default_rng(0).random((24, 24))
    names = PHOGDescriptor(n_levels=1).fit(image[None]).get_feature_names_out()
    features = PHOGDescriptor(n_levels=1, edge_quantile=0.95).fit_transform(image[None])[0]
    upright = features[np.isin(names, ["phog_l0_r0_c0_o0", "phog_l0_r0_c0_o19"])].sum()
    everything = PHOGDescriptor(n_levels=1, edges=False).fit_transform(image[None])[0]
    assert upright > 0.99 > everything[[0, 19]].sum()


def test_feature_names_follow_the_features():
    image = np.zeros((24, 24))
    image[18:, :6] = np.arange(6)  # the lowest row of cells, first column
    phog = PHOGDescriptor(edges=False).fit(image[None])
    names, features = phog.get_feature_names_out(), phog.transform(image[None])[0]
    assert names.tolist()[:21] == [f"phog_l0_r0_c0_o{o}" for o in range(20)] + ["phog_l1_r0_c0_o0"]
    finest = {name: value for name, value in zip(names, features, strict=True) if "l2" in name}
    assert len(finest) == 320
    assert max(finest, key=finest.get) == "phog_l2_r3_c0_o0"


def test_cells_of_a_tiny_image_may_be_empty():
    features = PHOGDescriptor(edges=False).fit_transform(np.array([[[0, 1], [0, 2]]]))
    assert_allclose(features.sum(), 1, rtol=1e-6)
