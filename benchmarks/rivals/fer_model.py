"""The expression model that the package fer ships, on faces that are cropped already."""

import numpy as np

__all__ = ["LABELS", "make_classifier"]

LABELS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


def make_classifier(images, offset=0):
    """Return a function that gives probabilities (n_images, 7) in the order of LABELS.

    By itself, fer adds a border of 10 pixels to a face that it has found. Around a crop there is
    nothing to add but the mean of its last rows, so the default is none.
    """
    from fer.fer import FER

    detector = FER(offsets=(int(offset), int(offset)))

    def classify(image):
        height, width = image.shape
        (answer,) = detector.detect_emotions(np.dstack([image] * 3), [(0, 0, width, height)])
        return [answer["emotions"][label] for label in LABELS]

    return lambda: np.array([classify(image) for image in images])
