import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skfer.descriptors import LBPDescriptor
from skfer.descriptors._lbp import local_binary_patterns


def pattern_by_hand(image, y, x, radius):
    """Say which neighbours are at least as bright, from the right and counterclockwise."""
    bits = []
    for angle in np.pi / 4 * np.arange(8):
        row, column = y - radius * np.sin(angle), x + radius * np.cos(angle)
        row, column = round(row, 5), round(column, 5)
        value = 0.0
        for i in (int(np.floor(row)), int(np.floor(row)) + 1):
            for j in (int(np.floor(column)), int(np.floor(column)) + 1):
                weight = max(0, 1 - abs(row - i)) * max(0, 1 - abs(column - j))
                inside = min(max(i, 0), len(image) - 1), min(max(j, 0), image.shape[1] - 1)
                value += weight * image[inside]
        bits.append(bool(value >= image[y, x] - 1e-9))
    return bits


def label_by_hand(bits):
    if sum(bits) in (0, 8):
        return 57 if all(bits) else 0
    starts = [i for i in range(8) if bits[i] and not bits[i - 1]]
    return 1 + 8 * (sum(bits) - 1) + (8 - starts[0]) % 8 if len(starts) == 1 else 58


def labels_by_hand(image, radius):
    image = image.astype(float)
    return np.array(
        [
            [label_by_hand(pattern_by_hand(image, y, x, radius)) for x in range(image.shape[1])]
            for y in range(image.shape[0])
        ]
    )


def images(kind, shape=(20, 13), n_images=3):
    rng = np.random.default_rng(0)
    if kind == "float":
        return rng.normal(size=(n_images, *shape))
    return rng.integers(0, {"uint8": 256, "flat": 6}[kind], (n_images, *shape), np.uint8)


@pytest.mark.parametrize("radius", [1, 1.5, 2, 2.7, 3])
@pytest.mark.parametrize("kind", ["uint8", "flat", "float"])
def test_labels_equal_those_by_hand(kind, radius):
    stack = images(kind)
    expected = [labels_by_hand(image, radius) for image in stack]
    assert_array_equal(local_binary_patterns(stack, radius), expected)


@pytest.mark.parametrize("radius", [1, 2, 3])
@pytest.mark.parametrize("kind", ["uint8", "float"])
def test_labels_equal_those_of_scikit_image_inside(kind, radius):
    feature = pytest.importorskip("skimage.feature")
    stack = images(kind, (48, 48), 20)
    expected = [
        feature.local_binary_pattern(
            # It warns of float images, because they may have ties within rounding.
            image if kind == "uint8" else (1e9 * image).astype(np.int64),
            8,
            radius,
            "nri_uniform",
        )
        for image in stack
    ]
    inside = np.s_[:, radius:-radius, radius:-radius]
    assert_array_equal(local_binary_patterns(stack, radius)[inside], np.array(expected)[inside])


def test_all_labels_occur_and_each_pattern_has_one():
    noise = np.random.default_rng(0).random((1, 300, 300))
    assert_array_equal(np.unique(local_binary_patterns(noise, 2)), np.arange(59))


def test_histograms_count_the_labels_of_their_regions():
    stack = images("uint8", (21, 12))
    features = LBPDescriptor().fit_transform(stack).reshape(3, 7, 6, 59)
    labels = local_binary_patterns(stack, 2).reshape(3, 7, 3, 6, 2)
    expected = (labels[..., None] == np.arange(59)).mean(axis=(2, 4))
    assert_allclose(features, expected, rtol=1e-6)


def test_regions_share_out_all_pixels():
    features = LBPDescriptor().fit_transform(images("uint8", (48, 48))).reshape(3, 42, 59)
    assert_allclose(features.sum(axis=2), 1, rtol=1e-5)


def test_region_without_a_pixel_is_empty():
    features = LBPDescriptor().fit_transform(images("uint8", (4, 4))).reshape(3, 42, 59)
    assert_allclose(np.sort(features.sum(axis=2)), [[0] * 26 + [1] * 16] * 3)


def test_constant_image_has_all_bits_set():
    for value in (0, 1, 7, 0.1, 1 / 3, -0.3, 255):
        assert (local_binary_patterns(np.full((1, 9, 8), value), 2) == 57).all()


def test_gain_and_offset_do_not_matter():
    stack = images("uint8")
    lbp = LBPDescriptor(radius=1).fit(stack)
    assert_array_equal(lbp.transform(stack * 0.5 + 3), lbp.transform(stack))


def test_more_images_than_a_block():
    stack = images("uint8", (5, 4), 4000)
    lbp = LBPDescriptor(n_rows=2, n_columns=2).fit(stack)
    expected = np.concatenate([lbp.transform(stack[:7]), lbp.transform(stack[7:])])
    assert_array_equal(lbp.transform(stack), expected)


def test_region_weights_are_factors():
    stack = images("uint8", (48, 48))
    plain = LBPDescriptor().fit_transform(stack).reshape(3, 7, 6, 59)
    weighted = LBPDescriptor(region_weights="shan").fit_transform(stack).reshape(3, 7, 6, 59)
    assert_allclose(weighted[:, 2, 1], 4 * plain[:, 2, 1])
    assert not weighted[:, 0, 0].any()
    own = LBPDescriptor(n_rows=1, n_columns=2, region_weights=[[0.5, 2]]).fit_transform(stack)
    assert_allclose(own.reshape(3, 2, 59).sum(axis=2), [[0.5, 2]] * 3, rtol=1e-5)


def test_feature_names_follow_the_features():
    image = np.random.default_rng(0).random((21, 12))
    image[3:9, 2:8] = 0.5  # regions 1 and 2 down, 1 to 3 across, without their border
    lbp = LBPDescriptor(radius=1).fit(image[None])
    features = dict(zip(lbp.get_feature_names_out(), lbp.transform(image[None])[0], strict=True))
    assert len(features) == 7 * 6 * 59
    flat = {name: value for name, value in features.items() if name.endswith("_p57")}
    assert max(flat, key=flat.get) in ("lbp_r1_c2_p57", "lbp_r2_c2_p57")


@pytest.mark.parametrize(
    "parameters, message",
    [
        ({"region_weights": "shan", "n_rows": 5}, r"'shan' has shape \(7, 6\).*\(5, 6\)"),
        ({"region_weights": np.ones((6, 7))}, r"region_weights has shape \(6, 7\).*\(7, 6\)"),
        ({"region_weights": -np.ones((7, 6))}, "not negative"),
        ({"region_weights": np.full((7, 6), np.nan)}, "finite"),
    ],
)
def test_refuses_bad_region_weights(parameters, message):
    with pytest.raises(ValueError, match=message):
        LBPDescriptor(**parameters).fit(images("uint8"))
