"""Eyes that cannot be those of a picture are refused by name; all others are taken."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.alignment import FaceAligner
from skfer.alignment._geometry import check_eyes, check_in_picture
from skfer.augmentation import EyeJitter, EyeJitterSampler
from skfer.classifiers import NetworkClassifier
from skfer.faces import make_face_array
from skfer.networks import Plain5Net

FUZZ = settings(max_examples=100, deadline=None, derandomize=True, database=None)
HEIGHT, WIDTH = 90, 120
RIGHT = np.array([[40.0, 40.0], [80.0, 44.0]])
WRONG = [
    ("are unknown", [[np.nan, 40], [80, 44]]),
    ("are unknown", [[40, 40], [np.inf, 44]]),
    ("are in the wrong order .that on the left of the picture comes first", RIGHT[::-1]),
    ("are less than 2 pixels apart", RIGHT / (WIDTH, HEIGHT)),
    ("are less than 2 pixels apart", [RIGHT[0], RIGHT[0]]),
]
OUTSIDE = [
    RIGHT + (80, 0),
    RIGHT - (80, 0),
    RIGHT + (0, 80),
    RIGHT * 3,
    RIGHT * (1, 3),
    RIGHT * 100,
]


def faces_with(eyes):
    return make_face_array(
        np.zeros((3, HEIGHT, WIDTH), np.uint8), [RIGHT, RIGHT, eyes], ["a", "b", "c"]
    )


def align(faces):
    return FaceAligner().fit_transform(faces)


def align_without_turning(faces):
    return FaceAligner(rotate=False).fit_transform(faces)


def turn(faces):
    return FaceAligner(crop=None).fit_transform(faces)


def sample(faces):
    return EyeJitterSampler(1).fit_resample(faces, ["happy", "sad", "sad"])


def train(faces):
    NetworkClassifier(Plain5Net, augmentation=EyeJitter(), device="cpu").fit(
        faces, ["happy", "sad", "sad"]
    )


@pytest.mark.parametrize(("problem", "eyes"), WRONG)
@pytest.mark.parametrize("use", [align, align_without_turning, turn, sample, train])
def test_what_cannot_be_eyes_is_refused_by_name(use, problem, eyes):
    advice = r"locate them with an EyeLocator, .*FaceAligner\(rotate=False, crop=None\)"
    with pytest.raises(ValueError, match=f"The eyes of 1 faces {problem}.*: Sample 2.*{advice}"):
        use(faces_with(eyes))


@pytest.mark.parametrize("eyes", OUTSIDE)
@pytest.mark.parametrize("use", [align, align_without_turning, turn])
def test_eyes_of_another_picture_are_refused_by_name(use, eyes):
    with pytest.raises(ValueError, match="lie outside the picture of 120 x 90 pixels: Sample 2"):
        use(faces_with(eyes))


def test_the_file_is_named(tmp_path):
    path = tmp_path / "a.pgm"
    path.write_bytes(b"P5 120 90 255\n" + bytes(90 * 120))
    for eyes in (RIGHT[::-1], RIGHT + 80):
        with pytest.raises(ValueError, match=r"Sample 0 \('.*a\.pgm'\)"):
            align(make_face_array([path], [eyes]))


def test_where_no_eyes_are_needed_none_are_checked():
    faces = faces_with(RIGHT[::-1])
    assert len(FaceAligner(crop=None, rotate=False).fit_transform(faces)) == 3


def turned(degrees, distance=40.0, centre=(60.0, 45.0)):
    roll = math.radians(degrees)
    half = np.array([math.cos(roll), math.sin(roll)]) * distance / 2
    return np.stack([centre - half, centre + half])


@pytest.mark.filterwarnings("ignore:Faces are turned")
@FUZZ
@given(st.floats(-180, 180), st.floats(0.01, 60), st.floats(-60, 180), st.floats(-60, 150))
def test_any_eyes_are_taken_as_they_are_or_refused(degrees, distance, x, y):
    eyes = turned(degrees, distance, np.array([x, y]))
    beyond = np.maximum(-eyes, eyes - (WIDTH - 1, HEIGHT - 1)).max()
    sound = abs(degrees) < 134 and distance > 2.01 and beyond < 0
    absurd = abs(degrees) > 136 or distance < 1.99 or beyond > 3 + distance / 2
    try:
        aligned = FaceAligner().fit_transform(faces_with(eyes))["eyes"]
    except ValueError as error:
        assert not sound
        assert "The eyes of 1 faces" in str(error)
    else:
        assert not absurd
        np.testing.assert_allclose(aligned[2], aligned[0], atol=1e-6)


@FUZZ
@given(st.floats(-180, 180))
def test_every_roll_is_taken_warned_of_or_refused(degrees):
    eyes = turned(degrees)[None]
    if abs(degrees) <= 89.9:
        np.testing.assert_array_equal(check_eyes(eyes), eyes)
    elif 90.1 <= abs(degrees) <= 134.9:
        with pytest.warns(UserWarning, match="turned by more than 90 degrees: sample 0"):
            check_eyes(eyes)
    elif abs(degrees) >= 135.1:
        with pytest.raises(ValueError, match="wrong order"):
            check_eyes(eyes)


@settings(FUZZ, max_examples=20)
@given(st.floats(-44, 44), st.floats(0, 0.03), st.integers(0, 99))
def test_noise_on_sound_eyes_leaves_them_sound(degrees, sigma, seed):
    faces = faces_with(turned(degrees))
    sampler = EyeJitterSampler(2, sigma=sigma, random_state=seed)
    more, _ = sampler.fit_resample(faces, ["happy", "sad", "sad"])
    assert len(align(more)) == 9


def test_noise_that_would_exchange_the_eyes_is_refused():
    with pytest.raises(ValueError, match="'sigma' parameter"):
        EyeJitterSampler(sigma=0.2).fit_resample(faces_with(RIGHT), ["happy", "sad", "sad"])


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (HEIGHT, WIDTH)])
def test_a_face_that_the_border_cuts_in_the_middle_is_taken(shape):
    height, width = shape
    centre = np.array([width - 0.5, height / 2])
    check_in_picture(turned(0, min(40, width), centre), shape, "a face")
