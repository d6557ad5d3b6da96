"""The folder that `skfer align` writes: one writer, sound tables, nothing to choke on."""

import errno
import json
import os

import numpy as np
import pytest

from skfer.cli import _align_folder
from skfer.cli._main import main
from skfer.datasets import make_faces
from skfer.utils._csv import read_csv
from skfer.utils._opencv import cv2

NAMES = [b"a$^$.png", b"S\xe9.png", b"a\rb.png", b"=1+1.png", b'q"u,o.png']


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    image = make_faces(1, 1, expressions=("happy",), image_size=(96, 96), random_state=0).images[0]
    png = cv2.imencode(".png", image)[1].tobytes()
    for name in NAMES:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(png)
    return folder


@pytest.fixture
def align(photographs, tmp_path, capsys):
    def run(*arguments):
        code = main(["align", str(photographs), str(tmp_path / "out"), *arguments])
        return code, tmp_path / "out", capsys.readouterr()

    return run


def test_names_of_any_kind(align):
    code, out, printed = align()
    assert code == 0, printed.err
    index = read_csv(out / "index.csv")
    assert sorted(index["path"]) == sorted(map(os.fsdecode, NAMES))
    for face in index["face"]:
        assert cv2.imdecode(np.fromfile(out / face, np.uint8), 0).shape == (48, 48)
    assert (out / "sheet.png").is_file()
    assert printed.err == ""  # no progress bar in a file or a pipe


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(align, monkeypatch):
    def full(path, frame):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(_align_folder, "write_csv", full)
        code, out, printed = align()
    assert code == 2
    (line,) = printed.err.splitlines()
    assert "make room and repeat" in line
    assert "index.csv" in line
    assert not (out / "index.csv").exists()
    assert align()[0] == 0
    assert len(read_csv(out / "index.csv")) == len(NAMES)


def test_a_wrong_size_leaves_no_trace(align, tmp_path):
    with pytest.raises(SystemExit, match="2"):
        align("--size", "0")
    assert not (tmp_path / "out").exists()
    assert align()[0] == 0


@pytest.fixture
def labelled(tmp_path):
    """Two people with two photographs, one more that is black, and one that is not named so."""
    folder = tmp_path / "photos"
    folder.mkdir()
    data = make_faces(2, 1, expressions=("happy", "sad"), image_size=(96, 96), random_state=0)
    for number, (image, label) in enumerate(zip(data.images, data.target, strict=True)):
        cv2.imwrite(str(folder / f"S{number // 2}_{label}.jpg"), image)
    cv2.imwrite(str(folder / "S1_fear.jpg"), np.zeros((60, 60), np.uint8))
    cv2.imwrite(str(folder / "other.jpg"), data.images[0])
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
