"""Occlusion maps: what a classifier loses when a part of the face is covered."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_scalar

from skfer._typing import Array, Images
from skfer.utils import check_images, restore_layout


def occlusion_maps(
    estimator: BaseEstimator,
    X: Images,
    *,
    labels: ArrayLike | None = None,
    window: int = 8,
    stride: int = 4,
) -> Array:
    """Measure how much the probability of a label drops when a part of the face is covered.

    Each window is filled with the mean brightness of the face; the value of a pixel is the mean
    drop over the windows that cover it (Zeiler and Fergus 2014 [1]_, section 4.2).

    Parameters
    ----------
    estimator : estimator
        Fitted, with ``predict_proba``, such as a pipeline.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Faces of one size: flattened rows, a stack, or a face array.
    labels : array-like of shape (n_images,), default=None
        Label explained for each face; None takes the one predicted.
    window : int, default=8
        Width of the window in pixels.
    stride : int, default=4
        Step of the window in pixels, from 1 to `window`.

    Returns
    -------
    maps : ndarray of shape (n_images, height, width), dtype float64
        Drop of the probability, from -1 to 1; positive where the face supports the label.

    Raises
    ------
    ValueError
        If the images differ in size, the window exceeds them, or a label is unknown.

    References
    ----------
    .. [1] Zeiler and Fergus (2014). Visualizing and understanding convolutional networks. ECCV.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.inspection import occlusion_maps
    >>> from skfer.pipelines import make_pixel_knn_pipeline
    >>> from skfer.alignment import FaceAligner
    >>> X, y, _ = make_faces(3, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    >>> X = FaceAligner((48, 48)).fit_transform(X)
    >>> pipeline = make_pixel_knn_pipeline(align=None).fit(X, y)
    >>> occlusion_maps(pipeline, X[:2], window=16, stride=16).shape
    (2, 48, 48)
    """
    batch = check_images(estimator, X, reset=False)
    height, width = batch.images.shape[1:]
    if batch.layout == "rows" and height == 1:
        raise ValueError(f"Rows of {width} pixels are not square; give a stack or a face array.")
    check_scalar(window, "window", int, min_val=1, max_val=min(height, width))
    check_scalar(stride, "stride", int, min_val=1, max_val=window)
    classes = explained_classes(estimator, X, labels)
    whole = estimator.predict_proba(X)
    corners = [
        (top, left)
        for top in _starts(height, window, stride)
        for left in _starts(width, window, stride)
    ]
    maps = np.empty(batch.images.shape)
    for index, (image, column) in enumerate(zip(batch.images, classes, strict=True)):
        covered = np.repeat(image[None], len(corners), axis=0)
        for copy, (top, left) in zip(covered, corners, strict=True):
            copy[top : top + window, left : left + window] = image.mean()
        faces = None if batch.faces is None else np.repeat(batch.faces[[index]], len(corners))
        covered = restore_layout(batch._replace(faces=faces), covered)
        drops = whole[index, column] - estimator.predict_proba(covered)[:, column]
        maps[index] = _mean_over_windows(drops, corners, window, (height, width))
    return maps


def explained_classes(estimator, X, labels):
    """Return the column of ``predict_proba`` explained for each face, of shape (n_images,)."""
    labels = np.asarray(estimator.predict(X) if labels is None else labels)
    if labels.shape != (len(X),):
        raise ValueError(f"labels has shape {labels.shape}; {len(X)} images need ({len(X)},).")
    is_class = labels[:, np.newaxis] == estimator.classes_
    known = is_class.any(axis=1)
    if not known.all():
        raise ValueError(f"The classifier does not know the label {labels[known.argmin()]!r}.")
    return is_class.argmax(axis=1)


def _starts(length, window, stride):
    # The last window ends at the border, so that each pixel is covered.
    return sorted({*range(0, length - window + 1, stride), length - window})


def _mean_over_windows(drops, corners, window, shape):
    total, count = np.zeros(shape), np.zeros(shape)
    for drop, (top, left) in zip(drops, corners, strict=True):
        total[top : top + window, left : left + window] += drop
        count[top : top + window, left : left + window] += 1
    return total / count
