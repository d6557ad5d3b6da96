import numpy as np
import pytest
from numpy.testing import assert_allclose

from benchmarks.rivals.descriptors import gabor_kernels, gabor_with_opencv
from skfer.descriptors import GaborDescriptor
from skfer.descriptors._gabor import _area_mean_weights
from skfer.descriptors._gabor_bank import MAX_PRODUCT, GaborBank

WAVELENGTHS = 2 * np.sqrt(2) ** np.arange(5)


def grating(wavelength, angle, phase=0.0, size=48):
    y, x = np.mgrid[:size, :size]
    return np.sin(2 * np.pi / wavelength * (x * np.cos(angle) + y * np.sin(angle)) + phase)


def magnitudes(image, wavelengths, n_orientations, sigma=2 * np.pi):
    """Of each pixel, which is a cell of its own."""
    over_rows, over_columns = (np.eye(n, dtype=np.float32) for n in image.shape)
    bank = GaborBank(wavelengths, n_orientations, sigma, image.shape)
    return bank.grid_means(image[None], over_rows, over_columns)[0]


@pytest.fixture
def image():
    return np.random.default_rng(0).random((20, 13)).astype(np.float32)


@pytest.mark.parametrize("shape", [(20, 13), (1, 1), (2, 90), (48, 48), (150, 67)])
@pytest.mark.parametrize("n_orientations", [1, 2, 3, 8])
@pytest.mark.parametrize("sigma", [0.5, np.pi, 2 * np.pi, 20])
def test_equals_direct_convolution(shape, n_orientations, sigma):
    image = np.random.default_rng(0).standard_normal(shape, np.float32)
    kernels = gabor_kernels([2, 4.5], n_orientations, sigma)
    assert_allclose(
        magnitudes(image, [2, 4.5], n_orientations, sigma),
        gabor_with_opencv(image, kernels),
        atol=2e-6,
    )


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
@pytest.mark.parametrize("orientation", range(8))
def test_grating_answers_to_its_own_filter(scale, orientation):
    image = grating(WAVELENGTHS[scale], np.pi * orientation / 8).astype(np.float32)
    centre = magnitudes(image, WAVELENGTHS, 8)[:, :, 20:28, 20:28].mean(axis=(-2, -1))
    assert np.unravel_index(centre.argmax(), centre.shape) == (scale, orientation)
    assert_allclose(centre.max(), 0.5, rtol=0.03)


@pytest.mark.parametrize("sigma", [1, np.pi])
def test_filters_are_blind_to_a_constant(sigma):
    constant = np.ones((48, 48), np.float32)
    assert_allclose(magnitudes(constant, WAVELENGTHS, 8, sigma), 0, atol=1e-6)


def test_no_factor_is_subnormal():
    bank = GaborBank(WAVELENGTHS, 8, 2 * np.pi, (48, 48))
    for scale in bank.scales:
        for _, _, factors in (*scale.rows, *scale.columns):
            assert abs(factors[factors != 0]).min() > 1e-12  # its products are at home in float32


def test_feature_of_a_cell_is_the_mean_magnitude(image):
    image = image[:, :12]
    gabor = GaborDescriptor(n_scales=2, n_orientations=3, grid_size=2)
    features = gabor.fit_transform(image[None]).reshape(2, 3, 2, 2)
    standardized = (image - image.mean()) / image.std()
    of_pixels = magnitudes(standardized, WAVELENGTHS[:2], 3)
    cells = of_pixels.reshape(2, 3, 2, 10, 2, 6).mean(axis=(3, 5))
    rms = np.sqrt((cells**2).mean(axis=(-2, -1), keepdims=True))
    assert_allclose(features, cells / rms, rtol=1e-4)


@pytest.mark.parametrize("gain, offset", [(100, 0), (1, 1000), (1e-6, -5e-6)])
def test_does_not_depend_on_gain_and_offset(image, gain, offset):
    gabor = GaborDescriptor()
    assert_allclose(
        gabor.fit_transform(gain * image[None].astype(float) + offset),
        gabor.fit_transform(image[None]),
        atol=1e-3,
    )


def test_forgives_the_phase():
    gabor = GaborDescriptor(min_wavelength=4, n_scales=1, n_orientations=1, grid_size=3)
    gratings = np.stack([grating(4, 0), grating(4, 0, phase=np.pi / 2)])
    still, moved = gabor.fit_transform(gratings)[:, 4]
    assert_allclose(still, moved, rtol=0.02)


def test_rounding_noise_is_no_texture():
    # Nothing changes from row to row, so a wave across the rows has nothing to answer to.
    image = np.tile(np.random.default_rng(0).random(16), (16, 1))
    gabor = GaborDescriptor(n_orientations=2, n_scales=3, grid_size=2)
    across = gabor.fit_transform(image[None]).reshape(3, 2, 4)[:, 1]
    assert_allclose(across, 0, atol=1e-3)


def test_area_mean_weights_share_pixels():
    assert_allclose(_area_mean_weights(3, 2), [[2 / 3, 1 / 3, 0], [0, 1 / 3, 2 / 3]], rtol=1e-6)
    assert_allclose(_area_mean_weights(1, 3), np.ones((3, 1)), rtol=1e-6)


def test_feature_names_follow_the_features():
    image = np.zeros((45, 45))
    image[30:, 30:] = grating(4, np.pi / 2, size=45)[30:, 30:]
    gabor = GaborDescriptor(n_scales=2, n_orientations=4, grid_size=3, min_wavelength=4)
    names = gabor.fit(image[None]).get_feature_names_out()
    features = dict(zip(names, gabor.transform(image[None])[0], strict=True))
    own_filter = {name: value for name, value in features.items() if "s0_o2" in name}
    assert len(features) == 2 * 4 * 3 * 3
    assert max(own_filter, key=own_filter.get) == "gabor_s0_o2_r2_c2"


@pytest.mark.parametrize("shape", [(48, 48), (48, 1000), (300, 200)])
def test_products_of_matrices_stay_small(shape):
    for scale in GaborBank(WAVELENGTHS, 8, 2 * np.pi, shape).scales:
        tallest = max(rows.stop - rows.start for _, rows, _ in scale.rows)
        for _, _, over_columns in scale.columns:
            assert tallest * np.prod(over_columns.shape[1:]) <= MAX_PRODUCT
            for _, _, over_rows in scale.rows:
                assert np.prod(over_rows.shape[-2:]) * over_columns.shape[-1] <= MAX_PRODUCT
