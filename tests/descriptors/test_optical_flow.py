import numpy as np
import pytest
from numpy.testing import assert_allclose

from skfer.descriptors import OpticalFlowDescriptor
from skfer.descriptors._optical_flow import dense_flow, flow_histograms
from skfer.utils._opencv import cv2


@pytest.fixture(scope="module")
def texture():
    noise = np.random.default_rng(0).random((200, 200))
    return cv2.GaussianBlur(noise, None, 2.0)


def moving(texture, velocity, n_frames=5, shape=(48, 48)):
    """Cut frames in which the texture moves by so many pixels per frame."""
    frames = []
    for time in range(n_frames):
        centre = tuple(100.0 - time * part for part in velocity)
        frames.append(cv2.getRectSubPix(texture.astype(np.float32), shape[::-1], centre))
    return np.stack(frames)


@pytest.mark.parametrize("direction", range(8))
@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_sees_direction_and_magnitude_of_a_moving_texture(texture, direction, speed):
    angle = 2 * np.pi * direction / 8
    frames = moving(texture, (speed * np.cos(angle), speed * np.sin(angle)))
    descriptor = OpticalFlowDescriptor(n_rows=3, n_columns=3, n_segments=2)
    histograms = descriptor.fit_transform([frames]).reshape(2, 3, 3, 8)
    middle = histograms[:, 1, 1]
    assert (middle.argmax(axis=1) == direction).all()
    assert_allclose(middle.sum(axis=1), speed, rtol=0.1)
    assert (middle[:, direction] > 0.85 * speed).all()


def test_from_the_first_frame_the_movement_grows(texture):
    descriptor = OpticalFlowDescriptor(reference="first", n_rows=3, n_columns=3)
    frames = moving(texture, (1, 0))
    histograms = descriptor.fit_transform([frames]).reshape(4, 3, 3, 8)
    assert_allclose(histograms[:, 1, 1, 0], [1, 2, 3, 4], rtol=0.1)


def test_agrees_with_scikit_image(texture):
    """The flow of Lucas and Kanade, another algorithm of another package."""
    registration = pytest.importorskip("skimage.registration")
    y, x = np.mgrid[:64, :64].astype(np.float32)
    there = texture[60:124, 60:124].astype(np.float32)
    across, down = 1.5 * np.sin(y / 20), np.cos(x / 25)
    here = cv2.remap(there, x + across, y + down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    theirs = np.stack(registration.optical_flow_ilk(here, there, radius=5)[::-1], axis=-1)
    (ours,) = dense_flow(np.stack([here, there]), from_first=True)
    inside = slice(10, -10), slice(10, -10)
    assert np.abs(ours - theirs)[inside].mean() < 0.15
    assert_allclose(
        flow_histograms(ours[inside], (2, 2), 8),
        flow_histograms(theirs[inside], (2, 2), 8),
        atol=0.2,
    )


def test_histograms_equal_a_loop():
    flow = np.random.default_rng(0).normal(0, 2, (7, 5, 2))
    expected = np.zeros((3, 2, 6))
    counts = np.zeros((3, 2))
    for y, x in np.ndindex(7, 5):
        across, down = flow[y, x]
        position = np.degrees(np.arctan2(down, across)) % 360 / 60
        cell = y * 3 // 7, x * 2 // 5
        near = int(position)
        length = np.hypot(across, down)
        expected[(*cell, near % 6)] += length * (1 - (position - near))
        expected[(*cell, (near + 1) % 6)] += length * (position - near)
        counts[cell] += 1
    assert_allclose(flow_histograms(flow, (3, 2), 6), expected / counts[..., None], atol=1e-9)


def test_only_what_moves_is_told(texture):
    still = texture[:48, :48]
    frames = np.stack([still, still.copy()])
    frames[1, 24:, 24:] = texture[23:47, 24:48]  # the lower right goes down by a pixel
    descriptor = OpticalFlowDescriptor(n_rows=2, n_columns=2, n_segments=1).fit([frames])
    names = descriptor.get_feature_names_out()
    features = dict(zip(names, descriptor.transform([frames])[0], strict=True))
    assert max(features, key=features.get) == "flow_t0_r1_c1_o2"
    assert features["flow_t0_r1_c1_o2"] > 0.6
    assert sum(features[f"flow_t0_r0_c0_o{o}"] for o in range(8)) < 0.1


@pytest.mark.parametrize("n_frames, filled", [(1, []), (2, [0, 1, 2, 3]), (4, [0, 1, 2, 3])])
def test_parts_of_the_time_without_a_pair_repeat_the_nearest(texture, n_frames, filled):
    frames = moving(texture, (1, 0), n_frames)
    histograms = OpticalFlowDescriptor().fit_transform([frames]).reshape(4, -1)
    assert np.flatnonzero(histograms.any(axis=1)).tolist() == filled


def test_gain_and_offset_do_not_matter(texture):
    frames = moving(texture, (1, 0))
    descriptor = OpticalFlowDescriptor()
    expected = descriptor.fit_transform([frames])
    assert_allclose(descriptor.fit_transform([frames * 1e6 - 300]), expected, atol=1e-3)
    assert expected.any()
