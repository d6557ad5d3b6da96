"""Synthetic sequences from neutral to the peak."""

import numpy as np
import pytest

from skfer.datasets import make_face_sequences, make_faces
from skfer.synthetic._expression import ACTION_UNITS, SMILES
from skfer.synthetic._onset import draw_onset


@pytest.fixture(scope="module")
def data():
    return make_face_sequences(
        3, expressions=("happy", "surprise"), n_frames=(4, 7), random_state=0
    )


def test_bunch(data):
    assert data.faces.shape == (6,)
    assert data.target.tolist() == ["happy", "surprise"] * 3
    assert data.target_names == ["happy", "surprise"]
    lengths = [len(frames) for frames in data.faces["image"]]
    assert lengths == data.frame["n_frames"].tolist() == list(map(len, data.faces["frame_eyes"]))
    assert set(lengths) <= {4, 5, 6, 7} and len(set(lengths)) > 1
    assert all(frames.dtype == np.uint8 for frames in data.faces["image"])
    assert (data.frame["peak_frame"] == data.frame["n_frames"] - 1).all()
    assert data.frame["sequence"].is_unique
    np.testing.assert_array_equal(data.faces["subject"], data.subjects)


def test_a_sequence_goes_from_neutral_to_its_peak(data):
    for frames in data.faces["image"]:
        frames = frames.astype(float)
        first, last = (np.abs(frames - frames[end]).mean(axis=(1, 2)) for end in (0, -1))
        middle = len(frames) // 2
        assert first[-1] > first[1] and last[0] > last[-2]
        assert first[-1] > 1.5 * min(first[middle], last[middle])


def test_the_head_moves_a_little_and_the_eyes_tell(data):
    moved = [np.ptp(eyes, axis=0).max() for eyes in data.faces["frame_eyes"]]
    assert 0.1 < min(moved) and max(moved) < 6
    medians = [np.median(eyes, axis=0) for eyes in data.faces["frame_eyes"]]
    np.testing.assert_allclose(data.faces["eyes"], medians)


def test_the_way_back_ends_as_it_began():
    data = make_face_sequences(
        1, expressions=["surprise"], n_frames=11, offset=True, random_state=0
    )
    frames = data.faces["image"][0].astype(float)
    peak = data.frame["peak_frame"][0]
    assert 4 <= peak <= 7
    change = np.abs(frames - frames[0]).mean(axis=(1, 2))
    assert change[peak] > 1.5 * change[-1]


def test_random_state_determines_every_bit_whatever_else_is_asked_for(data):
    faces, target, subjects = make_face_sequences(
        2, 2, expressions=["surprise"], n_frames=(4, 7), random_state=0, return_X_y=True
    )
    assert target.tolist() == ["surprise"] * 4 and subjects[1] == "synthetic000"
    np.testing.assert_array_equal(faces["image"][0], data.faces["image"][1])
    np.testing.assert_array_equal(faces["image"][2], data.faces["image"][3])


def test_the_persons_are_those_of_make_faces(data):
    stills = make_faces(3, 1, expressions=("neutral",), random_state=0).images.astype(float)
    first = np.array([frames[0] for frames in data.faces["image"][::2]], dtype=float)
    distances = np.abs(stills[:, None] - first).mean(axis=(2, 3))
    assert (distances.argmin(axis=1) == [0, 1, 2]).all()


@pytest.mark.parametrize("offset", [False, True])
def test_the_two_smiles_differ_in_their_timing_only(offset):
    rng = np.random.default_rng(0)
    times = np.linspace(0, 1, 101)
    mouth, eyes = ACTION_UNITS.index(12), ACTION_UNITS.index(6)
    durations, lags, ends = {}, {}, {}
    for smile in SMILES:
        onsets = [draw_onset(smile, offset, rng).intensities(times) for _ in range(50)]
        grown = np.array(onsets)
        begins = (grown[:, :, mouth] > 0.05).argmax(axis=1)
        durations[smile] = (grown[:, :, mouth] > 0.95).argmax(axis=1) - begins
        lags[smile] = (grown[:, :, eyes] > 0.5).argmax(axis=1) - (grown[:, :, mouth] > 0.5).argmax(
            axis=1
        )
        ends[smile] = grown.max(axis=1)
        assert (grown[:, 0] == 0).all()
        assert (grown[:, -1] == (0 if offset else 1)).all()
    assert durations["posed smile"].max() < durations["felt smile"].min()
    assert np.median(lags["posed smile"]) > np.median(lags["felt smile"]) + 3
    assert all((peak == 1).all() for peak in ends.values())


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_frames": 1}, ValueError, "n_frames"),
        ({"n_frames": (5, 4)}, ValueError, "greatest of n_frames"),
        ({"n_frames": "many"}, ValueError, r"a number or \(low, high\)"),
        ({"n_frames": (4, 5.5)}, TypeError, "n_frames"),
        ({"expressions": ["smirk"]}, ValueError, "known ones are .*posed smile"),
        ({"n_subjects": 0}, ValueError, "n_subjects"),
    ],
)
def test_bad_arguments(arguments, error, message):
    with pytest.raises(error, match=message):
        make_face_sequences(**arguments)


def test_make_faces_knows_no_smiles():
    with pytest.raises(ValueError, match="Unknown expressions"):
        make_faces(1, expressions=["felt smile"])
