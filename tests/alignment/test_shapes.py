import numpy as np

from skfer.alignment._shapes import (
    apply_similarity,
    fit_similarity,
    invert_similarity,
    mean_shape,
    similarity_matrix,
    to_complex,
    to_points,
)

RNG = np.random.default_rng(0)
SHAPE = RNG.normal(size=7) + 1j * RNG.normal(size=7)
SIMILARITY = 2 * np.exp(0.3j), 5 - 1j


def test_points_and_numbers_are_two_ways_to_say_it():
    points = RNG.normal(size=(3, 5, 2))
    np.testing.assert_array_equal(to_points(to_complex(points)), points)


def test_a_similarity_is_found_again_and_undone():
    moved = apply_similarity(SIMILARITY, SHAPE)
    np.testing.assert_allclose(fit_similarity(SHAPE, moved), SIMILARITY)
    np.testing.assert_allclose(apply_similarity(invert_similarity(SIMILARITY), moved), SHAPE)


def test_the_matrix_does_the_same():
    points = to_points(SHAPE)
    matrix = similarity_matrix(SIMILARITY)
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    np.testing.assert_allclose(moved, to_points(apply_similarity(SIMILARITY, SHAPE)))


def test_the_mean_of_one_shape_in_many_poses_is_that_shape():
    turns = np.array([-0.4, 0.1, 0.3])
    scales, shifts = np.array([1.0, 2.0, 0.5]), np.array([1.0, 1j, -2.0])
    mean = mean_shape(apply_similarity((scales * np.exp(1j * turns), shifts), SHAPE))
    a, b = fit_similarity(SHAPE, mean)
    np.testing.assert_allclose(a * SHAPE + b, mean, atol=1e-12)
    assert abs(np.angle(a)) < 0.5
    np.testing.assert_allclose(np.mean(np.abs(mean) ** 2), 1)
