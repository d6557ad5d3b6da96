import numpy as np
import pytest

from skfer.datasets import load_image_folder
from skfer.utils._opencv import cv2


def write_image(path, value=0, shape=(6, 5)):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, np.full(shape, value, np.uint8))[1].tobytes())


@pytest.fixture
def folder(tmp_path):
    for value, name in enumerate(
        ("anna/happiness/1.png", "anna/Angry/1.jpg", "ben/happy/1.PNG", "ben/angry/zürich.png")
    ):
        write_image(tmp_path / name, value)
    return tmp_path


@pytest.fixture
def annotated(folder):
    (folder / "labels.csv").write_text(
        "file,subject,expression,age\nben/happy/1.PNG,NA,joy,30\nanna/Angry/1.jpg,007,angry,\n"
    )
    return folder


def test_default_pattern(folder):
    data = load_image_folder(folder)
    assert data.subjects.tolist() == ["anna", "anna", "ben", "ben"]
    assert data.target.tolist() == ["anger", "happy", "anger", "happy"]
    assert data.target_names == ["anger", "happy"]
    assert data.frame.columns.tolist() == ["path", "subject", "expression"]
    assert data.frame["path"].iloc[0] == str(folder / "anna/Angry/1.jpg")
    assert data.faces["image"].tolist() == data.frame["path"].tolist()
    assert data.images is None
    assert not data.cropped
    assert not data.redistributable


def test_cropped_faces_are_decoded(folder):
    data = load_image_folder(folder, cropped=True, redistributable=True)
    assert data.images.shape == (4, 6, 5)
    assert data.images[:, 0, 0].tolist() == [1, 0, 3, 2]  # in the order of the paths
    assert data.cropped
    assert data.redistributable


def test_folder_from_the_variable(folder, monkeypatch):
    monkeypatch.setenv("SKFER_DATA", str(folder))
    X, y, subjects = load_image_folder(return_X_y=True)
    assert len(X) == len(y) == len(subjects) == 4


def test_further_groups_become_columns(tmp_path):
    write_image(tmp_path / "S01_2_fear_0003.png")
    pattern = r"(?P<subject>S\d+)_(?P<sequence>\d)_(?P<expression>[a-z]+)_(?P<frame>\d+)\.png"
    frame = load_image_folder(tmp_path, pattern=pattern).frame
    assert frame.iloc[0, 1:].to_dict() == {
        "subject": "S01",
        "expression": "fear",
        "sequence": "2",
        "frame": "0003",
    }


def test_hidden_and_other_files_are_left_out(folder):
    write_image(folder / "anna/happy/._1.png")
    write_image(folder / ".thumbnails/1.png")
    (folder / "notes.txt").touch()
    assert len(load_image_folder(folder).faces) == 4


def test_csv(annotated):
    data = load_image_folder(annotated, csv="labels.csv")
    assert data.subjects.tolist() == ["NA", "007"]
    assert data.target.tolist() == ["happy", "anger"]
    assert data.frame.columns.tolist() == ["path", "subject", "expression", "age"]
    assert data.frame["age"].iloc[0] == 30
    assert np.isnan(data.frame["age"].iloc[1])
    assert data.faces["image"][1] == str(annotated / "anna/Angry/1.jpg")


def test_unknown_expression_names_the_file(folder):
    write_image(folder / "ben/bored/1.png")
    with pytest.raises(
        ValueError, match=r"ben.bored.1\.png': Unknown expression 'bored'.*canonical_labels=False"
    ):
        load_image_folder(folder)


def test_labels_of_ones_own(folder):
    write_image(folder / "ben/bored/1.png")
    data = load_image_folder(folder, canonical_labels=False)
    assert data.target_names == ["Angry", "angry", "bored", "happiness", "happy"]


def test_empty_folder(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(FileNotFoundError, match="Found no image files in"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize("group", ["subject", "expression"])
def test_pattern_without_a_group(folder, group):
    other = {"subject": "expression", "expression": "subject"}[group]
    with pytest.raises(ValueError, match=rf"has no group \(\?P<{group}>"):
        load_image_folder(folder, pattern=f"(?P<{other}>[^/]+)/.*")


def test_pattern_that_is_no_regular_expression(folder):
    with pytest.raises(ValueError, match="is no regular expression"):
        load_image_folder(folder, pattern="(?P<subject>")


def test_pattern_that_matches_no_file(folder):
    with pytest.raises(ValueError, match="matches 0 of the 4 image files.*'anna/Angry/1.jpg'"):
        load_image_folder(folder, pattern=r"(?P<subject>\d+)_(?P<expression>\w+)\.png")


def test_pattern_that_misses_files(folder):
    for number in range(7):
        write_image(folder / f"stray{number}.png")
    with pytest.raises(ValueError, match="matches 4 of the 11 .*'stray0.png'.* and 2 more"):
        load_image_folder(folder)


def test_optional_group_that_stays_empty_is_no_match(folder):
    with pytest.raises(ValueError, match="matches 2 of the 4"):
        load_image_folder(folder, pattern="(?P<subject>anna)?(ben)?/(?P<expression>[^/]+)/.*")


def test_csv_absent(folder):
    with pytest.raises(FileNotFoundError, match="labels.csv"):
        load_image_folder(folder, csv="labels.csv")


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", ValueError, "is empty"),
        ("file,subject,expression\n", ValueError, "names no files"),
        ("file,label\na.png,sad\n", ValueError, "no column 'subject', 'expression'; .* 'label'"),
        ("file,subject,expression\na.png,,sad\n", ValueError, "empty entry of 'subject' in row 1"),
        (
            "file,subject,expression\na.png,1,sad\nb.png,2,sad\nben/happy/1.PNG,2,sad\n",
            FileNotFoundError,
            "names 2 files that are not in .*'a.png', 'b.png'",
        ),
        (
            "file,subject,expression\nben/happy/1.PNG,1,sad\nben/happy/1.PNG,2,sad\n",
            ValueError,
            "names these files twice: 'ben/happy/1.PNG'",
        ),
    ],
)
def test_bad_csv(folder, text, error, message):
    (folder / "labels.csv").write_text(text)
    with pytest.raises(error, match=message):
        load_image_folder(folder, csv="labels.csv")


def test_truncated_file_is_named(folder):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    data = cv2.imencode(".png", noise)[1].tobytes()
    (folder / "anna/happiness/1.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(ValueError, match=r"anna.happiness.1\.png': the file is truncated"):
        load_image_folder(folder, cropped=True)


def test_file_that_is_no_image_is_named(folder):
    (folder / "anna/happiness/1.png").write_bytes(b"text")
    with pytest.raises(ValueError, match=r"anna.happiness.1\.png': not an image"):
        load_image_folder(folder, cropped=True)


def test_crops_of_several_sizes(folder):
    write_image(folder / "ben/happy/2.png", shape=(7, 7))
    with pytest.raises(ValueError, match=r"2.png' has shape \(7, 7\).*cropped=False"):
        load_image_folder(folder, cropped=True)
    assert load_image_folder(folder).images is None
