import numpy as np
import pytest
import torch

from skfer.classifiers import random_affine, warp_images
from skfer.utils._opencv import cv2


def draw(n=4000, seed=0, **changes):
    still = {"rotation": 0.0, "translation": 0.0, "scaling": 0.0, "flip": False}
    generator = torch.Generator().manual_seed(seed)
    return random_affine(n, generator=generator, **{**still, **changes})


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
    warped = warp_images(
        torch.from_numpy(image)[None, None], torch.from_numpy(transform)[None], output
    )
    np.testing.assert_allclose(warped[0, 0].numpy(), expected, atol=2e-3)


def test_seed_decides():
    assert torch.equal(draw(rotation=5.0, seed=1), draw(rotation=5.0, seed=1))
    assert not torch.equal(draw(rotation=5.0, seed=1), draw(rotation=5.0, seed=2))
