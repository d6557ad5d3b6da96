"""Pure statistics of the evaluation: numbers in, numbers out."""

import numpy as np
from sklearn.utils import check_consistent_length

__all__ = ["bootstrap_accuracy_interval"]


def bootstrap_accuracy_interval(
    n_correct, n_images, *, confidence_level=0.95, n_resamples=10_000, random_state=0
):
    """Percentile bootstrap interval of the pooled accuracy, over subjects.

    The images of one subject are no independent trials: a face that is hard in one image is hard
    in the next. Whole subjects are therefore drawn with replacement, all their images with them.

    Parameters
    ----------
    n_correct : array-like of shape (n_subjects,)
        Number of correctly classified images of each subject.
    n_images : array-like of shape (n_subjects,)
        Number of classified images of each subject, at least 1.
    confidence_level : float, default=0.95
        Coverage of the interval, between 0 and 1.
    n_resamples : int, default=10_000
        Number of bootstrap resamples.
    random_state : int, default=0
        Seed of the resampling.

    Returns
    -------
    low, high : float
        Bounds of the interval, each between 0 and 1.

    Raises
    ------
    ValueError
        If there is no subject, or the two arrays differ in length.

    References
    ----------
    B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993,
    section 13.3 (the percentile interval).

    Examples
    --------
    >>> from skfer.evaluation import bootstrap_accuracy_interval
    >>> bootstrap_accuracy_interval([3, 3, 3], [3, 3, 3])
    (1.0, 1.0)
    """
    n_correct, n_images = np.asarray(n_correct), np.asarray(n_images)
    check_consistent_length(n_correct, n_images)
    n_subjects = len(n_images)
    if n_subjects == 0:
        raise ValueError("There is no subject to draw from.")
    # How often each subject is drawn says all about a resample, so no index is ever stored.
    times_drawn = np.random.default_rng(random_state).multinomial(
        n_subjects, np.full(n_subjects, 1 / n_subjects), size=n_resamples
    )
    accuracies = (times_drawn @ n_correct) / (times_drawn @ n_images)
    tail = (1 - confidence_level) / 2
    low, high = np.quantile(accuracies, [tail, 1 - tail])
    return float(low), float(high)
