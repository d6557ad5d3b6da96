"""Shapes of landmarks: similarity transforms between them, and their mean.

A similarity, rotation, scale and shift, is held as two complex numbers: it takes the point
``z = x + iy`` to ``a z + b``.
"""

import numpy as np

__all__ = [
    "apply_similarity",
    "fit_similarity",
    "invert_similarity",
    "mean_shape",
    "similarity_matrix",
    "to_complex",
    "to_points",
]


def to_complex(points):
    """Return points (..., 2) as complex numbers (...).

    Parameters
    ----------
    points : array-like of shape (..., 2)
        Points (x, y).

    Returns
    -------
    numbers : ndarray of shape (...), dtype complex128
        ``x + iy``.
    """
    points = np.asarray(points, dtype=float)
    return points[..., 0] + 1j * points[..., 1]


def to_points(numbers):
    """Return complex numbers (...) as points (..., 2).

    Parameters
    ----------
    numbers : ndarray of shape (...), dtype complex128
        ``x + iy``.

    Returns
    -------
    points : ndarray of shape (..., 2)
        Points (x, y).
    """
    return np.stack([numbers.real, numbers.imag], axis=-1)


def fit_similarity(source, target):
    """Fit the similarities that take shapes nearest to others, by least squares.

    Parameters
    ----------
    source, target : ndarray of shape (..., n_points), dtype complex128
        Shapes.

    Returns
    -------
    a, b : ndarray of shape (...), dtype complex128
        ``a * source + b`` is near `target`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment._shapes import fit_similarity
    >>> square = np.array([0, 1, 1 + 1j, 1j])
    >>> np.allclose(fit_similarity(square, 2j * square + 3), [2j, 3])
    True
    """
    source_centre = source.mean(axis=-1, keepdims=True)
    target_centre = target.mean(axis=-1, keepdims=True)
    centred = source - source_centre
    a = (centred.conj() * (target - target_centre)).sum(axis=-1)
    a = a / (np.abs(centred) ** 2).sum(axis=-1)
    return a, target_centre[..., 0] - a * source_centre[..., 0]


def apply_similarity(similarity, shapes):
    """Apply similarities to shapes.

    Parameters
    ----------
    similarity : tuple of (ndarray of shape (...), ndarray of shape (...))
        ``a`` and ``b``.
    shapes : ndarray of shape (..., n_points), dtype complex128
        Shapes.

    Returns
    -------
    shapes : ndarray of shape (..., n_points), dtype complex128
        The transformed shapes.
    """
    a, b = (np.asarray(part)[..., None] for part in similarity)
    return a * shapes + b


def invert_similarity(similarity):
    """Invert similarities.

    Parameters
    ----------
    similarity : tuple of (ndarray of shape (...), ndarray of shape (...))
        ``a`` and ``b``.

    Returns
    -------
    inverse : tuple of (ndarray of shape (...), ndarray of shape (...))
        ``1 / a`` and ``-b / a``.
    """
    a, b = similarity
    return 1 / a, -b / a


def similarity_matrix(similarity):
    """Return one similarity as an affine transform.

    Parameters
    ----------
    similarity : tuple of (complex, complex)
        ``a`` and ``b``.

    Returns
    -------
    transform : ndarray of shape (2, 3)
        For ``cv2.warpAffine``, from pixels of the image to pixels of the output.
    """
    a, b = similarity
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def mean_shape(shapes, n_rounds=3):
    """Compute the mean of shapes after rotation, scale and shift are taken out (Procrustes).

    Parameters
    ----------
    shapes : ndarray of shape (n_shapes, n_points), dtype complex128
        Shapes.
    n_rounds : int, default=3
        How often the shapes are aligned to their mean.

    Returns
    -------
    mean : ndarray of shape (n_points,), dtype complex128
        Mean shape about the origin, of unit root mean square distance from it, as upright as the
        shapes are on average.
    """
    mean = shapes.mean(axis=0)
    for _ in range(n_rounds):
        aligned = apply_similarity(fit_similarity(shapes, mean[None]), shapes)
        upright, _ = fit_similarity(aligned.mean(axis=0), shapes.mean(axis=0))
        mean = aligned.mean(axis=0) * upright / np.abs(upright)
        mean = (mean - mean.mean()) / np.sqrt(np.mean(np.abs(mean - mean.mean()) ** 2))
    return mean
