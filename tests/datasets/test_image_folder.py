import os

import numpy as np
import pytest

from skfer.datasets import _index, load_image_folder
from skfer.utils._opencv import cv2
from tests.image_files import write_image


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


def test_default_pattern(folder, check_photographs):
    data = load_image_folder(folder)
    check_photographs(data, {"anger": 2, "happy": 2}, ["anna", "ben"], columns=[])
    assert data.subjects.tolist() == ["anna", "anna", "ben", "ben"]
    assert data.target.tolist() == ["anger", "happy", "anger", "happy"]
    assert len(data.unreadable) == 0
    assert data.frame["path"].iloc[0] == str(folder / "anna/Angry/1.jpg")


def test_cropped_faces_are_decoded(folder):
    data = load_image_folder(folder, cropped=True, redistributable=True)
    assert data.images.shape == (4, 6, 5)
    assert data.images[:, 0, 0].tolist() == [1, 0, 3, 2]  # in the order of the paths
    assert data.cropped
    assert data.redistributable


def test_the_description_names_no_path_of_the_machine(folder):
    description = load_image_folder(folder).DESCR
    assert f"in the folder '{folder.name}'\n=====" in description
    assert str(folder.parent) not in description


def test_folder_from_the_variable(folder, monkeypatch):
    monkeypatch.setenv("SKFER_DATA", str(folder))
    X, y, subjects = load_image_folder(return_X_y=True)
    assert len(X) == len(y) == len(subjects) == 4


def test_further_groups_become_columns(tmp_path):
    write_image(tmp_path / "S01_2_fear_0003_left.png")
    pattern = r"(?P<subject>S\d+)_(?P<sequence>\d)_(?P<expression>[a-z]+)_(?P<frame_number>\d+)_"
    pattern += r"(?P<camera>[a-z]+)\.png"
    frame = load_image_folder(tmp_path, pattern=pattern).frame
    row = frame.iloc[0]
    assert (row["subject"], row["expression"], row["sequence"]) == ("S01", "fear", "2")
    assert (row["frame_number"], row["camera"]) == (3, "left")


def test_hidden_and_other_files_are_left_out(folder):
    write_image(folder / "anna/happy/._1.png")
    write_image(folder / ".thumbnails/1.png")
    (folder / "notes.txt").touch()
    assert len(load_image_folder(folder).faces) == 4


def test_csv(annotated):
    data = load_image_folder(annotated, csv="labels.csv")
    assert data.subjects.tolist() == ["007", "NA"]
    assert data.target.tolist() == ["anger", "happy"]
    assert data.frame.columns.tolist() == ["path", "subject", "expression", "age"]
    assert data.frame["age"].iloc[1] == 30
    assert np.isnan(data.frame["age"].iloc[0])
    assert data.faces["image"][0] == str(annotated / "anna/Angry/1.jpg")


def test_unknown_expression_names_the_file(folder):
    write_image(folder / "ben/bored/1.png", 9)
    with pytest.raises(
        ValueError,
        match=r"Unknown expression 'bored' \('.*ben.bored.1\.png'\)\. The.*canonical_labels=False",
    ):
        load_image_folder(folder)
    data = load_image_folder(folder, canonical_labels=False)
    assert data.target_names == ["Angry", "angry", "bored", "happiness", "happy"]


def test_all_lines_with_unknown_expressions_are_named(annotated):
    files = ["anna/Angry/1.jpg", *(f"{number}.png" for number in range(7))]
    for file in files[2:]:  # a label may be wrong where the file is missing, too
        write_image(annotated / file)
    rows = [f"{file},1,{'Hapy' if file < 'a' else 'meh'}" for file in files]
    (annotated / "labels.csv").write_text("\n".join(["file,subject,expression", *rows]))
    named = (
        r"expressions 'meh' \(line 2\), 'Hapy' \(lines 3, 4, 5, 6, 7 and 2 more\) in '.*labels.csv'"
    )
    with pytest.raises(ValueError, match=named):
        load_image_folder(annotated, csv="labels.csv", on_unreadable="skip")


def test_folders_that_are_swapped_are_answered_by_a_pattern(tmp_path):
    for number, name in enumerate(("happy/S1/1.jpg", "joy/S2/1.jpg", "raw/S1/1.jpg")):
        write_image(tmp_path / name, number)
    with pytest.raises(ValueError, match="'S1' .*1.jpg'., of the subject 'happy'.") as refused:
        load_image_folder(tmp_path)
    pattern = str(refused.value).split("pattern='")[1].removesuffix("'.")
    data = load_image_folder(tmp_path, pattern=pattern, exclude="raw")
    assert (data.subjects.tolist(), data.target_names) == (["S1", "S2"], ["happy"])


