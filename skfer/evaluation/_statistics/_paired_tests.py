"""Tests of paired differences, and corrections for many of them."""

import numpy as np
from scipy.stats import binomtest, norm, t


def sign_flip_test(differences):
    """Return the exact two-sided p value of a sum of whole numbers with signs by chance."""
    steps = np.abs(differences)
    total = steps.sum()
    # A sum is the total less twice the steps with a minus. The chances of the latter's sums:
    chances = np.zeros(total + 1)
    chances[0] = 1
    for step in steps[steps > 0]:
        chances[step:] += chances[:-step].copy()
        chances /= 2
    n_minus = (total - abs(differences.sum())) // 2
    return min(1.0, 2 * float(chances[: n_minus + 1].sum()))


def sign_test(differences):
    """Return the exact two-sided p value of the signs; of 1, 0 and -1, this is McNemar's test."""
    n_plus, n_minus = int((differences > 0).sum()), int((differences < 0).sum())
    return float(binomtest(n_plus, n_plus + n_minus).pvalue) if n_plus + n_minus else 1.0


def corrected_t_test(differences, n_folds):
    """Return the p value of Nadeau and Bengio for the differences of all folds of all repeats."""
    n_differences = len(differences)
    if n_folds == 1:  # nothing is known of the number of training images
        return np.nan
    if not differences.any():
        return 1.0
    variance = (1 / n_differences + 1 / (n_folds - 1)) * differences.var(ddof=1)
    if variance == 0:  # equal differences tell nothing of their spread
        return np.nan
    statistic = abs(differences.mean()) / np.sqrt(variance)
    return float(2 * t.sf(statistic, n_differences - 1))


def holm(p_values):
    """Return p values corrected by Holm's method."""
    p_values = np.asarray(p_values)
    order = np.argsort(p_values)
    corrected = np.maximum.accumulate(p_values[order] * np.arange(len(order), 0, -1)).clip(max=1)
    return corrected[np.argsort(order)]


def stouffer(difference, p_value, n_subjects):
    """Return Stouffer's two-sided p value of two-sided ones with their directions.

    `scipy.stats.combine_pvalues` takes one-sided values. Those of a large difference in the other
    direction round to 1, which is an infinite deviate.
    """
    deviates = np.sign(difference) * norm.isf(p_value / 2)
    deviate = np.sqrt(n_subjects) @ deviates / np.sqrt(n_subjects.sum())
    return float(2 * norm.sf(abs(deviate)))
