"""Weights of the images in the loss."""

import numpy as np
from sklearn.utils import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight


def image_weights(y, sample_weight, class_weight, rows):
    """Return those of the `rows` that have a weight, and their weights, with a mean of one.

    Others do not influence them. The weights are None if nothing is weighted.
    """
    if sample_weight is None and class_weight is None:
        return rows, None
    weights = _check_sample_weight(sample_weight, y, dtype=np.float64, ensure_non_negative=True)
    of_classes = compute_sample_weight(class_weight, y[rows])
    odd = ~(np.isfinite(of_classes) & (of_classes >= 0))
    if odd.any():
        raise ValueError(
            f"class_weight has {of_classes[odd][0]} for class {y[rows][odd][0]!s}; weights are "
            "finite and not negative."
        )
    weights = weights[rows] * of_classes
    if not weights.sum() > 0:
        raise ValueError("All weights of the images are zero; nothing can be learned.")
    rows, weights = rows[weights > 0], weights[weights > 0]
    return rows, (weights / weights.mean()).astype(np.float32)
