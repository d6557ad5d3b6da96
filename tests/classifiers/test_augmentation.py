import numpy as np
import pytest
import torch

from skfer.alignment import LOPES_CROP, FaceAligner, eye_transforms
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import (
    eye_jitter_affine,
    mirror_half,
    random_affine,
    sample_affine,
    vary_brightness,
)
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2


def draw(n=4000, seed=0, flip=False, **changes):
    still = {"rotation": 0.0, "translation": 0.0, "scaling": 0.0}
    generator = torch.Generator().manual_seed(seed)
    transforms = random_affine(n, generator=generator, **{**still, **changes})
    return mirror_half(transforms, generator=generator) if flip else transforms


def test_deviations_are_those_asked_for():
    angle = torch.rad2deg(torch.atan2(*draw(rotation=5.0)[:, :, 0].T.flip(0)))
    assert float(angle.std()) == pytest.approx(5.0, rel=0.05)
    assert draw(translation=0.03)[:, :, 2].std(dim=0).numpy() == pytest.approx([0.03] * 2, rel=0.05)
    scale = 1 / draw(scaling=0.05)[:, 0, 0]
    assert float(scale.std()) == pytest.approx(0.05, rel=0.05)
    assert float((draw(flip=True)[:, 0, 0] < 0).float().mean()) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("size", "output"), [((30, 30), (30, 30)), ((40, 60), (30, 44))])
def test_warp_equals_opencv(size, output):
    # The same transform written for OpenCV, in pixels: both ways of one geometry agree.
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.random(size, np.float32), (0, 0), 2)
    transform = draw(n=1, rotation=8.0, translation=0.04, scaling=0.1, flip=True)[0].numpy()
    linear, shift = transform[:, :2], transform[:, 2] * [output[1], output[0]]
    centre_out = (np.array([output[1], output[0]]) - 1) / 2
    centre_in = (np.array([size[1], size[0]]) - 1) / 2
    inverse = np.column_stack([linear, centre_in + shift - linear @ centre_out])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(
        image, inverse, output[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    warped = sample_affine(
        torch.from_numpy(image)[None, None], torch.from_numpy(transform)[None], output
    )
    np.testing.assert_allclose(warped[0, 0].numpy(), expected, atol=2e-3)


def test_seed_decides():
    assert torch.equal(draw(rotation=5.0, seed=1), draw(rotation=5.0, seed=1))
    assert not torch.equal(draw(rotation=5.0, seed=1), draw(rotation=5.0, seed=2))


def photographs(n_faces=3):
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (n_faces, 240, 200), np.uint8)
    pictures = np.stack([cv2.GaussianBlur(picture, (0, 0), 9) for picture in pictures])
    pictures = cv2.normalize(pictures, None, 0, 255, cv2.NORM_MINMAX)
    eyes = np.array([[70.0, 100.0], [130.0, 100.0]]) + rng.normal(0, 0.5, (n_faces, 1, 2))
    return make_face_array(pictures, eyes)


def test_noise_on_the_eyes_is_that_of_sampler_and_aligner():
    # Level eyes, and the same seed: sampler and device then draw the same noise.
    faces, sigma = photographs(), 0.05
    jittered, _ = EyeJitterSampler(1, sigma=sigma, random_state=3).fit_resample(faces, [0, 1, 0])
    expected = FaceAligner((48, 48)).fit_transform(jittered)["image"][len(faces) :]
    aligned = FaceAligner((48, 48), margin=0.25).fit_transform(faces)
    shape = aligned["image"].shape[1:]
    transforms = eye_jitter_affine(
        aligned["eyes"], shape, (48, 48), sigma=sigma, random_state=np.random.RandomState(3)
    )
    images = torch.from_numpy(aligned["image"]).float()[:, None]
    warped = sample_affine(images, transforms, (48, 48))[:, 0].numpy()
    still = FaceAligner((48, 48)).fit_transform(faces)["image"].astype(float)
    # What is left is interpolation, of the photograph there and of the aligned face here.
    assert np.abs(warped - expected).mean() < 0.2 * np.abs(still - expected).mean()


@pytest.mark.parametrize("roll", [0.0, 20.0])
def test_noise_of_nought_changes_nothing(roll):
    eyes = np.array([[[10.0, 20.0], [40.0, 20.0 + roll]]])
    transform = eye_jitter_affine(eyes, (60, 50), (40, 30), sigma=0)[0].numpy()
    np.testing.assert_allclose(transform, np.eye(2, 3), atol=1e-6)


def test_noise_has_the_deviation_asked_for():
    # Translation across the crop, in eye distances, is the mean of two independent draws.
    width = LOPES_CROP[0] / 2
    transform = eye_transforms([[[0.0, 0.0], [1.0, 0.0]]], (48, 48))
    eyes = np.einsum("nij,nkj->nki", transform[:, :, :2], [[[0.0, 0.0], [1.0, 0.0]]])
    eyes = np.repeat(eyes + transform[:, None, :, 2], 4000, axis=0)
    shifts = eye_jitter_affine(eyes, (48, 48), (48, 48), sigma=0.1, random_state=0)
    places = shifts[:, :, :2].numpy() @ (eyes[0].mean(axis=0) - 23.5)
    moved = (places + shifts[:, :, 2].numpy() * 48 - (eyes[0].mean(axis=0) - 23.5)) / 48 * width
    assert moved[:, 0].std() == pytest.approx(0.1 * 0.9866 / np.sqrt(2), rel=0.05)


def test_brightness_is_one_factor_an_image():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(4000, 1, 2, 2) + 1
    factors = (vary_brightness(images, 0.1, generator=generator) / images).flatten(1)
    torch.testing.assert_close(factors[:, :1].expand(-1, 4), factors)
    assert factors[:, 0].std().item() == pytest.approx(0.1, rel=0.05)
    assert factors[:, 0].mean().item() == pytest.approx(1, abs=0.01)