def test_a_table_that_lies_in_the_folder_is_named(annotated):
    write_image(annotated / "stray.png")
    (annotated / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match="csv='labels.csv', which lies there, has the columns"):
        load_image_folder(annotated)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(?P<expression>[^/]+)/.*", r"has no group \(\?P<subject>"),
        ("(?P<subject>[^/]+)/.*", r"has no group \(\?P<expression>"),
        ("(?P<subject>", "is not a regular expression"),
        (
            r"(?P<subject>\d+)_(?P<expression>\w+)\.png",
            "matches 0 of the 4 image files.*'anna/Angry/1.jpg'",
        ),
        # An optional group that stays empty is no match.
        ("(?P<subject>anna)?(ben)?/(?P<expression>[^/]+)/.*", "matches 2 of the 4"),
    ],
)
def test_bad_pattern(folder, pattern, message):
    with pytest.raises(ValueError, match=message):
        load_image_folder(folder, pattern=pattern)


def test_pattern_that_misses_files(folder):
    for number in range(7):
        write_image(folder / f"stray{number}.png")
    with pytest.raises(ValueError, match="IMAGE, fits 4 of the 11 .* .*stray0.*and 2 more. Give a"):
        load_image_folder(folder)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", ValueError, "is empty"),
        ("file,subject,expression\n", ValueError, "names no files"),
        ("file,label\na.png,sad\n", ValueError, "no columns 'subject', 'expression'; .* 'label'"),
        (
            # Counted as a spreadsheet does.
            "file,subject,expression\n,,\na.png,,sad\nb.png,2,\nc.png,,\n",
            ValueError,
            "has empty entries: 'subject' in lines 3, 5; 'expression' in lines 4, 5.",
        ),
        (
            "file,subject,expression\na.png,1,sad\nb.png,2,sad\nben/happy/1.PNG,2,sad\n",
            FileNotFoundError,
            r"names 2 files not found in .*'a.png' \(no such file\), 'b.png'.*Correct the column",
        ),
        (
            "file,subject,expression\nben/happy/1.PNG,1,sad\nben/happy/1.PNG,2,sad\n",
            ValueError,
            "names these files twice: 'ben/happy/1.PNG'",
        ),
        (
            "file,subject,expression\nben/happy/1.PNG,1,sad\nben/./happy/1.PNG,2,sad\n",
            ValueError,
            "names these files twice: 'ben/./happy/1.PNG'",
        ),
        ("file,subject,expression\na,b,c,d\n", ValueError, "4 entries in line 2, but 3 columns"),
        ("file,subject,expression\n\na,b\n", ValueError, "has 2 entries in line 3"),
        ("file,subject,expression,subject\n", ValueError, "two columns of one name"),
        ("file,subject,expression\na,x\0,sad\n", ValueError, "null characters"),
        (
            'file,subject,expression\n"a,b,c\n',
            ValueError,
            "labels.csv' is not a CSV in UTF-8: unexp",
        ),
        (
            "file,subject,expression\nz\xfcrich",
            ValueError,
            "labels.csv' is not a CSV in UTF-8.*'CSV UTF-8'",
        ),
        (
            "file,subject,expression,path\nben/happy/1.PNG,1,sad,2\n",
            ValueError,
            "fills the column 'path' itself",
        ),
        (
            "file,subject,expression,frame_number\nben/happy/1.PNG,1,sad,last\n",
            ValueError,
            "1.PNG': frame_number 'last' is not a number",
        ),
    ],
)
def test_bad_csv(folder, text, error, message):
    (folder / "labels.csv").write_text(text, encoding="latin-1")
    with pytest.raises(error, match=message):
        load_image_folder(folder, csv="labels.csv")


