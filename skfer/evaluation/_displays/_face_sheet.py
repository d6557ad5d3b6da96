"""Faces to look at: examples of each expression, and mistakes."""

from typing import NamedTuple

import numpy as np

from skfer.evaluation._metrics import probabilities_of
from skfer.faces import is_face_array, is_sequence
from skfer.utils._images import as_grey, scale_image, to_uint8
from skfer.utils._opencv import cv2
from skfer.utils._sequences import middle_frame


class CaptionedFace(NamedTuple):
    """A face to show: the encoded picture, and lines to write below it."""

    png: bytes
    lines: tuple


def encode_thumbnail(image, height=96):
    """Return an image, given as pixels or file, as a grey PNG of `height` pixels."""
    grey = as_grey(image)
    small = scale_image(to_uint8(grey), height / grey.shape[0], enlarge=cv2.INTER_CUBIC)
    return cv2.imencode(".png", small)[1].tobytes()


def take_images(faces, rows, aligner=None):
    """Return the pictures of some rows of a face array or stack, aligned if there is an aligner.

    Of a sequence it is the frame in the middle.
    """
    some = faces[np.asarray(rows, int)]
    if aligner is not None and len(some):
        some = aligner.fit_transform(some)
    images = some["image"] if is_face_array(some) else some
    return [
        middle_frame(image, f"Sample {row}") if is_sequence(image) else image
        for row, image in zip(rows, images, strict=True)
    ]


def sample_faces(result, faces, aligner=None, n_per_class=6):
    """Choose tested faces of each class, evenly spread over the data."""
    images = result.images.drop_duplicates("image").sort_values("image", ignore_index=True)
    chosen = []
    for _, members in images.groupby("y_true"):
        steps = np.linspace(0, len(members) - 1, min(n_per_class, len(members)))
        chosen.extend(members.index[steps.round().astype(int)])
    rows = images.loc[chosen]
    return [
        CaptionedFace(encode_thumbnail(picture), (str(row.y_true), str(row.subject)))
        for picture, row in zip(
            take_images(faces, rows["image"], aligner), rows.itertuples(), strict=True
        )
    ]


def choose_mistakes(result, n_mistakes=12):
    """Choose wrong predictions, the most confident first; returns rows of the result's images.

    Frames of one video go wrong in the same way, so each confusion of a subject is taken once.
    """
    images = result.images
    probabilities = probabilities_of(images, result.classes)
    if probabilities is not None:
        images = images.assign(confidence=probabilities.max(axis=1))
        images = images.sort_values("confidence", ascending=False, kind="stable")
        if (images["confidence"] == 1).all():  # that of a single nearest neighbour says nothing
            images = images.drop(columns="confidence")
    wrong = images[images["y_true"] != images["y_pred"]]
    return wrong.drop_duplicates(["subject", "y_true", "y_pred"]).head(n_mistakes)


def describe_mistakes(mistakes):
    """Return two lines for each mistake: what was taken for what, and the name of the picture."""
    return [
        (
            f"{row.y_true} → {row.y_pred}"
            + (f", {row.confidence:.0%}" if "confidence" in mistakes else ""),
            row.file if "file" in mistakes else f"{row.subject}, image {row.image}",
        )
        for row in mistakes.itertuples()
    ]


def list_mistakes(result, faces, aligner=None):
    """Return the mistakes as a list of CaptionedFace."""
    mistakes = choose_mistakes(result)
    pictures = take_images(faces, mistakes["image"], aligner)
    return [
        CaptionedFace(encode_thumbnail(picture), lines)
        for picture, lines in zip(pictures, describe_mistakes(mistakes), strict=True)
    ]
