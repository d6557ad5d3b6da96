"""The folder that `skfer align` writes: one writer, sound tables, nothing to choke on."""

import json
import os

import numpy as np
import pytest

from skfer.cli._main import main
from skfer.datasets import make_faces
from skfer.utils._csv import read_csv
from skfer.utils._opencv import cv2
from tests.prediction_files import write_picture

NAMES = [b"a$^$.png", b"S\xe9.png", b"a\rb.png", b"=1+1.png", b'q"u,o.png']


def test_names_of_any_kind(tmp_path, capsys):
    image = make_faces(1, 1, expressions=("happy",), image_size=(96, 96), random_state=0).images[0]
    for name in NAMES:
        write_picture(tmp_path / "in" / os.fsdecode(name), image)
    out = tmp_path / "out"
    code = main(["align", str(tmp_path / "in"), str(out)])
    printed = capsys.readouterr()
    assert code == 0, printed.err
    index = read_csv(out / "index.csv")
    assert sorted(index["path"]) == sorted(map(os.fsdecode, NAMES))
    for face in index["face"]:
        assert cv2.imdecode(np.fromfile(out / face, np.uint8), 0).shape == (48, 48)
    assert (out / "sheet.png").is_file()
    assert printed.err == ""  # no progress bar in a file or a pipe


@pytest.fixture
def labelled(tmp_path):
    """Two people with two photographs, one more that is black, and one that is not named so."""
    folder = tmp_path / "photos"
    data = make_faces(2, 1, expressions=("happy", "sad"), image_size=(96, 96), random_state=0)
    for number, (image, label) in enumerate(zip(data.images, data.target, strict=True)):
        write_picture(folder / f"S{number // 2}_{label}.jpg", image)
    write_picture(folder / "S1_fear.jpg", np.zeros((60, 60), np.uint8))
    write_picture(folder / "other.jpg", data.images[0])
    rows = "".join(f"{path.name};P{path.name[:2]};joy\n" for path in folder.glob("S?_[hs]*.jpg"))
    (folder / "a.csv").write_text(f"File;Subject;Expression\n{rows}")
    return folder


@pytest.mark.parametrize(
    ("option", "subjects", "expressions"),
    [
        (["--pattern", r"(?P<subject>S\d)_(?P<expression>[a-z]+)"], "S", {"happy": 2, "sad": 2}),
        (["--csv", "a.csv"], "PS", {"happy": 4}),
    ],
)
def test_aligned_faces_keep_their_people(labelled, tmp_path, capsys, option, subjects, expressions):
    out = tmp_path / "out"
    assert main(["align", str(labelled), str(out), *option]) == 0
    assert "Without subject and expression: " in capsys.readouterr().out
    table = read_csv(out / "faces.csv")
    assert len(table) == 4
    assert set(table["file"]) == {
        f"faces/S{n}_{label}.png" for n in "01" for label in ("happy", "sad")
    }
    read = ["index", str(out), "--csv", str(out / "faces.csv"), "--cropped", "--json"]
    assert main(read) == 0
    index = json.loads(capsys.readouterr().out)
    assert set(index["subjects"]) == {f"{subjects}0", f"{subjects}1"}
    assert index["class_counts"] == expressions
    assert index["image_sizes"] == {"48x48": 4}


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--pattern", "x"], "--pattern 'x' has no group (?P<subject>...)"),
        (["--csv", "b.csv"], "--csv 'b.csv': there is no such file, neither here nor in IN"),
    ],
)
def test_wrong_labels_are_refused_before_the_eyes(labelled, tmp_path, capsys, option, said):
    assert main(["align", str(labelled), str(tmp_path / "out"), *option]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["index.csv", "faces.csv"])
def test_the_table_of_the_user_is_not_replaced(labelled, tmp_path, capsys, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (labelled / "a.csv").rename(tmp_path / name)
    before = contents(tmp_path)
    assert main(["align", str(labelled), ".", "--csv", name]) == 2
    assert f"OUT '.' would replace '{name}', an input" in capsys.readouterr().err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["index.csv", "faces.csv", "sheet.png", "faces/other.png"])
def test_files_of_no_earlier_run_are_not_replaced(labelled, tmp_path, capsys, name):
    (tmp_path / "out/faces").mkdir(parents=True)
    (tmp_path / "out" / name).write_text("my own")
    before = contents(tmp_path)
    assert main(["align", str(labelled), str(tmp_path / "out")]) == 2
    assert f"has '{name}', but no aligned.json of an earlier run" in capsys.readouterr().err
    assert contents(tmp_path) == before


def test_photographs_in_a_folder_named_faces_are_not_replaced(labelled, tmp_path, capsys):
    folder = labelled.rename(tmp_path / "faces")
    write_picture(folder / "S2_sad.png", np.zeros((60, 60), np.uint8))
    before = contents(tmp_path)
    assert main(["align", str(folder), str(tmp_path)]) == 2
    assert "S2_sad.png', an input" in capsys.readouterr().err
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("n_missing", "said"),
    [
        (0, None),
        (1, "1 file: '0.jpg' (no such file).\n"),
        (7, "7 files: '0.jpg' (no such file), '1.jpg' (no such file), "),
    ],
)
def test_files_of_the_table_that_are_missing_are_named(labelled, tmp_path, capsys, n_missing, said):
    with open(labelled / "a.csv", "a") as table:
        table.writelines(f"{number}.jpg;P0;joy\n" for number in range(n_missing))
    assert main(["align", str(labelled), str(tmp_path / "out"), "--csv", "a.csv"]) == 0
    printed = capsys.readouterr().out
    if said is None:
        assert "Left out" not in printed
    else:
        assert f"Left out of the table: {said}" in printed
    assert ("'4.jpg' (no such file) and 2 more.\n" in printed) == (n_missing == 7)
