"""What the base classes ask of a user's own steps."""

import numpy as np
import pytest

from skfer.base import ImageTransformer
from skfer.faces import make_face_array, with_fields

EYES = np.array([[[4.0, 6.0], [12.0, 6.0]]] * 2)
PICTURES = np.zeros((2, 20, 16), np.uint8)


class HalfSize(ImageTransformer):
    """Keep every second pixel, and leave the eyes where they were."""

    _sequences = "accept"

    def _transform_images(self, batch):
        return batch.images[:, ::2, ::2], {}


class HalfSizeWithEyes(HalfSize):
    def _transform_images(self, batch):
        return batch.images[:, ::2, ::2], {"eyes": batch.faces["eyes"] / 2}


@pytest.mark.parametrize(
    ("faces", "places"),
    [
        (make_face_array(PICTURES, EYES), "eyes"),
        (make_face_array(list(PICTURES), EYES), "eyes"),
        (with_fields(make_face_array(PICTURES, EYES), landmarks=EYES), "eyes, landmarks"),
        (make_face_array([np.zeros((3, 20, 16))] * 2, EYES), "eyes"),
    ],
)
def test_images_of_another_size_need_new_eyes(faces, places):
    message = rf"HalfSize makes images of shape \(10, 8\) from \(20, 16\), but the {places} are"
    with pytest.raises(ValueError, match=message):
        HalfSize().fit_transform(faces)


def test_landmarks_are_points_of_their_own():
    faces = with_fields(make_face_array(PICTURES), landmarks=EYES)  # the eyes are not known
    with pytest.raises(ValueError, match="the eyes, landmarks are .* NaN where they are"):
        HalfSize().fit_transform(faces)


class HalfSizeOfSequences(HalfSize):
    def _transform_sequences(self, batch):
        return super()._transform_sequences(batch)[0], {"eyes": batch.faces["eyes"] / 2}


def test_new_eyes_go_with_the_sequences():
    faces = make_face_array([np.zeros((3, 20, 16), np.uint8)] * 2, EYES)
    with pytest.raises(ValueError, match="in _transform_sequences"):
        HalfSize().fit_transform(faces)
    halves = HalfSizeOfSequences().fit_transform(faces)
    assert halves["image"][0].shape == (3, 10, 8)
    np.testing.assert_array_equal(halves["eyes"], EYES / 2)


def test_new_eyes_go_with_the_images():
    halves = HalfSizeWithEyes().fit_transform(make_face_array(PICTURES, EYES))
    assert halves["image"].shape == (2, 10, 8)
    np.testing.assert_array_equal(halves["eyes"], EYES / 2)


@pytest.mark.parametrize("X", [PICTURES, make_face_array(PICTURES)])
def test_unknown_eyes_need_none(X):
    halves = HalfSize().fit_transform(X)
    assert (halves if halves.ndim == 3 else halves["image"]).shape == (2, 10, 8)
