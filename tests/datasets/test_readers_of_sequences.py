"""Readers that give each sequence as one row."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skfer.alignment import EyeLocator, FaceAligner
from skfer.classifiers import FramewiseClassifier
from skfer.datasets import load_ckplus, load_image_folder, load_mmi, make_face_sequences, save_faces
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import compare_results, evaluate_subject_independent
from skfer.preprocessing import NeutralDifference
from skfer.utils import check_images
from skfer.utils._opencv import cv2
from tests.datasets.test_ckplus import write_sequence
from tests.datasets.test_mmi import write_levels, write_session
from tests.image_files import write_image
from tests.video_files import write_video

NUMBERED = r"(?P<subject>\w+)/(?P<sequence>[^/]+)/(?P<expression>[a-z]+)_(?P<frame_number>\d+)\.png"


def decode(faces):
    """Return the grey frames of all sequences of a face array."""
    batch = check_images(object(), faces, reset=False, any_size=True, sequences="require")
    return [batch.frames(index) for index in range(len(faces))]


def write_frames(folder, levels):
    """Write frames of one grey level each, by name."""
    for name, level in levels.items():
        write_image(folder / name, level, (8, 9))


def test_ckplus_gives_a_row_for_each_sequence_up_to_its_peak(tmp_path):
    write_sequence(tmp_path, "S005_001", "3.0\n", frames=(1, 2, 3))
    write_sequence(tmp_path, "S010_002", "7.0\n", frames=(1, 2, 3, 4, 5))
    data = load_ckplus(tmp_path, frames="sequence", on_missing="skip")
    assert data.target.tolist() == ["disgust", "surprise"]
    assert data.frame["n_frames"].tolist() == [3, 5]
    assert "frame_number" not in data.frame
    names = [path.rsplit("_", 1)[1] for path in data.faces["image"][0]]
    assert names == ["00000001.png", "00000002.png", "00000003.png"]
    assert data.frame["path"][0] == data.faces["image"][0][-1]
    assert [len(eyes) for eyes in data.faces["frame_eyes"]] == [3, 5]
    np.testing.assert_array_equal(
        data.faces["eyes"], [eyes[0] for eyes in data.faces["frame_eyes"]]
    )
    assert [frames.shape for frames in decode(data.faces)] == [(3, 1, 3), (5, 1, 3)]


def test_ckplus_has_no_neutral_row_beside_the_sequences(tmp_path):
    with pytest.raises(ValueError, match="neutral=True takes the neutral frames as images"):
        load_ckplus(tmp_path, frames="sequence", neutral=True)


def test_mmi_gives_videos_frames_and_sequences_that_were_turned(tmp_path):
    write_session(tmp_path, "1", "S001-001", 1)
    write_session(tmp_path, "2", "S002-004", 6, frames=12)
    write_session(tmp_path, "3", "S002-005", 6, frames=4)
    data = load_mmi(tmp_path, frames="sequence", rotated=["3"])
    assert data.frame["n_frames"].tolist() == [9, 12, 4]
    assert data.frame["sequence"].tolist() == ["S001-001", "S002-004", "S002-005"]
    video, frames, turned = data.faces["image"]
    assert video.endswith("S001-001.avi") and len(frames) == 12
    assert turned.shape == (4, 24, 16)
    assert (turned[:, :4, -4:] == 255).all()  # the corner that was at the top left
    decoded = decode(data.faces)
    np.testing.assert_allclose(decoded[0][:, 0, 0], 10 * np.arange(9), atol=3)
    assert (decoded[1][:, -1, -1] == 10 * np.arange(12)).all()


def test_mmi_takes_all_frames_of_a_sequence(tmp_path):
    with pytest.raises(ValueError, match="without peak and n_frames"):
        load_mmi(tmp_path, frames="sequence", n_frames=4)


def test_frames_of_a_folder_come_in_the_order_of_their_numbers(tmp_path):
    write_frames(tmp_path / "anna" / "v1", {"happy_2.png": 20, "happy_10.png": 100})
    write_frames(tmp_path / "ben" / "v2", {"sad_3.png": 31, "sad_1.png": 11, "sad_2.png": 21})
    data = load_image_folder(tmp_path, pattern=NUMBERED, frames="sequence")
    assert data.target.tolist() == ["happy", "sad"]
    assert data.subjects.tolist() == ["anna", "ben"]
    levels = [frames[:, 0, 0].tolist() for frames in decode(data.faces)]
    assert levels == [[20, 100], [11, 21, 31]]


def test_frames_without_numbers_come_as_people_count(tmp_path):
    write_frames(tmp_path / "anna", {"happy-2.png": 20, "happy-10.png": 100, "happy-1.png": 10})
    pattern = r"(?P<sequence>(?P<subject>\w+)/(?P<expression>[a-z]+))-\d+\.png"
    data = load_image_folder(tmp_path, pattern=pattern, frames="sequence")
    assert decode(data.faces)[0][:, 0, 0].tolist() == [10, 20, 100]
    assert data.frame["path"][0].endswith("happy-10.png")


def test_crops_are_decoded_at_once(tmp_path):
    write_frames(tmp_path / "anna" / "v1", {"happy_1.png": 10, "happy_2.png": 20})
    data = load_image_folder(tmp_path, pattern=NUMBERED, frames="sequence", cropped=True)
    assert data.faces["image"][0].shape == (2, 8, 9)


def test_each_video_of_a_folder_is_a_sequence(tmp_path):
    for subject, n_frames in [("anna", 3), ("ben", 5)]:
        (tmp_path / subject / "happy").mkdir(parents=True)
        write_levels(tmp_path / subject / "happy" / "clip.avi", n_frames)
    data = load_image_folder(tmp_path, frames="sequence")
    assert data.subjects.tolist() == ["anna", "ben"]
    assert data.frame["sequence"].tolist() == data.frame["path"].tolist()
    assert [len(frames) for frames in decode(data.faces)] == [3, 5]
    with pytest.raises(ValueError, match=r"by load_image_folder\(frames='sequence'\) only"):
        load_image_folder(tmp_path)


def test_videos_that_cannot_be_read_are_listed(tmp_path):
    (tmp_path / "anna" / "happy").mkdir(parents=True)
    write_levels(tmp_path / "anna" / "happy" / "a.avi", 3)
    (tmp_path / "anna" / "happy" / "b.avi").write_bytes(b"no video")
    with pytest.raises(ValueError, match="Cannot read video '.*b.avi': not a video"):
        load_image_folder(tmp_path, frames="sequence")
    data = load_image_folder(tmp_path, frames="sequence", on_unreadable="skip")
    assert len(data.faces) == 1
    assert "b.avi" in data.unreadable["path"][0]


@pytest.mark.parametrize(
    ("levels", "pattern", "message"),
    [
        ({"happy_1.png": 1, "neutral_2.png": 2}, NUMBERED, "'v1' of 'happy', 'neutral'"),
        (
            {"happy_1.png": 1},
            r"(?P<subject>\w+)/[^/]+/(?P<expression>[a-z]+)_\d+\.png",
            r"has no group \(\?P<sequence>...\); each file needs one",
        ),
    ],
)
def test_what_is_no_sequence_is_named(tmp_path, levels, pattern, message):
    write_frames(tmp_path / "anna" / "v1", levels)
    with pytest.raises(ValueError, match=message):
        load_image_folder(tmp_path, pattern=pattern, frames="sequence")


def test_a_table_names_the_sequences(tmp_path):
    write_frames(tmp_path / "frames", {"happy_1.png": 1})
    (tmp_path / "list.csv").write_text("file,subject,expression\nframes/happy_1.png,anna,happy\n")
    with pytest.raises(ValueError, match="name no sequence, the first is .*happy_1.png"):
        load_image_folder(tmp_path, csv="list.csv", frames="sequence")


def test_a_video_beside_its_frames_is_refused(tmp_path):
    write_frames(tmp_path / "anna" / "v1", {"happy_1.png": 1})
    write_levels(tmp_path / "anna" / "v1" / "happy_2.avi", 3)
    with pytest.raises(ValueError, match="has a video and 1 other files"):
        load_image_folder(tmp_path, pattern=NUMBERED.replace("png", r"\w+"), frames="sequence")


def test_sequences_are_not_saved_as_faces(tmp_path):
    data = make_face_sequences(1, expressions=["happy"], n_frames=2, random_state=0)
    with pytest.raises(ValueError, match="faces are sequences"):
        save_faces(tmp_path / "faces.npy", data.faces, data.frame, transformer=FaceAligner())


DATA = make_face_sequences(4, expressions=("happy", "surprise"), n_frames=(3, 5), random_state=0)
CODES = {"ckplus": {"happy": 5, "surprise": 7}, "mmi": {"happy": 4, "surprise": 6}}


def write_ckplus(folder):
    """Write made-up people as CK+: the frames, the landmarks round their eyes, the emotions."""
    for number, face in enumerate(DATA.faces):
        subject, sequence = f"S{number // 2:03d}", f"{number:03d}"
        name = f"{subject}_{sequence}"
        for part in ("cohn-kanade-images", "Landmarks", "Emotion"):
            (folder / part / subject / sequence).mkdir(parents=True)
        frames = zip(face["image"], face["frame_eyes"], strict=True)
        for frame, (image, eyes) in enumerate(frames, start=1):
            file = f"{subject}/{sequence}/{name}_{frame:08d}"
            cv2.imwrite(str(folder / "cohn-kanade-images" / f"{file}.png"), image)
            points = np.repeat(eyes, [42, 26], axis=0)
            np.savetxt(folder / "Landmarks" / f"{file}_landmarks.txt", points)
        text = f"  {CODES['ckplus'][DATA.target[number]]:.7e}\n"
        (folder / "Emotion" / f"{file}_emotion.txt").write_text(text)


def write_mmi(folder):
    """Write made-up people as MMI: a video in each session."""
    for number, face in enumerate(DATA.faces):
        name = f"S{number // 2:03d}-{number:03d}"
        emotion = CODES["mmi"][DATA.target[number]]
        session = write_session(folder, str(number), name, emotion, video=0, frames=0)
        write_video(session / f"{name}.avi", face["image"])


@pytest.mark.parametrize(("write", "load"), [(write_ckplus, load_ckplus), (write_mmi, load_mmi)])
def test_from_a_copy_in_the_official_layout_to_a_table(tmp_path, write, load):
    write(tmp_path)
    data = load(tmp_path, frames="sequence", on_missing="skip")
    assert data.target.tolist() == DATA.target.tolist()
    still = make_pipeline(HOGDescriptor(), LogisticRegression())
    methods = {
        "peak": [FramewiseClassifier(still, fit_frames=1, predict_frames=1)],
        "difference": [NeutralDifference(), FramewiseClassifier(still)],
    }
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Found no eyes")  # of the videos, which are compressed
        faces = EyeLocator(on_missing="guess", frame_step=2).fit_transform(data.faces)
    align = FaceAligner((32, 32))
    methods = {name: make_pipeline(align, *steps) for name, steps in methods.items()}
    results = evaluate_subject_independent(methods, faces, data.target, info=data.frame, cv=4)
    assert len(compare_results(results)) == 1  # the other method beside the first
    for result in results.values():
        assert result.summary()["pooled_accuracy"] > 0.8
        assert result.images["sequence"].tolist() == data.frame["sequence"].tolist()
