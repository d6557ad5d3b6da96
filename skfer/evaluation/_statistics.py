"""Statistics of the evaluation."""

import numpy as np
from scipy.stats import bootstrap

_CONFIDENCE = 0.95
_N_RESAMPLES = 10_000
_BATCH_SIZE = 1_000_000  # numbers drawn at a time: memory does not grow with the subjects


def bootstrap_accuracy_interval(n_correct, n_images, random_state=0):
    """Return the bounds of the 95 % percentile bootstrap interval of the pooled accuracy.

    The images of one subject are not independent trials: a face that is hard in one image is hard
    in the next. Whole subjects are therefore drawn with replacement, all their images with them;
    `n_correct` and `n_images` of shape (n_subjects,) count the images of each.
    """
    n_correct, n_images = np.asarray(n_correct), np.asarray(n_images)
    n_subjects = len(n_images)
    if n_subjects == 0:
        raise ValueError("There is no subject to draw from.")
    if n_subjects == 1:  # SciPy refuses it, but each resample is that subject
        return (float(n_correct[0] / n_images[0]),) * 2
    low, high = bootstrap(
        (n_correct, n_images),
        lambda correct, images, axis: correct.sum(axis=axis) / images.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        confidence_level=_CONFIDENCE,
        n_resamples=_N_RESAMPLES,
        batch=max(1, _BATCH_SIZE // n_subjects),
        random_state=np.random.default_rng(random_state),
    ).confidence_interval
    return float(low), float(high)
