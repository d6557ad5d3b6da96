"""Weights of the images in the loss."""

import numpy as np
from sklearn.utils import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight


def image_weights(y, sample_weight, class_weight, rows):
    """Multiply the weights of images and classes, for the `rows` that are trained on, to mean one.

    Other images do not influence them. None if nothing is weighted.
    """
    if sample_weight is None and class_weight is None:
        return None
    weights = _check_sample_weight(sample_weight, y, dtype=np.float64, ensure_non_negative=True)
    weights = weights[rows] * compute_sample_weight(class_weight, y[rows])
    if not weights.sum() > 0:
        raise ValueError("All weights of the images are zero; nothing can be learned.")
    return (weights / weights.mean()).astype(np.float32)
