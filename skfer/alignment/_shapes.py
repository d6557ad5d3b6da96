"""Shapes of landmarks: similarity transforms between them, and their mean.

A similarity, rotation, scale and shift, is held as two complex numbers: it takes the point
``z = x + iy`` to ``a z + b``.
"""

import numpy as np


def check_landmarks(landmarks, n_images):
    """Return points (x, y) of images as complex shapes, or refuse them."""
    landmarks = np.asarray(landmarks, dtype=float)
    if landmarks.ndim != 3 or landmarks.shape[2] != 2 or landmarks.shape[1] < 2:
        raise ValueError(
            f"landmarks has shape {landmarks.shape}; expected (n_images, n_points, 2) with two "
            "points or more."
        )
    if len(landmarks) != n_images:
        raise ValueError(f"There are {n_images} images, but landmarks of {len(landmarks)}.")
    bad = np.flatnonzero(~np.isfinite(landmarks).all(axis=(1, 2)))
    if len(bad):
        raise ValueError(f"The landmarks of image {bad[0]} are not finite.")
    return to_complex(landmarks)


def to_complex(points):
    """Return points (..., 2) as complex numbers x + iy."""
    points = np.asarray(points, dtype=float)
    return points[..., 0] + 1j * points[..., 1]


def to_points(numbers):
    """Return complex numbers as points (..., 2)."""
    return np.stack([numbers.real, numbers.imag], axis=-1)


def fit_similarity(source, target):
    """Fit z -> a z + b by least squares, one for each shape; the last axis counts the points.

    Both arguments are complex, of shape (..., n_points); a and b have the shape of the rest.
    """
    source_centre = source.mean(axis=-1, keepdims=True)
    target_centre = target.mean(axis=-1, keepdims=True)
    centred = source - source_centre
    a = (centred.conj() * (target - target_centre)).sum(axis=-1)
    a = a / (np.abs(centred) ** 2).sum(axis=-1)
    return a, target_centre[..., 0] - a * source_centre[..., 0]


def apply_similarity(similarity, shapes):
    """Apply similarities (a, b) to complex shapes (..., n_points)."""
    a, b = (np.asarray(part)[..., None] for part in similarity)
    return a * shapes + b


def invert_similarity(similarity):
    """Return the inverse of similarities (a, b)."""
    a, b = similarity
    return 1 / a, -b / a


def similarity_matrix(similarity):
    """Return a similarity (a, b) as an affine matrix (2, 3)."""
    a, b = similarity
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def mean_shape(shapes):
    """Return the Procrustes mean of complex shapes (n_shapes, n_points), centred and of size 1."""
    mean = shapes.mean(axis=0)
    for _ in range(3):
        aligned = apply_similarity(fit_similarity(shapes, mean[None]), shapes)
        upright, _ = fit_similarity(aligned.mean(axis=0), shapes.mean(axis=0))
        mean = aligned.mean(axis=0) * upright / np.abs(upright)
        mean = (mean - mean.mean()) / np.sqrt(np.mean(np.abs(mean - mean.mean()) ** 2))
    return mean


def align_shapes(shapes, mean):
    """Centre complex shapes (n_shapes, n_points), scale them to size 1, turn them to a mean."""
    centred = shapes - shapes.mean(axis=1, keepdims=True)
    size = np.sqrt(np.mean(np.abs(centred) ** 2, axis=1, keepdims=True))
    turn, _ = fit_similarity(centred, mean[None])
    return centred / size * (turn / np.abs(turn))[:, None]
