import numpy as np
import pytest

from skfer.datasets import load_mmi
from skfer.utils._opencv import cv2
from tests.video_files import write_video

SESSION = '<?xml version="1.0"?><session><track filename="a" view="{}"/></session>'
SHAPE = (16, 24)


def write_levels(file, n_frames):
    """Write a video whose frames have the grey level 10 times their number."""
    write_video(file, [np.full(SHAPE, 10 * number, np.uint8) for number in range(n_frames)])


def write_frames(folder, n_frames):
    """Write frames as `write_levels` does, with bright pixels in the corner at the top left."""
    folder.mkdir()
    for number in range(n_frames):
        image = np.full(SHAPE, 10 * number, np.uint8)
        image[:4, :4] = 255
        cv2.imwrite(str(folder / f"frame{number + 1}.png"), image)


def write_session(home, number, name, emotion, *, view=0, subject=None, video=9, frames=0):
    folder = home / "Sessions" / number
    folder.mkdir(parents=True)
    (folder / "session.xml").write_text(SESSION.format(view))
    tags = "" if emotion is None else f'<Metatag Name="Emotion" Value="{emotion}"/>'
    if subject is not None:
        tags += f'<Metatag Name="Subject" Value="{subject}"/>'
    (folder / f"{name}.xml").write_text(f"<Annotation>{tags}</Annotation>")
    if frames:
        write_frames(folder / name, frames)
    elif video:
        write_levels(folder / f"{name}.avi", video)
    return folder


def write_action_units(folder, units, name="S001-001"):
    """Write the apex and the offset of some units, their frames counted from 1."""
    text = "".join(
        f'<ActionUnit Number="{number}"><Marker Type="0" Frame="1"/>'
        f'<Marker Type="2" Frame="{apex}"/><Marker Type="3" Frame="{offset}"/></ActionUnit>'
        for number, (apex, offset) in units.items()
    )
    (folder / f"{name}-oao_aucs.xml").write_text(f"<Sequence>{text}</Sequence>")


@pytest.fixture
def home(tmp_path):
    """All that a copy has: two sequences, one in frames, and sessions that are of no use."""
    write_session(tmp_path, "1", "S001-001", 1, subject="1")
    write_session(tmp_path, "2", "S002-004", 6, frames=12, subject="2")
    write_session(tmp_path, "10", "S001-002", 4, view=2, subject="1")
    write_session(tmp_path, "11", "S001-003", 9)
    write_session(tmp_path, "12", "S001-004", None)
    write_session(tmp_path, "13", "S003-001", 2, video=0)
    cv2.imwrite(str(tmp_path / "Sessions" / "13" / "S003-001.jpg"), np.zeros(SHAPE, np.uint8))
    (tmp_path / "Sessions" / ".DS_Store").touch()
    (tmp_path / "Sessions" / "1" / ".DS_Store").touch()
    (tmp_path / "Sessions" / "1" / "._S001-001.xml").touch()
    (tmp_path / "readme.txt").touch()
    return tmp_path


def grey(images):
    return [round(float(image.mean()) / 10) for image in images]


def test_labels_subjects_and_frames(home):
    data = load_mmi(home)
    assert data.target.tolist() == ["anger", "anger", "surprise", "surprise"]
    assert data.subjects.tolist() == ["S001", "S001", "S002", "S002"]
    frame = data.frame.drop(columns="path")
    assert frame.to_dict("list") == {
        "subject": ["S001", "S001", "S002", "S002"],
        "expression": ["anger", "anger", "surprise", "surprise"],
        "sequence": ["S001-001", "S001-001", "S002-004", "S002-004"],
        "frame_number": [3, 4, 5, 6],
        "session": ["1", "1", "2", "2"],
    }
    assert np.isnan(data.faces["eyes"]).all()
    assert data.images is None
    assert len(data.duplicates) == 0
    assert not data.cropped
    assert not data.redistributable


