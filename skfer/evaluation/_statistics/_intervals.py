"""Confidence intervals of a pooled accuracy, with subjects as the independent units."""

import numpy as np
from scipy.stats import beta, bootstrap, t

_LEVEL = 0.95
_N_RESAMPLES = 10_000
_BATCH_SIZE = 1_000_000  # numbers drawn at a time: memory does not grow with the subjects


def accuracy_interval(n_correct, n_images):
    """Return the bounds of a 95 % confidence interval of the pooled accuracy.

    The images of one subject are not independent trials: a face that is hard in one image is hard
    in the next. The variance is therefore estimated over subjects, not over images.

    Parameters
    ----------
    n_correct : array-like of shape (n_subjects,)
        Number of correct images of each subject. Means over repeats, which are no whole numbers,
        are accepted.
    n_images : array-like of shape (n_subjects,)
        Number of images of each subject. Subjects without images, as in the recall of one class,
        are left out.

    Returns
    -------
    low, high : float
        Bounds of the interval, between 0 and 1.

    Raises
    ------
    ValueError
        If no subject has an image.

    Notes
    -----
    With c_i correct images among the n_i of subject i, n = sum n_i, m subjects and p = sum c_i / n,
    the variance of p is that of a ratio estimator, linearized::

        v = m / (m - 1) * sum (c_i - p n_i)^2 / n^2

    ``p (1 - p) / v`` independent images, but no more than n, would be as uncertain. Because v
    itself is estimated from m subjects, Korn and Graubard multiply this number by the squared ratio
    of the quantiles of Student's t with n - 1 and with m - 1 degrees of freedom; the product is the
    effective sample size, of which the exact binomial interval (Clopper and Pearson) is taken.

    If v is 0 (all right, all wrong, or all subjects with the same share), nothing is known of how
    the images of one subject go together. The effective size is then m, as if each subject were
    right or wrong in all images at once, which is too careful rather than too sure.

    Of the methods that ``benchmarks/intervals.py`` compares, this is the one whose coverage is
    nearest to what it promises.

    References
    ----------
    E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small expected number
    of positive counts estimated from survey data", Survey Methodology 24 (1998), 193-201.

    Examples
    --------
    >>> from skfer.evaluation._statistics._intervals import accuracy_interval
    >>> low, high = accuracy_interval([5, 6, 6, 3], [6, 6, 6, 4])
    >>> print(f"{low:.3f} {high:.3f}")
    0.552 0.999
    """
    n_correct, n_images = np.asarray(n_correct, float), np.asarray(n_images, float)
    n_correct, n_images = n_correct[n_images > 0], n_images[n_images > 0]
    if len(n_images) == 0:
        raise ValueError("There is no subject with an image.")
    size = effective_size(n_correct, n_images)
    low, high = clopper_pearson(n_correct.sum() / n_images.sum(), size)
    return float(low), float(high)


def effective_size(n_correct, n_images):
    """Return the effective sample size, corrected by Student's t, of counts (..., n_subjects)."""
    n_subjects, n_total = (n_images > 0).sum(axis=-1), n_images.sum(axis=-1)
    accuracy = n_correct.sum(axis=-1) / n_total
    residuals = n_correct - accuracy[..., np.newaxis] * n_images
    known = ~np.isclose(residuals, 0).all(axis=-1)  # else the variance is 0
    freedom = np.where(known, n_subjects - 1, 1)
    variance = n_subjects / freedom * (residuals**2).sum(axis=-1) / n_total**2
    size = np.minimum(accuracy * (1 - accuracy) / np.where(known, variance, 1), n_total)
    tail = (1 + _LEVEL) / 2
    corrected = size * (t.ppf(tail, n_total - 1) / t.ppf(tail, freedom)) ** 2
    return np.where(known, corrected, n_subjects)


def clopper_pearson(accuracy, size):
    """Return the bounds of the exact binomial interval; no argument has to be whole."""
    tail, n_correct = (1 - _LEVEL) / 2, accuracy * size
    n_wrong = size - n_correct
    # The beta distribution is not defined where the bound is 0 or 1.
    low = np.where(n_correct > 0, beta.ppf(tail, np.maximum(n_correct, 1e-9), n_wrong + 1), 0.0)
    high = np.where(n_wrong > 0, beta.isf(tail, n_correct + 1, np.maximum(n_wrong, 1e-9)), 1.0)
    return low, high


def bootstrap_ratio(numerators, denominators, random_state=0):
    """Return the bounds of the percentile bootstrap of a ratio of sums over subjects."""
    ratio = numerators.sum() / denominators.sum()
    if np.allclose(numerators, ratio * denominators):  # SciPy refuses one subject, and gives NaN
        return ratio, ratio
    return bootstrap(
        (numerators, denominators),
        lambda above, below, axis: above.sum(axis=axis) / below.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        confidence_level=_LEVEL,
        n_resamples=_N_RESAMPLES,
        batch=max(1, _BATCH_SIZE // len(denominators)),
        random_state=np.random.default_rng(random_state),
    ).confidence_interval
