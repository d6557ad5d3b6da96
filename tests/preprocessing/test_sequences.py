"""Steps from sequences to sequences."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skfer.faces import make_face_array
from skfer.preprocessing import IntensityNormalizer, NeutralDifference
from tests.sequences import MeanFrame, make_noise


def test_local_contrast_is_taken_frame_by_frame():
    sequences = make_noise((3, 2), (16, 16))
    normalized = IntensityNormalizer().fit_transform(make_face_array(sequences, subject=["a", "b"]))
    assert normalized["subject"].tolist() == ["a", "b"]
    for frames, expected in zip(normalized["image"], sequences, strict=True):
        np.testing.assert_array_equal(frames, IntensityNormalizer().fit_transform(expected))


@pytest.mark.parametrize(
    ("dtype", "expected"), [(np.uint8, np.float32), (np.float32, np.float32), (float, float)]
)
def test_the_first_frame_is_subtracted_and_left_out(dtype, expected):
    sequences = make_noise((3, 2), dtype=dtype)
    faces = make_face_array(
        sequences, frame_eyes=[np.arange(4 * n).reshape(n, 2, 2) for n in (3, 2)]
    )
    difference = NeutralDifference().fit_transform(faces)
    for frames, given in zip(difference["image"], sequences, strict=True):
        assert frames.dtype == expected
        np.testing.assert_allclose(frames, given[1:].astype(float) - given[0], rtol=1e-5)
    assert [eyes[:, 0, 0].tolist() for eyes in difference["frame_eyes"]] == [[4, 8], [4]]


def test_it_does_not_change_what_it_was_given():
    sequences = make_noise(dtype=float)
    before = [frames.copy() for frames in sequences]
    NeutralDifference().fit_transform(sequences)
    for frames, expected in zip(sequences, before, strict=True):
        np.testing.assert_array_equal(frames, expected)


def test_descriptors_of_sequences_may_follow():
    model = make_pipeline(NeutralDifference(), MeanFrame())
    assert model.fit_transform(make_noise()).shape == (3, 72)


def test_a_neutral_frame_alone_is_not_enough():
    with pytest.raises(ValueError, match="Sample 1 has 1 frame; NeutralDifference needs a neutral"):
        NeutralDifference().fit_transform(make_noise((2, 1)))


def test_single_images_have_no_neutral_frame():
    with pytest.raises(ValueError, match="Sample 0 is a single image, but NeutralDifference"):
        NeutralDifference().fit(make_noise()[0])
