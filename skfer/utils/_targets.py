"""Labels as codes of their classes."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets


def encode_classes(estimator, y):
    """Return the classes, sorted, and the code of each label; refuse labels of one class.

    >>> from sklearn.dummy import DummyClassifier
    >>> from skfer.utils._targets import encode_classes
    >>> classes, codes = encode_classes(DummyClassifier(), ["sad", "happy", "sad"])
    >>> classes.tolist(), codes.tolist()
    (['happy', 'sad'], [1, 0, 1])
    """
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y has one class, {classes[0]}; {type(estimator).__name__} needs two.")
    return classes, codes
