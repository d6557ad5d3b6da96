import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skfer.descriptors import RadialGaborDescriptor
from skfer.descriptors._radial_gabor import _radial_cells, _resize, radial_kernels
from skfer.utils._opencv import cv2

# A face of half the paper's size, so that the constants are halved.
SMALL = {
    "n_divisions": 2,
    "window_sizes": (11, 20),
    "n_orientations": 3,
    "n_rings": 2,
    "n_sectors": 4,
    "working_shape": (82, 64),
}


def kernel_by_hand(sigma, degrees):
    reach = round(sigma)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1))
    for y in range(-reach, reach + 1):
        for x in range(-reach, reach + 1):
            cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            along, across = x * cos + y * sin, y * cos - x * sin
            envelope = math.exp(-(along**2 + 0.25 * across**2) / (2 * sigma**2))
            kernel[y + reach, x + reach] = envelope * math.cos(2 * math.pi * along * 0.8 / sigma)
    return kernel - kernel.mean()


def cell_means_by_hand(response, top, left, height, width, n_rings, n_sectors):
    """Average over 8 x 8 points of each pixel, for those within the cells."""
    radius, middle_y, middle_x = min(height, width) / 2, top + height / 2, left + width / 2
    points = [[] for _ in range(n_rings * n_sectors)]
    for i in range(8 * response.shape[0]):
        for j in range(8 * response.shape[1]):
            dy, dx = (i + 0.5) / 8 - middle_y, (j + 0.5) / 8 - middle_x
            ring = int(math.hypot(dy, dx) / radius * n_rings)
            if ring < n_rings:
                sector = int(math.degrees(math.atan2(dy, dx)) % 360 / 360 * n_sectors)
                points[ring * n_sectors + sector].append(response[i // 8, j // 8])
    return [np.mean(cell) for cell in points]


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(0, 256, (82, 64), np.uint8)


def test_equals_the_formula(image):
    features = RadialGaborDescriptor(**SMALL).fit_transform(image[None])
    features = features.reshape(3, 3, 2, 3, 8)
    pixels = (image - image.mean()) / image.std()
    for scale, sigma in enumerate((2.5, 4.5)):
        for orientation, degrees in enumerate((0, 60, 120)):
            kernel = kernel_by_hand(sigma, degrees)
            response = cv2.filter2D(pixels, -1, kernel, borderType=cv2.BORDER_REPLICATE)
            response = (response - response.min()) / np.ptp(response)
            for row, column in [(0, 0), (1, 1), (2, 1)]:
                expected = cell_means_by_hand(
                    response, row * 20.5, column * 16, 41, 32, n_rings=2, n_sectors=4
                )
                found = features[row, column, scale, orientation]
                assert_allclose(found, expected, atol=2e-5)


def test_kernels_have_the_sizes_of_the_paper():
    kernels = radial_kernels((11, 20, 29), 8)
    assert kernels.shape == (3, 8, 29, 29)
    widths = [(kernel[0] != 0).any(axis=0).sum() for kernel in kernels]
    assert widths == [11, 19, 29]  # -sigma to sigma for 5, 9 and 14
    assert_allclose(kernels.sum(axis=(2, 3)), 0, atol=1e-12)


def test_kernels_scale_with_the_face():
    doubled = radial_kernels((11,), 1, scale=2.0)[0, 0]
    assert doubled.shape == (21, 21)
    expected = kernel_by_hand(10, 0)
    assert_allclose(doubled, expected / np.abs(expected).sum(), atol=1e-12)


def test_grid_has_no_empty_cell_and_takes_means():
    cells = _radial_cells((164, 127), 3, 5, 18)
    assert cells.shape == (25 * 90, 164 * 127)
    assert_allclose(cells.sum(axis=1), 1, rtol=1e-5)
    assert_allclose(_radial_cells((48, 48), 3, 5, 18).sum(axis=1), 1, rtol=1e-5)


def test_cells_share_the_disc():
    cells = _radial_cells((60, 60), 1, 3, 6)
    height, width = np.mgrid[:60, :60] + 0.5
    middle = np.stack([cells @ height.ravel(), cells @ width.ravel()], axis=1) - 30
    sector = np.arange(18) % 6
    assert_allclose(np.degrees(np.arctan2(*middle.T)) % 360, sector * 60 + 30, atol=2)
    assert (np.diff(np.hypot(*middle.T).reshape(3, 6), axis=0) > 0).all()


def test_grating_answers_to_its_own_orientation():
    _, x = np.mgrid[:164, :127]
    upright = np.sin(2 * np.pi * x / (9 / 0.8))
    radial = RadialGaborDescriptor().fit(upright[None])
    codes = radial.transform(upright[None]).reshape(5, 5, 3, 8, 90)
    assert codes[2, 2, 1].std(axis=1).argmax() == 0


@pytest.mark.parametrize("gain, offset", [(100, 0), (1, 1000), (1e-6, -5e-6)])
def test_gain_and_offset_do_not_matter(image, gain, offset):
    radial = RadialGaborDescriptor(**SMALL)
    assert_allclose(
        radial.fit_transform(gain * image[None].astype(float) + offset),
        radial.fit_transform(image[None]),
        atol=1e-3,
    )


def test_features_do_not_depend_on_the_resolution():
    small = cv2.GaussianBlur(np.random.default_rng(0).random((48, 48)), (0, 0), 2)
    large = _resize(small.astype(np.float32), (164, 127))
    radial = RadialGaborDescriptor()
    assert_allclose(radial.fit_transform(small[None]), radial.fit_transform(large[None]), atol=1e-3)


def test_codes_are_contiguous(image):
    radial = RadialGaborDescriptor().fit(image[None])
    names = radial.get_feature_names_out().reshape(-1, radial.code_size_)
    assert names.shape == (75, 720)
    for code, (row, column, scale) in zip(names, np.ndindex(5, 5, 3), strict=True):
        assert all(name.startswith(f"radial_r{row}_c{column}_s{scale}_") for name in code)
    assert names[0, 0] == "radial_r0_c0_s0_o0_k0_a0"
    assert names[0, 109] == "radial_r0_c0_s0_o1_k1_a1"


def test_feature_names_follow_the_features():
    image = np.zeros((82, 64))
    image[50:, 42:] = np.random.default_rng(0).random((32, 22))
    radial = RadialGaborDescriptor(**SMALL).fit(image[None])
    names, features = radial.get_feature_names_out(), radial.transform(image[None])[0]
    spread = features.reshape(9, -1).std(axis=1)
    assert names.reshape(9, -1)[spread.argmax(), 0].startswith("radial_r2_c2_")


def test_one_region_is_the_face(image):
    radial = RadialGaborDescriptor(**SMALL | {"n_divisions": 1}).fit(image[None])
    assert radial.transform(image[None]).shape == (1, 48)


@pytest.mark.parametrize(
    "parameters",
    [{"working_shape": (0, 4)}, {"working_shape": (4,)}]
    + [{"window_sizes": ()}, {"window_sizes": (11, 0)}],
)
def test_refuses_empty_shapes_and_scales(parameters, image):
    with pytest.raises(ValueError, match=f"{next(iter(parameters))}=.*expected"):
        RadialGaborDescriptor(**parameters).fit(image[None])
