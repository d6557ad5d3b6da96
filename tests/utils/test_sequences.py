"""The door for sequences: what a step takes, and the pixels it gets."""

import numpy as np
import pytest

from skfer.alignment import SupervisedDescent
from skfer.classifiers import RadialEncodingClassifier
from skfer.descriptors import PixelDescriptor
from skfer.faces import make_face_array
from skfer.preprocessing import IntensityNormalizer
from skfer.utils import check_images
from skfer.utils._opencv import cv2
from tests.sequences import MeanFrame, Movement, make_noise


def write_frames(folder, sequence):
    paths = [str(folder / f"{number}.png") for number in range(len(sequence))]
    for path, frame in zip(paths, sequence, strict=True):
        cv2.imwrite(path, frame)
    return paths


@pytest.mark.parametrize("step", [PixelDescriptor(), RadialEncodingClassifier()])
def test_a_step_of_single_images_names_the_sequence_and_the_way_out(step):
    name = type(step).__name__
    with pytest.raises(ValueError, match=f"Sample 0 is a sequence, but {name} .* Framewise"):
        step.fit(make_face_array(make_noise()), [0, 1, 1])
    with pytest.raises(ValueError, match=r"Sample 0 \('a.avi'\) is a sequence"):
        step.fit(["a.avi"], [0])


def test_pictures_with_colours_first_get_advice():
    with pytest.raises(ValueError, match="put the axis of the colours last"):
        PixelDescriptor().fit(np.zeros((2, 3, 9, 8)))


def test_a_step_that_learns_points_takes_single_images_only():
    with pytest.raises(ValueError, match="Sample 0 is a sequence, but SupervisedDescent"):
        SupervisedDescent().fit(make_noise(), np.zeros((3, 2, 2)))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((2, 9, 8)), "Sample 0 is a single image, but MeanFrame takes sequences"),
        ([*make_noise(), np.zeros((9, 8))], "Sample 3 is a single image"),
        (["a.png"], r"Sample 0 \('a.png'\) is a single image"),
        (np.zeros((2, 72)), "takes sequences, not flattened rows"),
        ([], "X is empty; give at least one"),
        (
            [make_noise()[0], np.zeros((2, 9, 9), np.uint8)],
            r"Sample 1 has frames of shape \(9, 9\)",
        ),
        ([*make_noise(), np.ones((2, 8, 9))], "Sample 3 has float64 pixels, but Sample 0 uint8"),
        ([np.full((2, 9, 8), np.nan)], "Sample 0, frame 0 contains NaN"),
        (["a.avi"], "Cannot read video 'a.avi': No such file"),
        ([["a.png", "b.png"]], "Sample 0: Cannot read image 'b.png'"),
        (
            [np.full((2, 9, 8), -1)],
            "Sample 0: frame 0 has the pixel -1, but integers lie between 0 and 255",
        ),
    ],
)
def test_a_step_of_sequences_names_what_it_cannot_take(X, message):
    with pytest.raises(ValueError, match=message):
        MeanFrame().fit_transform(X)


def test_images_and_sequences_are_not_mixed():
    with pytest.raises(ValueError, match="Sample 1 is a single image, but Sample 0 is a sequence"):
        IntensityNormalizer().fit([make_noise()[0], np.zeros((9, 8))])


def test_frames_of_files_have_one_size(tmp_path):
    paths = write_frames(tmp_path, make_noise()[0])
    cv2.imwrite(paths[1], np.zeros((5, 5), np.uint8))
    with pytest.raises(ValueError, match=r"Sample 0: the frame '.*1.png' has shape \(5, 5\)"):
        MeanFrame().fit([paths])


def test_a_descriptor_says_how_many_frames_it_needs():
    with pytest.raises(ValueError, match="Sample 1 has 1 frame; Movement needs at least 2"):
        Movement().fit_transform(make_noise((3, 1)))
    assert MeanFrame().fit_transform(make_noise((3, 1))).shape == (2, 72)


def test_pixels_keep_to_the_range_that_fit_saw():
    step = MeanFrame().fit(make_noise())
    with pytest.raises(ValueError, match="fitted on pixels up to 255"):
        step.transform([np.full((2, 8, 9), 0.5)])


@pytest.mark.parametrize("kind", ["list", "array", "colour", "files", "faces", "frames"])
def test_all_forms_give_the_same_features(tmp_path, kind):
    sequences = make_noise((3, 3))
    X = {
        "list": sequences,
        "array": np.stack(sequences),
        "colour": np.stack(sequences)[..., None].repeat(3, axis=-1),
        "files": [write_frames(tmp_path, sequences[0]), sequences[1]],
        "faces": make_face_array(sequences),
        "frames": [list(frames) for frames in sequences],
    }[kind]
    features = MeanFrame().fit(sequences).transform(X)
    expected = np.stack(sequences).mean(axis=1).reshape(2, -1)
    np.testing.assert_allclose(features, expected, rtol=1e-6, atol=1e-4)


def test_threads_change_nothing():
    sequences = make_noise((3, 5, 2, 4))
    one, two = (MeanFrame(n_jobs=n_jobs).fit_transform(sequences) for n_jobs in (None, 2))
    assert one.dtype == np.float32
    np.testing.assert_array_equal(one, two)


def test_files_of_frames_that_are_passed_over_are_not_read(tmp_path):
    paths = write_frames(tmp_path, make_noise((3,))[0])
    batch = check_images(MeanFrame(), [["gone.png", *paths]], any_size=True, sequences="require")
    assert batch.frames(0, lambda frames: frames[1:]).shape == (3, 8, 9)
    assert batch.decode(0).shape == (8, 9)  # the middle frame alone
