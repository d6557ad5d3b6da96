import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skfer.descriptors import PHOGDescriptor, PHOGTOPDescriptor

WHOLE = {"all": (0, 1, 0, 1)}


def phog_with_scikit_image(plane, n_orientations=20, angle=360, n_levels=3):
    """Histograms of all pixels; scikit-image's gradients, cells and bins one by one."""
    sobel = pytest.importorskip("skimage.filters").sobel
    plane = plane.astype(float)
    down, across = sobel(plane, axis=0, mode="nearest"), sobel(plane, axis=1, mode="nearest")
    degrees = (np.degrees(np.arctan2(down, across)) + 1e-3) % angle
    row, column = np.indices(plane.shape)
    features = []
    for level in range(n_levels):
        for r, c in np.ndindex(2**level, 2**level):
            inside = row * 2**level // plane.shape[0] == r
            inside &= column * 2**level // plane.shape[1] == c
            counts, _ = np.histogram(
                degrees[inside], n_orientations, (0, angle), weights=np.hypot(down, across)[inside]
            )
            features.append(counts)
    features = np.concatenate(features)
    return features / features.sum()


@pytest.fixture
def frames():
    return np.random.default_rng(0).integers(0, 256, (7, 13, 11), np.uint8)


@pytest.mark.parametrize(
    "parameters", [{}, {"angle": 180}, {"n_orientations": 9}, {"n_levels": 1}, {"n_levels": 2}]
)
def test_equals_scikit_image_plane_by_plane(frames, parameters):
    regions = {"top": (0, 0.5, 0, 1), "corner": (0.4, 1, 0.25, 0.9)}
    descriptor = PHOGTOPDescriptor(regions=regions, edges=False, **parameters)
    expected = []
    for block in (frames[:, 0:6], frames[:, 5:13, 3:10]):
        for axis in range(3):
            planes = [np.take(block, index, axis) for index in range(block.shape[axis])]
            expected.append(
                np.mean([phog_with_scikit_image(plane, **parameters) for plane in planes], axis=0)
            )
    assert_allclose(descriptor.fit_transform([frames])[0], np.concatenate(expected), atol=1e-6)


@pytest.mark.parametrize("angle", [180, 360])
def test_is_the_mean_of_the_phog_of_each_plane_with_edges(frames, angle):
    phog = PHOGDescriptor(angle=angle)
    planes = [frames, frames.transpose(1, 0, 2), frames.transpose(2, 0, 1)]
    expected = [phog.fit_transform(list(kind)).mean(axis=0) for kind in planes]
    features = PHOGTOPDescriptor(regions=WHOLE, angle=angle).fit_transform([frames])[0]
    assert_allclose(features, np.concatenate(expected), atol=1e-6)


@pytest.mark.parametrize("velocity, degrees", [(0, 0), (1, 315), (-1, 45)])
def test_the_xt_plane_tells_velocity(velocity, degrees):
    """A brightness of x - v t has the gradient (1, -v) over x and t."""
    t, _, x = np.mgrid[:16, :16, :16]
    descriptor = PHOGTOPDescriptor(regions=WHOLE, n_orientations=8, n_levels=1, edges=False)
    features = descriptor.fit_transform([x - velocity * t + 100.0])[0].reshape(3, 8)
    assert features[1].argmax() == degrees // 45
    assert features[0].argmax() == 0  # each frame shows brightness along x
    assert not features[2].any() if velocity == 0 else features[2].argmax() == (6, 2)[velocity < 0]


def test_the_levels_of_a_temporal_plane_cut_the_time(frames):
    frames = frames.repeat(2, axis=0)[:12]
    frames[:9] = frames[0]  # nothing but the last quarter moves
    descriptor = PHOGTOPDescriptor(regions=WHOLE, edges=False, n_orientations=4).fit([frames])
    names, features = descriptor.get_feature_names_out(), descriptor.transform([frames])[0]
    moving = [
        sum(
            value
            for name, value in zip(names, features, strict=True)
            if f"_xt_l2_r{row}" in name and name.endswith(("o1", "o3"))
        )
        for row in range(4)
    ]
    assert moving[3] > 3 * max(moving[:2])


def test_feature_names_follow_the_features():
    frames = np.zeros((8, 48, 48))
    frames[:, 36:, :12] = np.arange(12)  # the mouth, on the left
    descriptor = PHOGTOPDescriptor(edges=False).fit([frames])
    names, features = descriptor.get_feature_names_out(), descriptor.transform([frames])[0]
    assert names.shape == features.shape == (4 * 3 * 420,)
    told = {name for name, value in zip(names, features, strict=True) if value > 0.01}
    assert {name.split("_")[1] for name in told} == {"mouth"}
    assert "phogtop_mouth_xt_l2_r3_c0_o0" in told
    assert not any(name.startswith("phogtop_mouth_xy_l2_r3_c3") for name in told)


def test_regions_have_a_pixel_at_least():
    frames = np.random.default_rng(0).random((5, 2, 6))
    features = PHOGTOPDescriptor(edges=False).fit_transform([frames])
    assert_allclose(features.reshape(12, 420).sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(
    "regions, problem",
    [
        ({}, "regions is empty"),
        ({"chin": (0.8, 0.8, 0, 1)}, "The region 'chin' is"),
        ({"chin": (0.8, 1.2, 0, 1)}, "fractions of the height"),
        ({"chin": (0.8, 1.0)}, "expected"),
    ],
)
def test_refuses_regions_without_area(frames, regions, problem):
    with pytest.raises(ValueError, match=problem):
        PHOGTOPDescriptor(regions=regions).fit([frames])


def test_gain_and_offset_do_not_matter(frames):
    descriptor = PHOGTOPDescriptor()
    assert_allclose(
        descriptor.fit_transform([frames * 0.01 + 5.0]),
        descriptor.fit_transform([frames]),
        atol=1e-6,
    )


def test_a_still_sequence_has_the_phog_of_its_frame(frames):
    still = frames[:1].repeat(5, axis=0)
    descriptor = PHOGTOPDescriptor(regions=WHOLE)
    features = descriptor.fit_transform([still])[0].reshape(3, 420)
    assert_allclose(features[0], PHOGDescriptor().fit_transform(still)[0], atol=1e-6)
    up_and_down = features[1][:20]  # of the XT planes nothing changes downwards, over time
    assert_array_equal(np.flatnonzero(up_and_down > 1e-6), [0, 10])
