import numpy as np
import pytest
import torch

from skfer.networks import LocalContrastNormalization
from skfer.preprocessing import IntensityNormalizer


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (4, 24, 20), np.uint8)


def test_gain_and_offset_do_not_matter(images):
    expected = IntensityNormalizer().fit_transform(images.astype(float))
    changed = IntensityNormalizer().fit_transform(images * 0.01 + 5.0)
    np.testing.assert_allclose(changed, expected, atol=1e-9)


def test_equals_the_definition(images):
    # Straight from the formula: Gaussian mean, deviation from it over the unweighted window.
    image = images[0].astype(float)
    padded = np.pad(image, 3, mode="edge")
    weights = np.exp(-(np.arange(-3, 4) ** 2) / (2 * 1.4**2))
    weights = np.outer(weights, weights) / weights.sum() ** 2
    expected = np.empty_like(image)
    for row, column in np.ndindex(image.shape):
        patch = padded[row : row + 7, column : column + 7]
        mean = (weights * patch).sum()
        deviation = np.sqrt(((patch - mean) ** 2).mean())
        expected[row, column] = (image[row, column] - mean) / max(deviation, 0.05 * image.std())
    normalized = IntensityNormalizer().fit_transform(image[None])
    np.testing.assert_allclose(normalized, expected[None], atol=1e-6)


@pytest.mark.parametrize("window", [3, 7, 11])
@pytest.mark.parametrize("shape", [(48, 48), (9, 30), (1, 2)])
def test_layer_of_the_network_is_the_same_operation(window, shape):
    pixels = np.random.default_rng(1).random((3, *shape), np.float32)
    pixels[0, : shape[0] // 2] = 0.25  # a flat half, where the floor decides
    ours = IntensityNormalizer(window).fit_transform(pixels)
    layer = LocalContrastNormalization(window)(torch.from_numpy(pixels)[:, None])
    np.testing.assert_allclose(layer[:, 0].numpy(), ours, atol=2e-4)


def test_flat_image_becomes_zero():
    flat = np.full((1, 9, 9), 200, np.uint8)
    assert (IntensityNormalizer().fit_transform(flat) == 0).all()


def test_even_window_is_refused(images):
    with pytest.raises(ValueError, match="odd"):
        IntensityNormalizer(6).fit_transform(images)
