import numpy as np
import pytest

from skfer.evaluation._face_sheet import confident_mistakes, encode_thumbnail, sample_faces
from skfer.utils._opencv import cv2


def decode(png):
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("shape", [(48, 36), (480, 360), (480, 360, 3)])
def test_thumbnail_keeps_the_aspect_ratio(shape):
    assert decode(encode_thumbnail(np.zeros(shape, np.uint8))).shape == (96, 72)


def test_thumbnail_stretches_float_pixels():
    image = np.repeat([[-1.5], [2.5]], 8, axis=1).repeat(4, axis=0)
    small = decode(encode_thumbnail(image, height=8))
    assert (small.min(), small.max()) == (0, 255)


def test_samples_show_every_class(faces, y, subjects):
    captions = [face.caption for face in sample_faces(faces, y, subjects, n_per_class=3)]
    assert captions[:3] == ["happy · s00", "happy · s06", "happy · s11"]
    assert [caption.split()[0] for caption in captions] == ["happy"] * 3 + ["sad"] * 3


def test_mistakes_are_the_confident_ones(faces, result):
    captions = [face.caption for face in confident_mistakes(result, faces)]
    assert captions == ["happy → sad, 90% · a", "sad → happy, 80% · c"]
    assert len(confident_mistakes(result, faces, n_faces=1)) == 1


def test_no_probabilities_no_confidence(faces, result):
    for name in ("proba_happy", "proba_sad"):
        del result.images[name]
    assert confident_mistakes(result, faces) == []
