"""`skfer explain`: pictures of what a model looks at."""

import numpy as np
import pandas as pd
import pytest

from skfer.cli._explain_files import _find_files
from skfer.cli._main import main
from skfer.datasets import make_faces
from skfer.persistence import save_model
from skfer.pipelines import make_pixel_knn_pipeline
from skfer.utils import read_image
from skfer.utils._opencv import cv2


@pytest.fixture
def model(tmp_path):
    data = make_faces(2, 1, expressions=("happy", "sad"), random_state=0)
    save_model(make_pixel_knn_pipeline().fit(data.images, data.target), tmp_path / "face.skfer")
    return tmp_path / "face.skfer"


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    images = make_faces(1, 1, expressions=("happy", "sad"), random_state=1).images
    cv2.imwrite(str(folder / "mean.png"), images[0])
    cv2.imwrite(str(folder / "more" / "b.png"), images[1])
    cv2.imwrite(str(folder / "more" / "b.jpg"), images[1])
    cv2.imwrite(str(folder / "black.png"), np.zeros((60, 60), np.uint8))
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    return folder


def test_a_folder_and_its_bad_pictures(model, pictures, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["explain", str(model), str(pictures), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert f"Explained 3 of 5 pictures: {out}" in said
    assert f"Left out: {pictures / 'black.png'}: no face found\n" in said
    assert f"Left out: {pictures / 'broken.png'}: not an image of a known format" in said
    drawn = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.png"))
    assert drawn == ["mean-2.png", "mean.png", "more/b-2.png", "more/b.png"]
    assert all(read_image(out / name).std() > 0 for name in drawn)
    table = pd.read_csv(out / "explanations.csv").set_index("input")
    assert len(table) == 5
    assert table.loc[str(pictures / "black.png"), "problem"] == "no face found"
    shown = table[table["problem"].isna()]
    assert sorted(shown["picture"]) == ["mean-2.png", "more/b-2.png", "more/b.png"]
    np.testing.assert_allclose(shown[["proba_happy", "proba_sad"]].sum(axis=1), 1)


def test_nothing_with_a_face_is_an_error(model, pictures, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["explain", str(model), str(pictures / "black.png"), "--out", str(out)]) == 2
    printed = capsys.readouterr()
    assert "Explained 0 of 1 pictures" in printed.out
    assert "None of the pictures could be explained" in printed.err
    assert [path.name for path in out.iterdir()] == ["explanations.csv"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda model, pictures: ["none.skfer", pictures], "There is no model 'none.skfer'"),
        (lambda model, pictures: [model, "none.png"], "There is no file or folder 'none.png'"),
    ],
)
def test_what_is_not_there_is_one_sentence(model, pictures, tmp_path, capsys, wrong, words):
    arguments = map(str, wrong(model, pictures))
    assert main(["explain", *arguments, "--out", str(tmp_path / "out")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "out", "words"),
    [
        ("", "", "lies in"),
        ("", "below", "lies in"),
        ("mean.png", "", "mean.png', an input"),
        ("more/b.png", "more", "b.png', an input"),
        ("more/b.png", "linked", "b.png', an input"),
    ],
)
def test_photographs_are_not_replaced(
    model, pictures, tmp_path, capsys, monkeypatch, given, out, words
):
    (tmp_path / "linked").symlink_to(pictures / "more")
    out = tmp_path / "linked" if out == "linked" else pictures / out
    monkeypatch.setattr("skfer.cli._explain_files.load_model", None)  # it comes before any work
    before = {path: path.read_bytes() for path in pictures.rglob("*.*")}
    assert main(["explain", str(model), str(pictures / given), "--out", str(out)]) == 2
    assert words in capsys.readouterr().err
    assert {path: path.read_bytes() for path in pictures.rglob("*.*")} == before


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["x.jpg", "x.png", "x-2.png"], ["x", "x-3", "x-2"]),
        (["x-2.png", "x.jpg", "x.png"], ["x-2", "x", "x-3"]),
        (["mean.png", "mean.jpg", "mean-2.png"], ["mean-3", "mean-4", "mean-2"]),
        (["x.jpg", "x.png", "x.bmp", "x-2.png", "x-2.jpg"], ["x", "x-3", "x-4", "x-2", "x-2-2"]),
    ],
)
def test_each_picture_has_a_name_of_its_own(tmp_path, files, names):
    for file in files:
        (tmp_path / file).touch()
    named, _ = _find_files([tmp_path / file for file in files])
    assert [name for name, _ in named] == names
    assert [file.name for _, file in named] == files
