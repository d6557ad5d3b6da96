"""Face arrays of sequences."""

import pickle

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skfer.alignment import drop_missing
from skfer.evaluation import evaluate_subject_independent, find_near_duplicates
from skfer.faces import is_sequence, make_face_array, with_fields
from skfer.utils._fingerprint import fingerprint
from tests.sequences import MeanFrame, make_noise


def make_faces_of_noise(n=6):
    sequences = make_noise([2 + number % 3 for number in range(n)], (24, 24))
    subjects = [f"s{number // 2}" for number in range(n)]
    frame_eyes = [np.full((len(frames), 2, 2), 5.0) + [0, 9] for frames in sequences]
    return make_face_array(sequences, subject=subjects, frame_eyes=frame_eyes)


def test_rows_of_any_length_stay_what_they_were():
    sequences = make_noise()
    faces = make_face_array([*sequences, "smile.MP4", ["1.png", "2.png"], list(sequences[0])])
    assert all(image is frames for image, frames in zip(faces["image"], sequences, strict=False))
    assert faces["image"][3] == "smile.MP4"
    assert faces["image"][4] == ("1.png", "2.png")
    np.testing.assert_array_equal(faces["image"][5], sequences[0])
    assert all(map(is_sequence, faces["image"]))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (np.zeros((9, 8)), False),
        (np.zeros((9, 8, 3)), False),
        (np.zeros((9, 8, 4)), False),
        (np.zeros((9, 8, 5)), True),
        (np.zeros((2, 9, 8, 3)), True),
        ("clip.webm", True),
        ("clip.png", False),
    ],
)
def test_a_picture_in_colour_is_no_sequence(image, expected):
    assert is_sequence(image) == expected
    assert is_sequence(make_face_array([image])["image"][0]) == expected


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((0, 9, 8)), "Image 1 is a sequence without frames"),
        ([], "Image 1 is a sequence without frames"),
        ([np.zeros((9, 8)), np.zeros((9, 7))], r"frames of shape \(9, 7\) and \(9, 8\)"),
        ([np.zeros((9, 8)), "a.png"], "Image 1 is a list, but not of frames"),
        (np.zeros((2, 9, 8, 5)), r"Image 1 has shape \(2, 9, 8, 5\)"),
    ],
)
def test_what_is_no_sequence_is_named(image, message):
    with pytest.raises(ValueError, match=message):
        make_face_array([np.zeros((2, 9, 8)), image])


def test_eyes_are_the_median_of_those_of_the_frames():
    frame_eyes = np.zeros((4, 2, 2)) + [[10, 20], [30, 20]]
    frame_eyes[1] += 100
    frame_eyes[3] = np.nan
    unknown = np.full((2, 2, 2), np.nan)
    faces = make_face_array(make_noise((4, 2)), frame_eyes=[frame_eyes, unknown])
    np.testing.assert_array_equal(faces["eyes"][0], [[10, 20], [30, 20]])
    assert np.isnan(faces["eyes"][1]).all()
    (kept,), dropped = drop_missing(faces)
    assert len(kept) == 1 and dropped.tolist() == [1]


@pytest.mark.parametrize(
    ("frame_eyes", "message"),
    [
        ([np.zeros((3, 2))] * 3, r"image 0 have shape \(3, 2\); expected \(n_frames, 2, 2\)"),
        ([np.zeros((3, 2, 2))], "1 entries for 3 images"),
    ],
)
def test_eyes_of_frames_have_their_shape(frame_eyes, message):
    with pytest.raises(ValueError, match=message):
        make_face_array(make_noise(), frame_eyes=frame_eyes)


def test_indexing_pickling_and_new_fields_keep_the_sequences():
    faces = make_faces_of_noise()
    again = pickle.loads(pickle.dumps(with_fields(faces, age=range(6))[[4, 1]]))
    for name in ("image", "frame_eyes"):
        for row, expected in zip(again[name], faces[name][[4, 1]], strict=True):
            np.testing.assert_array_equal(row, expected)
    assert again["age"].tolist() == [4, 1]


def test_a_fingerprint_sees_every_frame_and_file(tmp_path):
    file = tmp_path / "frame.png"
    file.write_bytes(b"1")
    faces = make_face_array([*make_noise(), [str(file)]])
    same = make_face_array([*make_noise(), [str(file)]])
    assert fingerprint(faces) == fingerprint(same)
    digests = {fingerprint(faces)}
    same["image"][1][-1, -1, -1] ^= 1
    digests.add(fingerprint(same))
    file.write_bytes(b"2")
    digests.add(fingerprint(faces))
    assert len(digests) == 3


def test_folds_and_an_evaluation_that_is_kept(tmp_path):
    faces, y = make_faces_of_noise(), np.array(["a", "b"] * 3)
    for index, label in enumerate(y):
        faces["image"][index][:] = 100 + 50 * (label == "a")
    model = make_pipeline(MeanFrame(), KNeighborsClassifier(1))
    folds = {"cv": GroupKFold(3), "groups": faces["subject"]}
    assert (cross_val_predict(model, faces, y, n_jobs=2, **folds) == y).all()
    result = evaluate_subject_independent(model, faces, y, cv=3, memory=tmp_path)
    assert (result.images["y_pred"] == result.images["y_true"]).all()
    assert len(list(tmp_path.iterdir())) == 3


def test_near_duplicates_are_found_by_their_middle_frames():
    faces = make_faces_of_noise()
    copy = faces["image"][4].copy()
    copy[0] = 0
    faces = make_face_array([*faces["image"], copy], subject=[*faces["subject"], "other"])
    pairs = find_near_duplicates(faces)
    assert pairs[["image_a", "image_b"]].to_numpy().tolist() == [[4, 6]]
