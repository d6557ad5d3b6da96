from pathlib import Path

import numpy as np
import pytest

from benchmarks.evaluate_landmarks import CONDITIONS, eye_errors
from benchmarks.landmark_data import (
    POINTS,
    Portrait,
    degrade,
    load_portraits,
    mirror,
    shrink_to_crop,
)
from benchmarks.train_landmarks import train
from skfer.utils._opencv import cv2

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def dots():
    """A picture with a bright dot at each point."""
    angles = np.linspace(0, 2 * np.pi, len(POINTS), endpoint=False)
    points = np.column_stack([100 + 60 * np.cos(angles), 110 + 70 * np.sin(angles)])
    points[:2] = [[70, 80], [130, 80]]
    image = np.full((220, 200), 60, np.uint8)
    for x, y in points:
        cv2.circle(image, (round(x), round(y)), 4, 255, -1)
    return Portrait(image, points, np.array([20.0, 20.0, 160.0, 160.0]), "dots")


def values_at(portrait, index=slice(None)):
    x, y = portrait.points[index].round().astype(int).T
    return portrait.image[y, x]


def test_each_point_has_a_mirror_image_that_has_it_in_turn():
    assert all((other, own) in POINTS.values() for own, other in POINTS.values())


def test_points_go_where_the_picture_goes(dots):
    mirrored = mirror(dots)
    assert (values_at(mirrored) > 200).all()
    assert mirrored.points[0, 0] < mirrored.points[1, 0]  # the left eye is on the left again
    np.testing.assert_allclose(mirror(mirrored).points, dots.points)
    small = shrink_to_crop(dots, None)
    assert small.image.shape == (48, 48)
    np.testing.assert_allclose(np.linalg.norm(small.points[1] - small.points[0]), 20)
    assert (values_at(small, slice(0, 2)) > small.image.mean()).all()


def test_worse_copies_keep_picture_and_points_together(dots):
    rng = np.random.default_rng(0)
    for _ in range(20):
        worse = degrade(dots, rng)
        scale = worse.image.shape[0] / 220
        np.testing.assert_allclose(worse.points, (dots.points + 0.5) * scale - 0.5, atol=0.5)
        np.testing.assert_allclose(worse.box, dots.box * scale, rtol=0.05)


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the open portraits are not beside the project")
def test_eyes_of_unseen_people():
    portraits = load_portraits(DATA)
    unseen = portraits[::6]
    subjects = {portrait.subject for portrait in unseen}
    seen = [portrait for portrait in portraits if portrait.subject not in subjects]
    model = train(seen, n_perturbations=4)
    rng = np.random.default_rng(0)
    for change in CONDITIONS.values():
        errors = eye_errors(model, [change(portrait, rng) for portrait in unseen])
        assert np.median(errors) < 0.02
        assert np.mean(errors < 0.1) >= 0.97
