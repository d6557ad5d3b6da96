import numpy as np
import pytest

from skfer.alignment import FaceAligner
from skfer.evaluation._displays._face_sheet import (
    choose_mistakes,
    encode_thumbnail,
    list_mistakes,
    sample_faces,
    take_images,
)
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2
from tests.sequences import make_noise


def decode(png):
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("shape", [(48, 36), (480, 360), (480, 360, 3)])
def test_thumbnail_keeps_the_aspect_ratio(shape):
    assert decode(encode_thumbnail(np.zeros(shape, np.uint8))).shape == (96, 72)


def test_thumbnail_stretches_float_pixels():
    image = np.repeat([[-1.5], [2.5]], 8, axis=1).repeat(4, axis=0)
    small = decode(encode_thumbnail(image, height=8))
    assert (small.min(), small.max()) == (0, 255)


def test_pictures_of_a_stack_and_of_aligned_faces(faces):
    stack = faces["image"]
    np.testing.assert_array_equal(take_images(stack, [3, 1]), stack[[3, 1]])
    whole = FaceAligner((8, 8), rotate=False, crop=None)
    for given in (stack, faces):
        aligned = take_images(given, [3, 1], whole)
        assert [picture.shape for picture in aligned] == [(8, 8), (8, 8)]


def test_the_picture_of_a_sequence_is_its_middle_frame():
    sequences = make_noise((3, 4), (16, 16))
    pictures = take_images(make_face_array(sequences), [1, 0])
    np.testing.assert_array_equal(pictures, [sequences[1][2], sequences[0][1]])


def test_samples_show_every_class(faces, results):
    lines = [face.lines for face in sample_faces(results[0], faces, n_per_class=3)]
    assert lines[:3] == [("happy", "s00"), ("happy", "s06"), ("happy", "s11")]
    assert [name for name, _ in lines] == ["happy"] * 3 + ["sad"] * 3


def test_mistakes_show_their_own_faces(faces, result):
    pictures = [decode(mistake.png) for mistake in list_mistakes(result, faces)]
    for picture, image in zip(pictures, faces["image"][[1, 4]], strict=True):
        np.testing.assert_array_equal(picture, decode(encode_thumbnail(image)))


def test_a_confusion_of_a_subject_is_shown_once(result):
    result.images.loc[2, ["y_true", "y_pred"]] = ["happy", "sad"]  # as image 1, of the same subject
    assert choose_mistakes(result)["image"].tolist() == [1, 4]


def test_no_probabilities_no_confidence(faces, result):
    for name in ("proba_happy", "proba_sad"):
        del result.images[name]
    assert list_mistakes(result, faces)[0].lines[0] == "happy → sad"


def test_a_confidence_that_is_always_1_is_not_told(faces, result):
    result.images[["proba_happy", "proba_sad"]] = result.images[
        ["proba_happy", "proba_sad"]
    ].round()
    assert list_mistakes(result, faces)[0].lines[0] == "happy → sad"