def test_file_that_cannot_be_read_is_named(folder):
    file = folder / "anna/happiness/1.png"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    data = cv2.imencode(".png", noise)[1].tobytes()
    for content, message in (
        (data[: len(data) // 2], "the file is truncated"),
        (b"text", "not an image"),
    ):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=rf"anna.happiness.1\.png': {message}"):
            load_image_folder(folder, cropped=True)


def test_crops_of_several_sizes(folder):
    write_image(folder / "ben/happy/2.png", shape=(7, 7))
    with pytest.raises(ValueError, match=r"2.png' has shape \(7, 7\).*cropped=False"):
        load_image_folder(folder, cropped=True)
    assert load_image_folder(folder).images is None


def test_stray_spaces_make_no_subjects(folder):
    (folder / "labels.csv").write_text(
        "file,subject,expression\nben/happy/1.PNG, ben,joy\nben/angry/zürich.png,ben , sad\n"
    )
    data = load_image_folder(folder, csv="labels.csv", canonical_labels=False)
    assert data.subjects.tolist() == ["ben", "ben"]
    assert data.target.tolist() == ["sad", "joy"]


def test_copies_under_two_labels_are_listed(folder):
    write_image(folder / "ben/sad/1.png", 0)  # as anna/happiness/1.png
    with pytest.warns(UserWarning, match="1 image that equals one of another"):
        data = load_image_folder(folder)
    assert data.duplicates["path"].tolist() == [str(folder / "ben/sad/1.png")]


@pytest.fixture
def hostile(folder):
    """Two good images more, among all that may lie around."""
    (folder / "anna/happiness/empty.png").touch()
    (folder / "anna/happiness/text.jpg").write_text("no image")
    (folder / "anna/happiness/huge.pgm").write_bytes(b"P5 20000 20000 255 ")
    os.mkfifo(folder / "anna/happiness/pipe.png")
    (folder / "anna/happiness/gone.png").symlink_to("nowhere.png")
    (folder / "anna/happiness/self.png").symlink_to("self.png")
    (folder / "anna/loop").symlink_to(folder)
    (folder / "above").symlink_to("..")
    (folder / "ben2").symlink_to("ben")
    write_image(folder / "x.png/sad/1.png", 7)
    write_image(folder.parent / f"{folder.name}-outside/fear/1.webp", 8)
    (folder / "linked").symlink_to(folder.parent / f"{folder.name}-outside")
    return folder


needs_unix = pytest.mark.skipif(os.name != "posix", reason="pipes and links")


@needs_unix
@pytest.mark.parametrize("cropped", [False, True])
def test_skipping_loses_only_what_cannot_be_read(hostile, cropped):
    data = load_image_folder(hostile, cropped=cropped, on_unreadable="skip")
    assert data.subjects.tolist() == ["anna", "anna", "ben", "ben", "linked", "x.png"]
    assert data.target.tolist() == ["anger", "happy", "anger", "happy", "fear", "sad"]
    assert [os.path.relpath(path, hostile) for path in data.unreadable["path"]] == [
        "above",
        "anna/happiness/gone.png",
        "anna/happiness/pipe.png",
        "anna/happiness/self.png",
        "anna/loop",
        "ben2",
        "anna/happiness/empty.png",
        "anna/happiness/huge.pgm",
        "anna/happiness/text.jpg",
    ]
    assert data.unreadable["error"].iloc[7].endswith("make it smaller.")
    assert (data.images is None) is not cropped


@needs_unix
def test_links_that_would_count_twice_are_refused(folder):
    (folder / "carl").symlink_to("ben")
    with pytest.raises(ValueError, match="carl': the same folder as '.*ben'"):
        load_image_folder(folder)
    (folder / "carl").unlink()
    (folder / "anna/loop").symlink_to(folder)
    with pytest.raises(ValueError, match="anna/loop': the same folder as"):
        load_image_folder(folder)


@pytest.mark.parametrize("on_unreadable", ["raise", "skip"])
def test_folder_that_cannot_be_listed(folder, monkeypatch, on_unreadable):
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("anna"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(_index.os, "scandir", refuse)
    if on_unreadable == "raise":
        with pytest.raises(ValueError, match="anna': Permission denied"):
            load_image_folder(folder)
    else:
        data = load_image_folder(folder, on_unreadable="skip")
        assert set(data.subjects) == {"ben"}
        assert data.unreadable.to_numpy().tolist() == [[str(folder / "anna"), "Permission denied"]]


def test_missing_files_of_a_csv_are_skipped_and_listed(annotated):
    with open(annotated / "labels.csv", "a") as file:
        file.write("gone.png,ben,sad,\n")
    data = load_image_folder(annotated, csv="labels.csv", on_unreadable="skip")
    assert len(data.faces) == 2
    assert data.unreadable["path"].tolist() == [str(annotated / "gone.png")]
    assert "no such file" in data.unreadable["error"].iloc[0]


def test_nothing_readable_is_an_error(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(FileNotFoundError, match="Found no image files in"):
        load_image_folder(tmp_path)
    (tmp_path / "ben/sad").mkdir(parents=True)
    (tmp_path / "ben/sad/1.png").touch()
    with pytest.raises(ValueError, match="on_unreadable='ignore'"):
        load_image_folder(tmp_path, on_unreadable="ignore")
    with pytest.raises(ValueError, match=r"None of the 1 images can be read; the first: .*1\.png'"):
        load_image_folder(tmp_path, on_unreadable="skip")


def test_one_file_under_an_absolute_and_a_relative_name(folder):
    rows = f"ben/happy/1.PNG,anna,sad\n{folder / 'ben/happy/1.PNG'},ben,sad\n"
    (folder / "labels.csv").write_text(f"file,subject,expression\n{rows}")
    with pytest.raises(ValueError, match="names these files twice"):
        load_image_folder(folder, csv="labels.csv")
