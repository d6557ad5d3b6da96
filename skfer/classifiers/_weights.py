"""Weights of the images in the loss."""

import numpy as np
from sklearn.utils import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight

__all__ = ["image_weights"]


def image_weights(y, sample_weight, class_weight, rows):
    """Multiply the weights of images and classes.

    Parameters
    ----------
    y : ndarray of shape (n_images,)
        Labels.
    sample_weight : array-like of shape (n_images,) or None
        Weights of the images.
    class_weight : dict, "balanced" or None
        Weights of the classes.
    rows : ndarray of int of shape (n_training,)
        The images that are trained on; others must not influence the weights.

    Returns
    -------
    weights : ndarray of shape (n_training,), dtype float32, or None
        Of mean one; None if nothing is weighted.

    Raises
    ------
    ValueError
        If weights are negative, all zero, or not one an image.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.classifiers._weights import image_weights
    >>> y = np.array(["sad", "sad", "happy", "happy"])
    >>> image_weights(y, None, "balanced", np.arange(3)).tolist()
    [0.75, 0.75, 1.5]
    """
    if sample_weight is None and class_weight is None:
        return None
    weights = _check_sample_weight(sample_weight, y, dtype=np.float64, ensure_non_negative=True)
    weights = weights[rows] * compute_sample_weight(class_weight, y[rows])
    if not weights.sum() > 0:
        raise ValueError("All weights of the images are zero; nothing can be learned.")
    return (weights / weights.mean()).astype(np.float32)
