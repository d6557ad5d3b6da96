"""Eyes and crops of sequences."""

from pathlib import Path

import numpy as np
import pytest

from skfer.alignment import EyeLocator, FaceAligner
from skfer.alignment._sequence_eyes import interpolate_eyes, is_trusted
from skfer.datasets import make_face_sequences
from skfer.faces import make_face_array, with_fields
from tests.datasets.test_mmi import write_levels
from tests.sequences import make_noise

DATA = make_face_sequences(2, expressions=["happy"], n_frames=(3, 4), random_state=0)
FACES = DATA.faces
UNKNOWN = make_face_array(FACES["image"], subject=FACES["subject"])


def locate(faces, **parameters):
    return EyeLocator(**parameters).fit_transform(faces)


def test_eyes_are_found_in_each_frame_and_their_median_stands_for_all():
    located = locate(UNKNOWN)
    for index, exact in enumerate(FACES["frame_eyes"]):
        np.testing.assert_allclose(located["frame_eyes"][index], exact, atol=3)
    np.testing.assert_allclose(located["eyes"], FACES["eyes"], atol=3)
    assert (located["confidence"] > 0.2).all() and (located["confidence"] < 1).all()
    assert located["subject"].tolist() == FACES["subject"].tolist()


def test_eyes_that_are_known_are_kept_and_nothing_is_searched():
    class Nothing:
        def detect(self, image):
            raise AssertionError("searched")

    known = make_face_array(FACES["image"], FACES["eyes"])
    located = locate(known, detector=Nothing())
    np.testing.assert_array_equal(located["eyes"], FACES["eyes"])
    assert (located["confidence"] == 1).all()
    assert [np.isnan(eyes).all() for eyes in located["frame_eyes"]] == [True, True]
    kept = locate(FACES, detector=Nothing())["frame_eyes"]
    np.testing.assert_array_equal(kept[0], FACES["frame_eyes"][0])


def test_frames_that_are_passed_over_lie_between_their_neighbours():
    frames = [*FACES["image"][0], *FACES["image"][0]]
    located = locate([frames, frames], frame_step=3)["frame_eyes"][0]
    all_of_them = locate([frames])["frame_eyes"][0]
    np.testing.assert_allclose(located[[0, 3, -1]], all_of_them[[0, 3, -1]])
    np.testing.assert_allclose(located[1], (2 * located[0] + located[3]) / 3)


def hide(faces, *hidden):
    """Paint some frames of the first sequence black."""
    frames = faces["image"][0].copy()
    frames[list(hidden)] = 0
    return with_fields(faces, image=[frames, *faces["image"][1:]])


def test_frames_without_a_face_follow_the_policy():
    faces = hide(UNKNOWN, 1)
    problem = "no face found in 1 of the . frames searched, the first is frame 1"
    with pytest.raises(ValueError, match=rf"frames of 1 of 2 sequences \(Sample 0: {problem}\)"):
        locate(faces)
    locator = EyeLocator(on_missing="skip")
    located = locator.fit_transform(faces)
    assert locator.missing_["sample"].tolist() == [0]
    assert np.isfinite(located["eyes"]).all()
    assert np.isnan(located["frame_eyes"][0][1]).all()
    with pytest.warns(UserWarning, match="Found no eyes in frames of 1 of 2"):
        guessed = locate(faces, on_missing="guess")
    between = interpolate_eyes([0, 2], guessed["frame_eyes"][0][[0, 2]], 3)[1]
    np.testing.assert_allclose(guessed["frame_eyes"][0][1], between)
    np.testing.assert_allclose(guessed["eyes"], located["eyes"])


def test_a_sequence_without_any_face_has_no_eyes_or_mean_places():
    faces = make_face_array([np.zeros((2, 48, 48), np.uint8)])
    located = locate(faces, on_missing="skip")
    assert np.isnan(located["eyes"]).all() and np.isnan(located["frame_eyes"][0]).all()
    assert located["confidence"].tolist() == [0]
    with pytest.warns(UserWarning, match="mean places"):
        guessed = locate(faces, on_missing="guess")
    assert np.isfinite(guessed["eyes"]).all() and np.isfinite(guessed["frame_eyes"][0]).all()


def test_landmarks_are_for_single_images():
    with pytest.raises(ValueError, match="landmarks=True is for single images"):
        locate(UNKNOWN, landmarks=True)


def test_doubtful_frames_do_not_count():
    assert is_trusted(np.array([0.8, 0.3, 0.5])).tolist() == [True, False, True]


def test_one_transform_for_the_whole_sequence():
    aligned = FaceAligner((32, 32)).fit_transform(FACES)
    still = make_face_array(FACES["image"][1], FACES["eyes"][[1] * len(FACES["image"][1])])
    expected = FaceAligner((32, 32)).fit_transform(still)
    np.testing.assert_array_equal(aligned["image"][1], expected["image"])
    np.testing.assert_allclose(aligned["eyes"][1], expected["eyes"][0])
    # The eyes of the frames move with the picture: the head still leans in the crop.
    shifts = aligned["frame_eyes"][1] - aligned["eyes"][1]
    assert 0 < np.abs(shifts).max() < 3


def test_or_one_for_each_frame():
    aligned = FaceAligner((32, 32), per_frame=True).fit_transform(FACES)
    still = make_face_array(FACES["image"][1], FACES["frame_eyes"][1])
    expected = FaceAligner((32, 32)).fit_transform(still)
    np.testing.assert_array_equal(aligned["image"][1], expected["image"])
    np.testing.assert_allclose(aligned["frame_eyes"][1], expected["eyes"])


def test_sequences_of_any_size_and_form_become_one_size(tmp_path):
    sequences = [*make_noise((2,), (40, 40)), *make_noise((3,), (30, 50))]
    faces = make_face_array(sequences, [[[10, 15], [25, 15]]] * 2)
    aligned = FaceAligner((16, 16)).fit_transform(faces)
    assert [frames.shape for frames in aligned["image"]] == [(2, 16, 16), (3, 16, 16)]
    whole = FaceAligner((16, 16), rotate=False, crop=None).fit_transform(sequences)
    assert [frames.dtype for frames in whole["image"]] == [np.uint8] * 2


@pytest.mark.parametrize(
    ("frame_eyes", "message"),
    [
        (None, "per_frame=True needs the field frame_eyes"),
        ([[[[9, 9], [19, 9]]] * 2], "Sample 0 has 3 frames, but frame_eyes for 2"),
        ([[[[9, 9], [19, 9]], [[np.nan] * 2] * 2, [[9, 9], [19, 9]]]], "Sample 0, frame 1"),
    ],
)
def test_eyes_of_frames_that_do_not_serve_are_named(frame_eyes, message):
    faces = make_face_array(make_noise((3,), (30, 30)), frame_eyes=frame_eyes)
    with pytest.raises(ValueError, match=message):
        FaceAligner(per_frame=True).fit_transform(faces)


def test_a_video_is_aligned_as_its_frames_are(tmp_path):
    write_levels(tmp_path / "a.avi", 3)
    faces = make_face_array([Path(tmp_path, "a.avi")], [[[6, 6], [16, 6]]])
    assert FaceAligner((16, 16)).fit_transform(faces)["image"][0].shape == (3, 16, 16)
