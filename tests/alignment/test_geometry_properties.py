"""What holds of every face, whatever its size, place and roll."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.alignment._geometry import (
    eye_transforms,
    pixel_aspect,
    resize_transform,
    template_eyes,
    transform_points,
)
from skfer.alignment._shapes import apply_similarity, fit_similarity, to_complex, to_points

FEW = settings(max_examples=40, deadline=None)
PLACES = st.floats(-500, 500)
SIZES = st.tuples(st.integers(8, 300), st.integers(8, 300))
CROPS = st.tuples(st.floats(1, 6), st.floats(0.5, 4), st.floats(0.5, 4))
MARGINS = st.tuples(st.integers(0, 9), st.integers(0, 9))
ROLLS = st.floats(-1.5, 1.5)


@st.composite
def eyes_of_one_face(draw):
    x, y, distance, roll = draw(PLACES), draw(PLACES), draw(st.floats(3, 300)), draw(ROLLS)
    return np.array([[x, y], [x + distance * np.cos(roll), y + distance * np.sin(roll)]])


@st.composite
def similarities(draw):
    """A rotation with scale, and a shift, as a matrix (2, 3)."""
    scale, roll = draw(st.floats(0.2, 5)), draw(ROLLS)
    cos, sin = scale * np.cos(roll), scale * np.sin(roll)
    return np.array([[cos, -sin, draw(PLACES)], [sin, cos, draw(PLACES)]])


def compose(outer, inner):
    return (np.vstack([outer, [0, 0, 1]]) @ np.vstack([inner, [0, 0, 1]]))[:2]


@FEW
@given(eyes_of_one_face(), SIZES, CROPS, MARGINS)
def test_eyes_arrive_at_the_template(eyes, size, crop, margin):
    transforms = eye_transforms([eyes], size, crop=crop, margin=margin)
    expected = template_eyes(size, crop) + [margin[1], margin[0]]
    np.testing.assert_allclose(transform_points([eyes], transforms)[0], expected, atol=1e-6)


@FEW
@given(eyes_of_one_face(), similarities(), SIZES, CROPS)
def test_a_moved_picture_gives_the_same_crop(eyes, move, size, crop):
    before = eye_transforms([eyes], size, crop=crop)[0]
    moved = transform_points([eyes], move[None])
    after = compose(eye_transforms(moved, size, crop=crop)[0], move)
    corners = eyes + [[-50.0, -40.0], [60.0, 80.0]]
    np.testing.assert_allclose(
        *transform_points([corners] * 2, np.stack([before, after])), 1e-6, 1e-6
    )


@FEW
@given(eyes_of_one_face(), SIZES, CROPS, st.booleans())
def test_the_crop_keeps_sides_and_areas(eyes, size, crop, rotate):
    (height, width), (crop_width, above, below) = size, crop
    transform = eye_transforms([eyes], size, crop=crop, rotate=rotate)[0]
    alpha = np.hypot(*(eyes[1] - eyes[0])) / 2
    area = width * height / (crop_width * (above + below) * alpha**2)
    np.testing.assert_allclose(np.linalg.det(transform[:, :2]), area, rtol=1e-9)
    across, down = np.linalg.norm(transform[:, :2], axis=1)
    np.testing.assert_allclose(pixel_aspect(size, crop), across / down, rtol=1e-9)


@FEW
@given(SIZES, SIZES, ROLLS)
def test_resizing_there_and_back_is_nothing(size, other, roll):
    there, back = resize_transform(size, other), resize_transform(other, size)
    np.testing.assert_allclose(compose(back, there), np.eye(2, 3), atol=1e-9)
    height, width = size
    corners = np.array([[[-0.5, -0.5], [width - 0.5, height - 0.5]]])
    expected = [[-0.5, -0.5], [other[1] - 0.5, other[0] - 0.5]]
    np.testing.assert_allclose(transform_points(corners, there[None])[0], expected, atol=1e-9)
    turned = compose(
        resize_transform(size, size, roll=-roll), resize_transform(size, size, roll=roll)
    )
    np.testing.assert_allclose(turned, np.eye(2, 3), atol=1e-9)


@FEW
@given(similarities(), similarities(), st.integers(0, 2**31))
def test_similarities_of_shapes_are_found_and_compose(first, second, seed):
    shape = np.random.default_rng(seed).normal(0, 30, (7, 2))
    once = transform_points([shape], first[None])[0]
    twice = transform_points([once], second[None])[0]
    found = [
        fit_similarity(to_complex(before), to_complex(after))
        for before, after in ((shape, once), (once, twice), (shape, twice))
    ]
    through = apply_similarity(found[1], apply_similarity(found[0], to_complex(shape)))
    np.testing.assert_allclose(to_points(through), twice, atol=1e-6)
    direct = apply_similarity(found[2], to_complex(shape))
    np.testing.assert_allclose(to_points(direct), twice, atol=1e-6)
