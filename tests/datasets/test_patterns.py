"""Patterns that people write first, and those that are proposed to them."""

import re

import pytest

from skfer.datasets import load_image_folder
from skfer.datasets._patterns import propose_pattern
from tests.image_files import write_image


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<subject>S\d+)_(?P<expression>[a-z]+)",
        r"(?P<subject>S\d+)_(?P<expression>.+)",
        r"(?P<subject>S\d+)_(?P<expression>[a-z]+)\.(jpg|PNG)",
        r"(?P<subject>.+)_(?P<expression>\w+).*",
    ],
)
def test_a_pattern_need_not_name_the_suffix(tmp_path, pattern):
    write_image(tmp_path / "S001_happy.jpg", 0)
    write_image(tmp_path / "S002_sad.PNG", 1)
    data = load_image_folder(tmp_path, pattern=pattern)
    assert data.subjects.tolist() == ["S001", "S002"]
    assert data.target.tolist() == ["happy", "sad"]


@pytest.mark.parametrize(
    ("files", "subjects"),
    [
        (["anna/happy/1.jpg", "ben/sad/raw/2.jpg"], ["anna", "ben"]),
        (["happy/anna/1.jpg", "sad/ben/2.jpg"], ["anna", "ben"]),
        (["happy/S1_01.jpg", "sad/S2_02.jpg"], ["S1", "S2"]),
        (["anna/01_happy.jpg", "ben/sad2.jpg"], ["anna", "ben"]),
        (["S1_happy.jpg", "S2-sad_2.jpg"], ["S1", "S2"]),
        (["photos/S1_happy.jpg", "photos/S2_sad.jpg"], ["S1", "S2"]),
        (["S1_01_happy.jpg", "S2_02_sad.jpg"], ["S1", "S2"]),
        (["happy_S1.jpg", "sad_S2.jpg"], ["S1", "S2"]),
        (["happy/anna.jpg", "sad/ben.jpg"], ["anna", "ben"]),
        (["001 happy.jpg", "002 sad (2).jpg"], ["001", "002"]),
        (["anna maria happy.jpg", "ben sad.jpg"], None),
        (["1.jpg", "2.jpg"], None),
        (["anna/1.jpg", "ben/happy/2.jpg"], None),
    ],
)
def test_the_pattern_that_is_proposed_finds_the_people(tmp_path, files, subjects):
    for value, name in enumerate(files):
        write_image(tmp_path / name, value)
    pattern = propose_pattern(files)
    if subjects is None:
        assert pattern is None
        return
    assert sorted(load_image_folder(tmp_path, pattern=pattern).subjects) == subjects


def test_the_proposal_can_be_pasted_from_the_error(tmp_path):
    write_image(tmp_path / "S001_happy.jpg", 0)
    write_image(tmp_path / "S002_sad.jpg", 1)
    with pytest.raises(ValueError, match="not matched: 'S001_happy.jpg'") as caught:
        load_image_folder(tmp_path)
    pattern = re.search("A pattern for them all is '(.+)'", str(caught.value))[1]
    assert load_image_folder(tmp_path, pattern=pattern).subjects.tolist() == ["S001", "S002"]


@pytest.mark.parametrize(
    ("files", "n_sequences"),
    [
        (["anna/happy/1.jpg", "anna/happy/2.jpg", "ben/sad/1.jpg"], 2),
        (["anna/happy/01/1.jpg", "anna/happy/02/1.jpg", "ben/happy/01/1.jpg"], 3),
        (["S1_happy/1.jpg", "S1_happy/2.jpg", "S2_happy_02/1.jpg"], 2),
        (["S1_happy_1.jpg", "S1_happy_2.jpg", "S2_sad_1.jpg"], 2),
        (["all/S1_happy-01-1.jpg", "all/S1_happy-02-1.jpg", "all/S2_sad-01-1.jpg"], 3),
    ],
)
def test_the_pattern_that_is_proposed_finds_the_sequences(tmp_path, files, n_sequences):
    for value, name in enumerate(files):
        write_image(tmp_path / name, value)
    with pytest.raises(ValueError, match="A pattern for them all") as caught:
        load_image_folder(tmp_path, frames="sequence")
    pattern = re.search("A pattern for them all is '(.+)'", str(caught.value))[1]
    data = load_image_folder(tmp_path, pattern=pattern, frames="sequence")
    assert (len(data.faces), len(set(data.subjects))) == (n_sequences, 2)


def test_images_that_the_pattern_does_not_match_are_left_out_if_asked(tmp_path):
    write_image(tmp_path / "anna/happy/1.png", 0)
    stray = tmp_path / "stray.png"
    write_image(stray, 1)
    data = load_image_folder(tmp_path, on_unmatched="skip")
    assert data.subjects.tolist() == ["anna"]
    assert data.unreadable.to_numpy().tolist() == [[str(stray), "not matched by the pattern"]]
    with pytest.raises(ValueError, match="matches 0 of the 2"):
        load_image_folder(tmp_path, pattern="(?P<subject>x)(?P<expression>y)", on_unmatched="skip")
    with pytest.raises(ValueError, match="on_unmatched='ignore'"):
        load_image_folder(tmp_path, on_unmatched="ignore")


def test_a_folder_without_labels(tmp_path):
    write_image(tmp_path / "holiday/1.png", 0)
    write_image(tmp_path / "2.jpg", 0)
    data = load_image_folder(tmp_path, labelled=False)
    assert data.frame["path"].tolist() == [str(tmp_path / "2.jpg"), str(tmp_path / "holiday/1.png")]
    assert data.target is None
    assert data.target_names == []
    assert data.subjects.tolist() == data.faces["subject"].tolist() == ["", ""]
    faces, target, subjects = load_image_folder(tmp_path, labelled=False, return_X_y=True)
    assert (len(faces), target, subjects.tolist()) == (2, None, ["", ""])


def test_sequences_without_labels(tmp_path):
    for frame in range(3):
        write_image(tmp_path / f"smile/{frame}.png", frame)
    pattern = "(?P<sequence>[^/]+)/.*"
    data = load_image_folder(tmp_path, pattern=pattern, labelled=False, frames="sequence")
    assert data.frame["sequence"].tolist() == ["smile"]
    assert data.subjects.tolist() == [""]


def test_subjects_without_expressions(tmp_path):
    write_image(tmp_path / "anna_1.png", 0)
    data = load_image_folder(tmp_path, pattern="(?P<subject>[a-z]+)_.*", labelled=False)
    assert data.subjects.tolist() == ["anna"]
    with pytest.raises(ValueError, match="matches 0 of the 1"):
        load_image_folder(tmp_path, pattern="(?P<subject>b.*)", labelled=False)
    (tmp_path / "a.csv").write_text("File;subject\nanna_1.png;Anna\n")
    assert load_image_folder(tmp_path, csv="a.csv", labelled=False).subjects.tolist() == ["Anna"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_from_a_spreadsheet(tmp_path, separator, encoding):
    write_image(tmp_path / "zoë, 1.png", 0)
    rows = [[" File", "Subject ", "EXPRESSION", "note"], ['"zoë, 1.png"', "Zoë", "Joy", "a.b"]]
    rows.append([""] * 4)  # a row that was emptied
    text = "".join(f"{separator.join(row)}\r\n" for row in rows)
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    data = load_image_folder(tmp_path, csv="a.csv")
    assert data.subjects.tolist() == ["Zoë"]
    assert data.target.tolist() == ["happy"]
    assert data.frame["note"].tolist() == ["a.b"]
