"""Small pictures of faces with captions, for the report of redistributable data."""

from typing import NamedTuple

import numpy as np

from skfer.utils._images import as_grey, scale_image, to_uint8
from skfer.utils._opencv import cv2


class CaptionedFace(NamedTuple):
    """A face to show: the encoded picture and what to write below it."""

    png: bytes
    caption: str


def encode_thumbnail(image, height=96):
    """Return an image, given as pixels or file, as a grey PNG of `height` pixels."""
    grey = as_grey(image)
    small = scale_image(to_uint8(grey), height / grey.shape[0], enlarge=cv2.INTER_CUBIC)
    return cv2.imencode(".png", small)[1].tobytes()


def sample_faces(faces, y, subjects, n_per_class=6):
    """Choose faces of each class, evenly spread over the data; return a list of CaptionedFace."""
    chosen = []
    for name in np.unique(y):
        members = np.flatnonzero(np.asarray(y) == name)
        steps = np.linspace(0, len(members) - 1, min(n_per_class, len(members)))
        chosen.extend(members[steps.round().astype(int)])
    return [
        CaptionedFace(encode_thumbnail(faces["image"][index]), f"{y[index]} · {subjects[index]}")
        for index in chosen
    ]


def confident_mistakes(result, faces, n_faces=12):
    """Choose the wrong predictions of highest confidence; none where there are no probabilities."""
    probabilities = result.images.filter(regex="^proba_")
    if probabilities.empty:
        return []
    images = result.images.assign(confidence=probabilities.max(axis=1))
    mistakes = images[images["y_true"] != images["y_pred"]].nlargest(n_faces, "confidence")
    return [
        CaptionedFace(
            encode_thumbnail(faces["image"][row.image]),
            f"{row.y_true} → {row.y_pred}, {row.confidence:.0%} · {row.subject}",
        )
        for row in mistakes.itertuples()
    ]
