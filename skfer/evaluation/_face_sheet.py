"""Small pictures of faces with captions, for the report of redistributable data."""

from typing import NamedTuple

import numpy as np

from skfer.utils._images import as_grey, scale_image, to_uint8
from skfer.utils._opencv import cv2

__all__ = ["CaptionedFace", "confident_mistakes", "encode_thumbnail", "sample_faces"]


class CaptionedFace(NamedTuple):
    """A face to show.

    Attributes
    ----------
    png : bytes
        The picture, encoded.
    caption : str
        What to write below it.
    """

    png: bytes
    caption: str


def encode_thumbnail(image, height=96):
    """Encode an image as a small grey PNG.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, 3), or path
        The image, or its file. Float pixels are stretched to the full range.
    height : int, default=96
        Height of the thumbnail in pixels; the aspect ratio is kept.

    Returns
    -------
    png : bytes
        The PNG file.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.evaluation._face_sheet import encode_thumbnail
    >>> encode_thumbnail(np.zeros((48, 48), np.uint8))[1:4]
    b'PNG'
    """
    grey = as_grey(image)
    small = scale_image(to_uint8(grey), height / grey.shape[0], enlarge=cv2.INTER_CUBIC)
    return cv2.imencode(".png", small)[1].tobytes()


def sample_faces(faces, y, subjects, n_per_class=6):
    """Choose a few faces of each class, evenly spread over the data.

    Parameters
    ----------
    faces : ndarray of shape (n_images,)
        Face array.
    y : array-like of shape (n_images,)
        Labels.
    subjects : array-like of shape (n_images,)
        Subject of each image.
    n_per_class : int, default=6
        Number of faces of each class, or all if there are fewer.

    Returns
    -------
    sheet : list of CaptionedFace
        The faces, class by class.
    """
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
    """Choose the wrong predictions in which the classifier trusted most.

    Parameters
    ----------
    result : EvaluationResult
        The evaluation.
    faces : ndarray of shape (n_images,)
        The face array that was evaluated.
    n_faces : int, default=12
        The most faces to choose.

    Returns
    -------
    sheet : list of CaptionedFace
        The faces, most confident first; empty if the classifier gives no probabilities.
    """
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