def test_videos_are_decoded_and_frames_stay_paths(home):
    data = load_mmi(home)
    assert data.frame["path"].tolist() == [
        *[str(home / "Sessions" / "1" / "S001-001.avi")] * 2,
        *[str(home / "Sessions" / "2" / "S002-004" / f"frame{number}.png") for number in (6, 7)],
    ]
    decoded, paths = data.faces["image"][:2], data.faces["image"][2:]
    assert [image.shape for image in decoded] == [SHAPE, SHAPE]
    assert grey(decoded) == [3, 4]
    assert paths.tolist() == data.frame["path"].tolist()[2:]


def test_videos_are_compared_once(home, monkeypatch):
    given = []
    monkeypatch.setattr(
        "skfer.datasets._spec.find_duplicates",
        lambda index: given.extend(index["path"]) or [],
    )
    data = load_mmi(home)
    assert sorted(given) == sorted(set(data.frame["path"]))


def test_dropped_sessions_are_told(home):
    assert load_mmi(home).dropped.to_dict("list") == {
        "session": ["10", "11", "12", "13"],
        "reason": [
            "view 2, not frontal",
            "emotion 9, not a basic expression",
            "no emotion",
            "a photograph, no sequence",
        ],
    }


def test_the_folder_above_may_be_given(tmp_path):
    write_session(tmp_path / "MMI", "7", "S001-001", 4)
    assert load_mmi(tmp_path, n_frames=1).target.tolist() == ["happy"]


@pytest.mark.parametrize(
    ("apex", "expected"),
    [(4, [4]), (4, [3, 4]), (4, [3, 4, 5]), (0, [0, 1]), (8, [7, 8]), (8, [6, 7, 8])],
)
def test_frames_round_the_peak(home, apex, expected):
    write_action_units(home / "Sessions" / "1", {12: (apex + 1, apex + 1)})
    data = load_mmi(home, peak="action-units", n_frames=len(expected))
    assert data.frame["frame_number"].tolist() == grey(data.faces["image"]) == expected
    assert "2" in data.dropped["session"].tolist()  # it has no action units


def test_action_units(home):
    # Two units are at their apex in the frames 5, 6 and 7, counted from 1.
    write_action_units(home / "Sessions" / "1", {12: (3, 7), 25: (5, 9)})
    write_action_units(home / "Sessions" / "2", {}, "S002-004")
    data = load_mmi(home, peak="action-units", n_frames=1)
    assert data.frame[["session", "frame_number"]].to_numpy().tolist() == [["1", 5]]
    assert data.dropped.iloc[-1].tolist() == ["2", "no apex of an action unit"]


def test_rotated_sessions_are_made_upright(home):
    write_session(home, "3", "S003-009", 3, frames=5)
    images = load_mmi(home, rotated=["1", "2"]).faces["image"]
    assert [image.shape for image in images[:4]] == [SHAPE[::-1]] * 4
    assert grey(images[:2]) == [3, 4]
    assert (images[2][:4, -4:] == 255).all()  # what was at the top left is at the top right
    assert (images[2][:4, :-4] == 50).all()
    assert isinstance(images[4], str)


def test_exclude(home):
    data = load_mmi(home, exclude=["1", "11"])
    assert data.subjects.tolist() == ["S002"] * 2
    assert data.dropped["session"].tolist() == ["10", "12", "13"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"exclude": ["99"]}, "exclude names '99', which"),
        ({"rotated": ["S001"]}, "rotated names 'S001', which"),
        ({"exclude": "1"}, "exclude='1'; expected a list of names"),
        ({"peak": "apex"}, "peak='apex'; expected 'middle' or 'action-units'"),
        ({"n_frames": 0}, "n_frames=0; expected a number from 1"),
        ({"n_frames": 2.0}, "n_frames=2.0; expected"),
        ({"n_frames": 10}, "Session 1 has 9 frames; n_frames=10"),
        ({"exclude": ["1", "2"]}, "has no images of the expressions asked for"),
        ({"protocol": "paper"}, "protocol='paper'; expected None or 'c-spp-2019'"),
        ({"protocol": "c-spp-2019", "n_frames": 1}, "give it without n_frames=1"),
    ],
)
def test_bad_arguments(home, parameters, message):
    with pytest.raises(ValueError, match=message):
        load_mmi(home, **parameters)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """126 sequences of 22 subjects, their frames empty files."""
    home = tmp_path_factory.mktemp("many")
    for number in range(126):
        subject = 22 if number == 125 else number % 21 + 1
        name = f"S{subject:03d}-{number:03d}"
        folder = write_session(home, str(number), name, number % 6 + 1, video=0)
        (folder / name).mkdir()
        for frame in range(3):
            (folder / name / f"{frame}.png").write_text(f"{number} {frame}")
    return home


