"""The warps of each batch: RandomAffine and EyeJitter, and the functions on the device below."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.utils._param_validation import InvalidParameterError

from skfer.alignment import LOPES_CROP, FaceAligner
from skfer.alignment._geometry import template_eyes, warp_affine
from skfer.augmentation import EyeJitter, EyeJitterSampler, RandomAffine
from skfer.augmentation._eye_jitter import jitter_transforms
from skfer.augmentation._warps import mirror_half, random_affine, sample_affine, vary_brightness
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2

SIZE = (48, 60)


def draw(n=4000, seed=0, shape=SIZE, output=SIZE, rotation=0.0, translation=0.0, scaling=0.0):
    generator = torch.Generator().manual_seed(seed)
    images = torch.empty(n, 1, *shape)
    return random_affine(images, output, rotation, translation, scaling, generator)


def test_deviations_are_those_asked_for():
    angle = torch.rad2deg(torch.atan2(*draw(rotation=5.0)[:, :, 0].T.flip(0)))
    assert float(angle.std()) == pytest.approx(5.0, rel=0.05)
    shift = draw(translation=0.03)[:, :, 2] / torch.tensor(SIZE[::-1])
    assert shift.std(dim=0).numpy() == pytest.approx([0.03] * 2, rel=0.05)
    scale = draw(scaling=0.05)[:, 0, 0]
    assert float(scale.std()) == pytest.approx(0.05, rel=0.05)


def test_half_are_mirrored_about_the_middle():
    generator = torch.Generator().manual_seed(0)
    still = torch.eye(2, 3, dtype=torch.float64).expand(4000, 2, 3)
    mirrored = mirror_half(still, 10, generator)
    share = (mirrored[:, 0, 0] < 0).float().mean()
    assert float(share) == pytest.approx(0.5, abs=0.03)
    images = torch.rand(4000, 1, 8, 10)
    warped = sample_affine(images, mirrored, (8, 10))
    expected = torch.where((mirrored[:, 0, 0] < 0)[:, None, None, None], images.flip(3), images)
    torch.testing.assert_close(warped, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize(("size", "output"), [((30, 30), (30, 30)), ((40, 60), (30, 44))])
def test_both_warps_follow_one_convention(size, output):
    rng = np.random.default_rng(0)
    image = cv2.GaussianBlur(rng.random(size, np.float32), (0, 0), 2)
    transforms = draw(6, 0, size, output, rotation=8.0, translation=0.04)
    transforms = mirror_half(transforms, output[1], torch.Generator().manual_seed(0))
    transforms *= torch.linspace(1.0, 1.2, 6)[:, None, None]  # shrinking would average areas
    images = torch.from_numpy(image).expand(6, 1, *size)
    warped = sample_affine(images, transforms, output)[:, 0].numpy()
    for ours, transform in zip(warped, transforms.numpy(), strict=True):
        np.testing.assert_allclose(ours, warp_affine(image, transform, output), atol=2e-3)


@pytest.mark.parametrize("warp", [RandomAffine(brightness=0.1), EyeJitter(brightness=0.1)])
def test_seed_decides_and_the_object_stays(warp):
    images, parameters = torch.rand(5, 1, 30, 30), warp.get_params()

    def run(seed):
        generator = torch.Generator().manual_seed(seed)
        return clone(warp)(images, (24, 24), generator=generator, random_state=seed)

    assert torch.equal(run(1), run(1))
    assert not torch.equal(run(1), run(2))
    assert warp.get_params() == parameters


@pytest.mark.parametrize(
    "warp", [RandomAffine(0.0, 0.0, 0.0, flip=False), EyeJitter(0.0, flip=False)]
)
def test_without_deviations_the_centre_is_cropped(warp):
    images = torch.rand(3, 1, 30, 34)
    cropped = warp(images, (24, 24), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(cropped, images[:, :, 3:27, 5:29], atol=1e-5, rtol=0)


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
    images = torch.from_numpy(aligned["image"]).float()[:, None]
    warp, generator = EyeJitter(sigma, flip=False), torch.Generator()
    arguments = {"generator": generator, "random_state": 3, "eyes": aligned["eyes"]}
    warped = warp(images, (48, 48), **arguments)[:, 0].numpy()
    still = FaceAligner((48, 48)).fit_transform(faces)["image"].astype(float)
    # What is left is interpolation, of the photograph there and of the aligned face here.
    assert np.abs(warped - expected).mean() < 0.2 * np.abs(still - expected).mean()


@pytest.mark.parametrize("roll", [0.0, 20.0])
def test_noise_of_nought_changes_nothing(roll):
    eyes = np.array([[[10.0, 20.0], [40.0, 20.0 + roll]]])
    transform = jitter_transforms(eyes, (60, 50), (40, 30), sigma=0)[0]
    np.testing.assert_allclose(transform, [[1, 0, -10], [0, 1, -10]], atol=1e-6)


def test_noise_has_the_deviation_asked_for():
    # Translation across the crop, in eye distances, is the mean of two independent draws.
    eyes = template_eyes((48, 48))[None].repeat(4000, axis=0)
    transforms = jitter_transforms(eyes, (48, 48), (48, 48), sigma=0.1, random_state=0)
    linear, shift = transforms[:, :, :2], transforms[:, :, 2:]
    middle = eyes.mean(axis=1)[:, :, None]
    # The middle between the jittered eyes is what arrives where the middle between the eyes was.
    moved = (np.linalg.inv(linear) @ (middle - shift) - middle)[:, 0, 0]
    in_eye_distances = moved / 48 * LOPES_CROP[0] / 2
    assert in_eye_distances.std() == pytest.approx(0.1 * 0.9866 / np.sqrt(2), rel=0.05)


def test_brightness_is_one_factor_per_image():
    generator = torch.Generator().manual_seed(0)
    images = torch.rand(4000, 1, 2, 2) + 1
    factors = (vary_brightness(images, 0.1, generator) / images).flatten(1)
    torch.testing.assert_close(factors[:, :1].expand(-1, 4), factors)
    assert factors[:, 0].std().item() == pytest.approx(0.1, rel=0.05)
    assert factors[:, 0].mean().item() == pytest.approx(1, abs=0.01)


def test_noise_that_could_exchange_the_eyes_is_refused():
    with pytest.raises(InvalidParameterError, match=r"\[0.0, 0.1666"):
        EyeJitter(1 / 6)._validate_params()
