"""Fisher discriminants of one code, and how near an image is to each class in their space."""

import numpy as np
from scipy.linalg import eigh, solve
from scipy.spatial.distance import cdist
from sklearn.utils import Bunch

# Part of the greatest eigenvalue below which a direction tells nothing and would be noise.
_NOISE = 1e-10


def fit_local_discriminant(code, labels, shrinkage):
    """Learn Fisher's discriminants of the codes (n_images, n_features) of training images.

    The scatter within the classes S becomes (1 - shrinkage) S + shrinkage trace(S) / n_features.
    Returns a Bunch, which travels without pickle, of the ``directions`` (n_features,
    n_directions), in units in which the training images have variance 1, the ``offset``
    (n_directions,) of their mean, and their ``points`` (n_images, n_directions) and ``labels``.
    """
    origin = code[0].astype(np.float64)
    # A constant code becomes exactly 0, whatever the rounding of its means.
    code = code - origin
    present, labels_present = np.unique(labels, return_inverse=True)
    counts = np.bincount(labels_present)
    means = np.stack([code[labels == label].mean(axis=0) for label in present])
    mean = code.mean(axis=0)
    between = np.sqrt(counts / len(code))[:, None] * (means - mean)
    solved = _solve_within(code - means[labels_present], between.T, shrinkage)
    # The eigenvectors of S^-1 B'B, B being `between`, lie in what S^-1 B' spans, so that a problem
    # as small as the number of classes has the same solutions.
    values, vectors = eigh(between @ solved)
    directions = solved @ vectors[:, values > _NOISE * max(values[-1], 0)]
    points = (code - mean) @ directions
    deviation = points.std(axis=0)
    offset = (origin + mean) @ directions / deviation
    return Bunch(
        directions=directions / deviation, offset=offset, points=points / deviation, labels=labels
    )


def class_outputs(discriminant, code, n_classes):
    """Return 1 / (d + 1) for the distance d to the nearest image of each class, scaled to sum 1.

    The result has shape (n_images, n_classes); a class without training images gets 0.
    """
    points = np.asarray(code, dtype=np.float64) @ discriminant.directions - discriminant.offset
    nearness = np.zeros((len(points), n_classes))
    for label in np.unique(discriminant.labels):
        of_class = discriminant.points[discriminant.labels == label]
        nearness[:, label] = 1 / (cdist(points, of_class).min(axis=1) + 1)
    return nearness / nearness.sum(axis=1, keepdims=True)


def _solve_within(residuals, right, shrinkage):
    """Solve with the shrunken scatter of residuals (n_images, n_features), by the smaller side."""
    n_images, n_features = residuals.shape
    kept = (1 - shrinkage) / n_images
    # Without any scatter the direction is that of the means.
    ridge = shrinkage * np.square(residuals).sum() / n_images / n_features or 1.0
    if n_features <= n_images:
        scatter = kept * (residuals.T @ residuals)
        scatter.flat[:: n_features + 1] += ridge
        return solve(scatter, right, assume_a="pos")
    scatter = kept * (residuals @ residuals.T)
    scatter.flat[:: n_images + 1] += ridge
    return (right - kept * residuals.T @ solve(scatter, residuals @ right, assume_a="pos")) / ridge