def test_protocol(many):
    data = load_mmi(many, protocol="c-spp-2019", exclude=["125"])
    assert len(data.faces) == 250
    assert len(np.unique(data.subjects)) == 21
    assert data.n_folds == 7
    assert set(data.frame["frame_number"]) == {0, 1}


def test_protocol_with_other_counts(many):
    message = "used 250 images, 21 subjects of MMI; these are 252 images, 22 subjects"
    with pytest.raises(ValueError, match=f"{message}. Leave out .* or pass on_missing='skip'"):
        load_mmi(many, protocol="c-spp-2019")
    with pytest.warns(UserWarning, match=f"{message}, .*with care"):
        data = load_mmi(many, protocol="c-spp-2019", on_missing="skip")
    assert len(data.faces) == 252


def test_missing_files(home):
    (home / "Sessions" / "1" / "S001-001.avi").unlink()
    (home / "Sessions" / "11" / "S001-003.xml").unlink()
    (home / "Sessions" / "12" / "session.xml").unlink()
    with pytest.raises(ValueError) as raised:
        load_mmi(home)
    message = str(raised.value)
    assert "0 sessions with missing files expected, 3 found; missing: 1 ('" in message
    assert "Sessions/1' has neither 'S001-001.avi' nor a folder 'S001-001' of its" in message
    assert "Sessions/11' has no file such as 'S001-001.xml'" in message
    assert "Sessions/12' has no session.xml" in message
    assert load_mmi(home, on_missing="skip").subjects.tolist() == ["S002"] * 2


def damage(home, name, content):
    file = home / "Sessions" / "1" / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("session.xml", b"<session>", "is not XML: no element found"),
        ("session.xml", b"<session><track/></session>", "has no track with a view"),
        ("S001-001.xml", b"", "is not XML: no element found"),
        (
            "S001-001.xml",
            b'<a><Metatag Name="Emotion" Value="3.5"/></a>',
            "has the emotion '3.5', which is not a code of MMI",
        ),
        (
            "S001-001.xml",
            b'<a><Metatag Name="Emotion" Value="3"/><Metatag Name="Emotion" Value="4"/></a>',
            "has 2 different values of 'Emotion'",
        ),
        ("S001-001.avi", b"RIFF", "Cannot read video"),
        ("S001-001.avi", b"", "Cannot read video"),
    ],
)
def test_damaged_file_is_named(home, name, content, message):
    file = damage(home, name, content)
    with pytest.raises(ValueError, match=message) as raised:
        load_mmi(home)
    assert f"'{file}'" in str(raised.value)


@pytest.mark.parametrize("frame", ["0", "10", "x", ""])
def test_marker_at_no_frame(home, frame):
    folder = home / "Sessions" / "1"
    write_action_units(folder, {12: (frame, 8)})
    with pytest.raises(ValueError, match=f"marker at frame '{frame}'; .* frames 1 to 9") as raised:
        load_mmi(home, peak="action-units")
    assert f"'{folder / 'S001-001-oao_aucs.xml'}'" in str(raised.value)


def test_two_sequences_in_a_session(home):
    damage(home, "S001-002.xml", b"<a/>")
    with pytest.raises(ValueError, match="has 'S001-001.xml', 'S001-002.xml'; expected one file"):
        load_mmi(home)


@pytest.mark.parametrize(("own", "tag"), [("S003", 1), ("S001", 7)])
def test_subject_with_two_names_or_tags(home, own, tag):
    write_session(home, "3", f"{own}-009", 3, subject=tag)
    message = f"1 and 3 disagree .* files are of S001 and {own}, their tags say 1 and {tag}"
    with pytest.raises(ValueError, match=f"Sessions {message}"):
        load_mmi(home)
    assert len(load_mmi(home, exclude=["3"]).faces) == 4
