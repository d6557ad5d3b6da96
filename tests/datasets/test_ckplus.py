"""The Extended Cohn-Kanade data set, CK+, and its crops of 48 x 48 pixels, CK+48."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skfer.datasets import load_ck48, load_ckplus
from skfer.datasets._readers.ckplus import official_sequences
from skfer.utils._opencv import cv2
from tests.image_files import write_image

CODES = {1: "anger", 2: "contempt", 3: "disgust", 4: "fear", 5: "happy", 6: "sad", 7: "surprise"}
N_SEQUENCES = {1: 45, 2: 18, 3: 59, 4: 25, 5: 69, 6: 28, 7: 83}
COUNTS = {"anger": 135, "disgust": 177, "fear": 75, "happy": 207, "sad": 84, "surprise": 249}
IMAGES = "cohn-kanade-images/S005/001"
EYES = [[200.5, 150.0], [280.5, 150.0]]
FUZZ = settings(max_examples=50, deadline=None, derandomize=True, database=None)


def make_up_codes():
    """Give each official sequence a code, in the official numbers, contempt alone to 12 subjects.

    The codes are not those of CK+.
    """
    sequences = official_sequences()
    n_of_subject = Counter(sequence[:4] for sequence in sequences)
    single = [sequence for sequence in sequences if n_of_subject[sequence[:4]] == 1]
    last = {sequence[:4]: sequence for sequence in sequences if sequence not in single}
    contempt = [*single[:12], *list(last.values())[:6]]
    others = [code for code, number in N_SEQUENCES.items() if code != 2 for _ in range(number)]
    rest = [sequence for sequence in sequences if sequence not in contempt]
    return dict.fromkeys(contempt, 2) | dict(zip(rest, others, strict=True))


def write_sequence(folder, sequence, text, frames=(1, 2, 3, 4), landmarks=True):
    """Write images of different content, their landmarks and the emotion file of the last."""
    subject, number = sequence.split("_")
    images = folder / "cohn-kanade-images" / subject / number
    images.mkdir(parents=True)
    for frame in frames:
        value = int(f"{subject[1:]}{number}{frame}")
        pixels = np.array([[value // 65536, value // 256 % 256, value % 256]], np.uint8)
        cv2.imwrite(str(images / f"{sequence}_{frame:08d}.png"), pixels)
        if landmarks:
            write_landmarks(folder, sequence, frame)
    emotion = folder / "Emotion" / subject / number / f"{sequence}_{frames[-1]:08d}_emotion.txt"
    emotion.parent.mkdir(parents=True)
    emotion.write_text(text)
    return emotion


def write_landmarks(folder, sequence, frame):
    points = np.zeros((68, 2))
    points[36:42] = [[190, 150], [196, 147], [205, 147], [211, 150], [205, 153], [196, 153]]
    points[42:48] = points[36:42] + [80, 0]
    file = folder / "Landmarks" / sequence.replace("_", "/") / f"{sequence}_{frame:08d}"
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(f"{file}_landmarks.txt", points, fmt="  %.7e")


def write_crops(folder):
    """Write a copy with the counts of CK+48, black but for the number of the sequence."""
    image = np.zeros((48, 48), np.uint8)
    number = 0
    for code, n_sequences in N_SEQUENCES.items():
        emotion = "sadness" if CODES[code] == "sad" else CODES[code]
        (folder / emotion).mkdir(parents=True)
        for _ in range(n_sequences):
            subject = 200 + number % 12 if emotion == "contempt" else number % 106
            image[0, :2] = number // 256, number % 256
            content = cv2.imencode(".png", image)[1].tobytes()
            for frame in (9, 10, 11):
                name = f"S{subject:03d}_{number:03d}_{frame:08d}.png"
                (folder / emotion / name).write_bytes(content)
            number += 1


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """Copies in the official numbers: CK+ with the landmarks of one sequence, and its crops."""
    home = tmp_path_factory.mktemp("home")
    for sequence, code in make_up_codes().items():
        write_sequence(home / "CK+", sequence, f"   {code}.0000000e+00\n", landmarks=False)
    for frame in (1, 2, 3, 4):
        write_landmarks(home / "CK+", "S011_003", frame)
    (home / "CK+" / "Emotion" / "S011" / "007").mkdir()  # no label
    (home / "CK+" / "cohn-kanade-images" / "S011" / "007").mkdir()
    (home / "CK+" / "Emotion" / ".DS_Store").touch()
    (home / "CK+" / "cohn-kanade-images" / "S011" / "003" / ".DS_Store").touch()
    write_crops(home / "CK+48")
    return home


@pytest.fixture
def small(tmp_path):
    """Two sequences of two subjects."""
    write_sequence(tmp_path, "S005_001", "   3.0000000e+00\n")
    write_sequence(tmp_path, "S010_004", "   1.0000000e+00\n")
    return tmp_path


def load(folder, **parameters):
    return load_ckplus(folder, on_missing="skip", **parameters)


def emotion_file(folder):
    return folder / "Emotion" / "S005" / "001" / "S005_001_00000004_emotion.txt"


def test_official_sequences():
    sequences = official_sequences()
    assert len(set(sequences)) == 327
    assert len({sequence[:4] for sequence in sequences}) == 118
    assert sequences == sorted(sequences)


def test_complete_copy(complete, check_photographs):
    data = load_ckplus(complete)
    subjects = sorted({sequence[:4] for sequence, code in make_up_codes().items() if code != 2})
    check_photographs(data, COUNTS, subjects, ["sequence", "frame_number"])
    assert len(subjects) == 106
    assert data.frame["sequence"].nunique() == 309
    assert set(data.frame.groupby("sequence")["frame_number"].agg(tuple)) == {(2, 3, 4)}
    assert "10.1109/CVPRW.2010.5543262" in data.DESCR


def test_labels_are_those_of_the_emotion_files(complete):
    frame = load_ckplus(complete, contempt=True).frame
    truth = {sequence: CODES[code] for sequence, code in make_up_codes().items()}
    assert (frame["expression"] == frame["sequence"].map(truth)).all()
    assert (frame["subject"] == frame["sequence"].str[:4]).all()
    assert [Path(path).name for path in frame["path"]] == [
        f"{sequence}_{frame:08d}.png"
        for sequence, frame in zip(frame["sequence"], frame["frame_number"], strict=True)
    ]


@pytest.mark.parametrize("reader", [load_ckplus, load_ck48])
def test_contempt(complete, reader):
    X, y, subjects = reader(complete, contempt=True, return_X_y=True)
    assert len(X) == 981
    assert (y == "contempt").sum() == 54
    assert len(np.unique(subjects)) == 118


def test_neutral_first_frames(complete):
    frame = load_ckplus(complete, neutral=True).frame
    assert len(frame) == 1236
    neutral = frame[frame["expression"] == "neutral"]
    assert len(neutral) == 309
    assert (neutral["frame_number"] == 1).all()


@pytest.mark.parametrize(
    ("frames", "neutral", "expected"),
    [
        ("peak", False, [4]),
        (2, False, [3, 4]),
        ("last3", False, [2, 3, 4]),
        ("all", False, [1, 2, 3, 4]),
        ("all", True, [1, 2, 3, 4]),
        ("peak", True, [1, 4]),
    ],
)
def test_frames(small, frames, neutral, expected):
    data = load(small, frames=frames, neutral=neutral)
    for _, sequence in data.frame.groupby("sequence"):
        assert sequence["frame_number"].tolist() == expected
        assert (sequence["expression"] == "neutral").tolist() == [
            neutral and frame == 1 for frame in expected
        ]


@pytest.mark.parametrize("reader", [load_ckplus, load_ck48])
def test_protocol(complete, reader):
    data = reader(complete, protocol="c-spp-2019")
    assert data.frame["path"].tolist() == reader(complete).frame["path"].tolist()
    assert (data.protocol, data.n_folds) == ("c-spp-2019", 8)
    with pytest.raises(ValueError, match="selects the images; give it without contempt=True"):
        reader(complete, contempt=True, protocol="c-spp-2019")
    with pytest.raises(ValueError, match="give it without neutral=True and contempt=True"):
        load_ckplus(complete, protocol="c-spp-2019", neutral=True, contempt=True)


def test_partial_copy_is_refused_and_told(complete, tmp_path):
    folder = tmp_path / "CK+"
    shutil.copytree(complete / "CK+", folder)
    shutil.rmtree(folder / "Emotion" / "S005")
    shutil.rmtree(folder / "cohn-kanade-images" / "S014" / "001")
    orphan = folder / "Emotion" / "S014" / "001" / "S014_001_00000004_emotion.txt"
    with pytest.raises(ValueError) as raised:
        load_ckplus(folder)
    message = str(raised.value)
    assert "327 labelled sequences expected, 325 found; " in message
    assert "0 emotion files without images expected, 1 found; " in message
    assert "118 subjects expected, 117 found; " in message
    assert f"; missing: S005/001, S014/001 (no images for '{orphan}'). Pass on_missing" in message
    assert "other" not in message
    assert len(load(folder, contempt=True).faces) == 3 * 325


def test_unofficial_sequence_is_refused(small):
    write_sequence(small, "S010_009", "5.0")
    with pytest.raises(ValueError, match="0 other sequences expected, 1 found"):
        load_ckplus(small)


def test_labels_in_another_order_are_refused(complete, tmp_path):
    shutil.copytree(complete / "CK+" / "Emotion", tmp_path / "Emotion")
    (tmp_path / "cohn-kanade-images").symlink_to(complete / "CK+" / "cohn-kanade-images")
    for file in (tmp_path / "Emotion").glob("*/*/*.txt"):
        code = int(float(file.read_text()))
        file.write_text(str({5: 6, 6: 5}.get(code, code)))
    with pytest.raises(
        ValueError, match="one: 69 happy sequences expected, 28 found; 28 sad sequences expected, 6"
    ):
        load_ckplus(tmp_path)


@pytest.mark.parametrize(
    ("images", "emotions"),
    [
        ("extended-cohn-kanade-images/cohn-kanade-images", "Emotion_labels/Emotion"),
        ("extended-cohn-kanade-images", "Emotion_labels"),
    ],
)
def test_folders_of_the_archives(small, images, emotions):
    for part, name in (("cohn-kanade-images", images), ("Emotion", emotions)):
        (small / name).parent.mkdir(exist_ok=True)
        (small / part).rename(small / name)
    assert load(small, frames="peak").target.tolist() == ["disgust", "anger"]


def test_strays_are_ignored(small):
    (small / "Emotion" / "S005" / "001" / "._S005_001_00000004_emotion.txt").write_text("7")
    for name in ("Thumbs.db", "ReadMe.txt", "desktop.ini"):
        (small / "Emotion" / name).touch()
    for name in ("Thumbs.db", "._S005_001_00000009.png", "notes.txt"):
        (small / IMAGES / name).touch()
    assert load(small, frames="peak").target.tolist() == ["disgust", "anger"]


def test_eyes_come_from_the_landmarks(small):
    (small / "Landmarks" / "S010" / "004" / "S010_004_00000004_landmarks.txt").unlink()
    data = load(small, frames="peak")
    assert data.faces["eyes"][0].tolist() == EYES
    assert np.isnan(data.faces["eyes"][1]).all()
    shutil.rmtree(small / "Landmarks")
    assert np.isnan(load(small).faces["eyes"]).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2\n" * 67, "holds 134 numbers; a file of landmarks holds 68 points"),
        ("1 2\n" * 67 + "1 nan", "all finite"),
        ("1 2\n" * 67 + "1 x", "is not a file of landmarks: could not convert"),
        ("1 2\n" * 67 + "1 ä", "is not a file of landmarks"),
    ],
)
def test_damaged_landmarks(small, text, message):
    file = small / "Landmarks" / "S005" / "001" / "S005_001_00000004_landmarks.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message) as raised:
        load(small)
    assert f"'{file}'" in str(raised.value)


@pytest.mark.parametrize(
    "text", ["3.5", "8", "0", "-3", "nan", "inf", "happy", "", "3 3", "3.0000000000000000001", "٣"]
)
def test_no_code(small, text):
    emotion_file(small).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="holds one number from 1 .anger. to 7") as raised:
        load(small)
    assert f"'{emotion_file(small)}' holds {text.encode()!r}" in str(raised.value)


def test_two_emotion_files(small):
    other = emotion_file(small).with_name("S005_001_00000003_emotion.txt")
    other.write_text("7.0")
    with pytest.raises(ValueError, match="both label one sequence; keep one") as raised:
        load(small)
    assert f"'{other}' and '{emotion_file(small)}'" in str(raised.value)


def test_emotion_file_in_the_folder_of_another(small):
    wrong = small / "Emotion" / "S010" / "004" / emotion_file(small).name
    emotion_file(small).rename(wrong)
    with pytest.raises(ValueError, match=f"'{wrong}' is not named such as .*, after its folders"):
        load(small)


@pytest.mark.parametrize(
    "name", ["S005_001_11.png", "S010_001_00000011.png", "S005_001_00000011.jpg", "copy.png"]
)
def test_misnamed_image(small, name):
    file = small / IMAGES / name
    file.touch()
    with pytest.raises(ValueError, match=f"'{file}' is not named such as 'S005_001_00000011.png'"):
        load(small)


@pytest.mark.parametrize(
    ("removed", "arguments", "message"),
    [
        (4, {}, "names frame 4, but .* end with frame 3"),
        (3, {}, "lacks images between frame 1 and 4"),
        (1, {"frames": 1, "neutral": True}, "begins with frame 2; neutral=True needs frame 1"),
        (None, {"frames": 5}, "has 4 frames; frames=5 and neutral=False need 5"),
        (None, {"frames": 4, "neutral": True}, "has 4 frames; frames=4 and neutral=True need 5"),
    ],
)
def test_frames_that_are_needed_are_missing(small, removed, arguments, message):
    if removed is not None:
        (small / IMAGES / f"S005_001_{removed:08d}.png").unlink()
    with pytest.raises(ValueError, match=message) as raised:
        load(small, **arguments)
    assert f"'{emotion_file(small)}'" in str(raised.value)


def test_neutral_frame_is_missing_where_none_is_needed(small):
    (small / IMAGES / "S005_001_00000001.png").unlink()
    assert len(load(small).faces) == 6


@pytest.mark.parametrize("frames", ["first", 0, True, 2.0, None])
def test_unknown_frames(small, frames):
    with pytest.raises(ValueError, match=f"frames={frames!r}; expected 'peak', 'last3', 'all'"):
        load(small, frames=frames)


def test_parts_are_absent(small, tmp_path_factory):
    with pytest.raises(FileNotFoundError, match=r"Found no cohn-kanade-images or .* CK\+"):
        load(tmp_path_factory.mktemp("empty"))
    shutil.rmtree(small / "Emotion")
    with pytest.raises(FileNotFoundError, match="has no Emotion or Emotion_labels/Emotion"):
        load(small)


def test_nothing_is_left(small):
    shutil.rmtree(small / "cohn-kanade-images" / "S010")
    emotion_file(small).write_text("2.0")
    with pytest.raises(ValueError, match="no images of the expressions asked for"):
        load(small)
    assert load(small, contempt=True).target.tolist() == ["contempt"] * 3


def test_no_images_for_any_label(small):
    shutil.rmtree(small / "cohn-kanade-images")
    (small / "cohn-kanade-images" / "S005").mkdir(parents=True)
    with pytest.raises(ValueError, match="327 labelled sequences expected, 0 found"):
        load_ckplus(small)
    with pytest.raises(ValueError, match="no images of the expressions asked for"):
        load(small)


numbers = st.floats() | st.integers(-1, 9) | st.decimals()
near_misses = st.builds("{}{}{}".format, st.sampled_from(["", "  ", "+"]), numbers, st.just("\n"))


@FUZZ
@given(st.binary(max_size=30) | near_misses.map(str.encode))
@example(b"   3.0000000e+00\r\n")
@example(b"7")
@example(b"30.0e-1")
@example("\ufeff3.0".encode())
def test_emotion_files_hold_the_right_label_or_are_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        file = write_sequence(Path(folder), "S005_001", "", landmarks=False)
        file.write_bytes(content)
        try:
            target = load(folder, frames="peak", contempt=True).target.tolist()
        except ValueError as error:
            assert f"'{file}' holds" in str(error)
            assert content.strip() not in [f"{code}.0000000e+00".encode() for code in CODES]
        else:
            assert target == [CODES[float(content)]]


# The crops: CK+48


@pytest.fixture
def crops(tmp_path):
    """Two sequences of two subjects."""
    for name in ("anger/S010_004_00000017", "anger/S010_004_00000018", "sadness/S999_001_00000014"):
        write_image(tmp_path / f"{name}.png", 7 if "S010" in name else 8, (48, 48))
    return tmp_path


def test_complete_crops(complete):
    data = load_ck48(complete)
    assert data.images.shape == (927, 48, 48)
    assert data.images.dtype == np.uint8
    assert data.faces["image"].shape == (927, 48, 48)
    assert data.target_names == ["anger", "disgust", "fear", "happy", "sad", "surprise"]
    assert len(np.unique(data.subjects)) == 106
    assert data.frame["sequence"].nunique() == 309
    assert data.cropped
    assert not data.redistributable
    assert len(data.duplicates) == 0
    assert "10.1109/CVPRW.2010.5543262" in data.DESCR


def test_crops_columns(crops):
    data = load_ck48(crops, on_missing="skip")
    assert data.frame.drop(columns="path").to_dict("list") == {
        "subject": ["S010", "S010", "S999"],
        "expression": ["anger", "anger", "sad"],
        "sequence": ["S010_004", "S010_004", "S999_001"],
        "frame_number": [17, 18, 14],
    }
    assert data.images[:, 0, 0].tolist() == [7, 7, 8]
    assert np.isnan(data.faces["eyes"]).all()


def test_crops_of_few_are_refused(crops):
    with pytest.raises(
        ValueError,
        match="official one: 927 images expected, 3 found; 106 subjects expected, 2 found; 309 "
        "sequences expected, 2 found. Pass on_missing='skip'",
    ):
        load_ck48(crops)


@pytest.mark.parametrize(
    "name", ["anger/S10_004_00000017.png", "anger/S010_004_17.png", "bored/S010_004_00000017.png"]
)
def test_crops_misnamed_file(crops, name):
    write_image(crops / name, 7)
    with pytest.raises(ValueError, match=f"files that are not named such as .*: '{name}'. Move"):
        load_ck48(crops, on_missing="skip")


def test_crops_wrong_size(crops):
    write_image(crops / "fear" / "S010_004_00000017.png", shape=(64, 64))
    with pytest.raises(ValueError, match=r"00000017.png' has shape \(64, 64\), not \(48, 48\)\.$"):
        load_ck48(crops, on_missing="skip")


def test_crops_truncated_file_is_named(crops):
    file = crops / "anger" / "S010_004_00000018.png"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(ValueError, match="S010_004_00000018.png': the file is truncated"):
        load_ck48(crops, on_missing="skip")


def test_crops_only_contempt_asked_without_it(tmp_path):
    write_image(tmp_path / "contempt" / "S010_004_00000017.png")
    with pytest.raises(ValueError, match="927 images expected, 0 found"):
        load_ck48(tmp_path)
    with pytest.raises(ValueError, match="no images of the expressions asked for"):
        load_ck48(tmp_path, on_missing="skip")


def test_the_three_crops_of_a_sequence_are_a_row(complete):
    single = load_ck48(complete, protocol="c-spp-2019")
    data = load_ck48(complete, protocol="c-spp-2019", frames="sequence")
    assert data.faces.shape == (309,) and set(data.frame["n_frames"]) == {3}
    assert Counter(data.target.tolist()) == {name: n // 3 for name, n in COUNTS.items()}
    for faces, name in zip(data.faces["image"], data.frame["sequence"], strict=True):
        of_sequence = single.frame["sequence"] == name
        np.testing.assert_array_equal(faces, single.images[of_sequence])
    with pytest.raises(ValueError, match="frames='all'; expected 'single' or 'sequence'"):
        load_ck48(complete, frames="all")
