"""What a model that was trained elsewhere takes, and what its answers mean here."""

import numpy as np
from sklearn.utils import gen_batches

from skfer.datasets import canonical_expression
from skfer.utils._opencv import cv2
from skfer.utils._text import join_some


def labels_in_data(labels):
    """Return the label of the data for each class of the model."""
    return list(labels.values()) if isinstance(labels, dict) else [*map(_canonical_or_same, labels)]


def _canonical_or_same(label):
    try:
        return canonical_expression(label)
    except ValueError:
        return label


def prepare_images(images, size, n_channels):
    """Resize images to `size`, unless it is None, and repeat them in three channels."""
    if size is not None and images.shape[1:] != tuple(size):
        height, width = size
        how = cv2.INTER_AREA if height < images.shape[1] else cv2.INTER_LINEAR
        images = np.stack([cv2.resize(image, (width, height), None, 0, 0, how) for image in images])
    return np.repeat(images[..., None], 3, axis=3) if n_channels == 3 else images


def ask(predictor, images, batch_size):
    """Return what the model says of all images, a batch after the other."""
    batches = gen_batches(len(images), batch_size)
    answers = np.concatenate([np.asarray(predictor(images[batch])) for batch in batches])
    if len(answers) != len(images):
        raise ValueError(f"The predictor returned {len(answers)} answers for {len(images)} images.")
    return answers


def translate_labels(answers, labels):
    """Return the label of the data for each answer that is one of the model's labels."""
    names = dict(zip(labels, labels_in_data(labels), strict=True))
    unknown = [answer for answer in np.unique(answers).tolist() if answer not in names]
    if answers.ndim != 1 or unknown:
        raise ValueError(
            f"The predictor returned {join_some(unknown, quoted=True)} of shape "
            f"{answers.shape}; expected one of `labels` for each image."
        )
    return np.array([names[answer] for answer in answers.tolist()])


def translate_probabilities(scores, labels, classes):
    """Return the probabilities of the classes, of sum 1, by those of the model's labels."""
    known = labels_in_data(labels)
    if scores.shape[1:] != (len(known),):
        raise ValueError(
            f"The predictor returned an array of shape {scores.shape}, but {len(known)} labels "
            f"need ({len(scores)}, {len(known)})."
        )
    if not np.isfinite(scores).all() or (scores < 0).any():
        raise ValueError(
            "The predictor returned numbers that are negative or not finite, so they are not "
            "probabilities. If they are scores, return their softmax."
        )
    kept = scores.astype(float) @ (np.array(known)[:, None] == classes)
    sums = kept.sum(axis=1, keepdims=True)
    return np.divide(kept, sums, out=np.full(kept.shape, 1 / kept.shape[1]), where=sums > 0)
