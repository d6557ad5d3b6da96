import errno
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skfer.alignment import FaceAligner
from skfer.cli._main import main
from skfer.datasets import load_faces, make_faces
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2
from tests.prediction_files import write_picture


@pytest.fixture
def folder(tmp_path):
    """Two subjects with two faces, a black picture and a broken one."""
    folder = tmp_path / "photographs"
    data = make_faces(2, 1, expressions=("neutral", "happy"), image_size=(96, 96), random_state=0)
    for index, image in enumerate(data.images):
        write_picture(folder / f"s{index // 2}/{index}.png", image)
    write_picture(folder / "black.png", np.zeros((60, 60), np.uint8))
    (folder / "broken.jpg").write_bytes(b"text")
    return folder


def align(folder, out, *options):
    n_figures = len(plt.get_fignums())
    code = main(["align", str(folder), str(out), *options])
    assert len(plt.get_fignums()) == n_figures
    return code


def test_faces_index_and_sheet(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert align(folder, out, "--size", "32") == 0
    index = pd.read_csv(out / "index.csv", keep_default_na=False, na_values={"left_x": [""]})
    assert index["path"].tolist() == [
        "black.png", "broken.jpg", "s0/0.png", "s0/1.png", "s1/2.png", "s1/3.png",
    ]  # fmt: skip
    assert index["problem"][0] == "no face found"
    assert "broken.jpg" in index["problem"][1]
    assert (index["problem"][2:] == "").all()
    assert (index["face"] != "").tolist() == [False] * 2 + [True] * 4
    assert index["confidence"].between(0, 1).all()
    row = index.iloc[2]
    eyes = row[["left_x", "left_y", "right_x", "right_y"]].astype(float).to_numpy()
    faces = make_face_array([folder / row["path"]], eyes.reshape(1, 2, 2))
    expected = FaceAligner((32, 32)).fit_transform(faces)["image"][0].astype(float)
    written = cv2.imread(str(out / row["face"]), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_allclose(written, expected, atol=3)  # eyes are rounded in the index
    assert cv2.imread(str(out / "sheet.png")).std() > 10
    printed = capsys.readouterr().out
    assert "4 faces of 6 images" in printed
    assert "black.png: no face found" in printed


def test_interrupted_it_goes_on(folder, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    monkeypatch.setattr("skfer.cli._align_folder._BATCH", 2)
    searched = []

    def interrupt(*arguments):
        searched.append(1)
        if len(searched) == 3:
            raise KeyboardInterrupt
        return locate(*arguments)

    from skfer.alignment import _eye_locator

    locate = _eye_locator._search
    monkeypatch.setattr(_eye_locator, "_search", interrupt)
    assert align(folder, out) == 130
    assert "the same command goes on" in capsys.readouterr().err
    with pytest.raises(ValueError, match="unfinished, 2 faces are done"):
        load_faces(out / "aligned.npy")
    assert align(folder, out) == 0
    index = pd.read_csv(out / "index.csv")
    assert len(index) == 6
    assert index["path"].is_unique


def test_other_options_are_refused(folder, tmp_path, capsys):
    out = tmp_path / "out"
    assert align(folder, out) == 0
    assert align(folder, out, "--size", "64") == 2
    assert "other options" in capsys.readouterr().err


def test_guessed_eyes(folder, tmp_path):
    out = tmp_path / "out"
    assert align(folder, out, "--on-missing", "guess", "--crop", "none", "--no-rotate") == 0
    index = pd.read_csv(out / "index.csv", keep_default_na=False)
    assert (index["face"] != "").tolist() == [True, False] + [True] * 4
    assert index["problem"][0] == "no face found"
    assert index["confidence"][0] == 0


def test_missing_stops_if_asked_to(folder, tmp_path, capsys, monkeypatch):
    assert align(folder, tmp_path / "out", "--on-missing", "raise") == 2
    error = capsys.readouterr().err
    assert "black.png: no face found" in error
    assert "broken.jpg: not an image" in error
    monkeypatch.setattr("skfer.alignment._eye_locator._search", None)  # nothing is searched again
    assert align(folder, tmp_path / "out", "--on-missing", "skip") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{}/nowhere", "out"], "There is no folder"),
        (["{}", "{}/out"], "/out' lies in '"),
        (["{}/empty", "out"], "no image files"),
    ],
)
def test_bad_folders(folder, arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (folder / "empty").mkdir()
    assert main(["align", *(argument.format(folder) for argument in arguments)]) == 2
    assert message in capsys.readouterr().err


def test_two_images_of_one_name(folder, tmp_path, capsys):
    (folder / "black.jpg").write_bytes(b"")
    assert align(folder, tmp_path / "out") == 2
    assert "would both become 'faces/black.png'" in capsys.readouterr().err


def test_faces_that_were_there_survive_a_full_disk(folder, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert align(folder, out) == 0
    before = {path: path.read_bytes() for path in out.rglob("*.png")}
    write_bytes = Path.write_bytes

    def write_half(path, content):
        write_bytes(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    assert align(folder, out) == 2
    assert {path: path.read_bytes() for path in out.rglob("*.png")} == before
