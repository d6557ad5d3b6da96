"""What is in a folder, as `skfer index` tells it."""

import json

import numpy as np
import pytest

from skfer.cli._main import main
from skfer.utils._csv import read_csv
from skfer.utils._opencv import cv2
from tests.image_files import write_image

PATTERN = r"(?P<subject>S\d+)_(?P<expression>[a-z]+)"


@pytest.fixture
def folder(tmp_path):
    """Three people with two faces, one of them a copy, among files of all kinds."""
    folder, rng = tmp_path / "photos", np.random.default_rng(0)
    folder.mkdir()
    for name in ("S1_happy", "S1_sad", "S2_happy", "S2_sad", "S3_happy"):
        cv2.imwrite(str(folder / f"{name}.png"), rng.integers(0, 255, (40, 30)).astype(np.uint8))
    (folder / "S3_sad.png").write_bytes((folder / "S1_sad.png").read_bytes())
    (folder / "S2_sad.png").write_bytes((folder / "S2_sad.png").read_bytes()[:-20])
    write_image(folder / "IMG_1.png")
    write_image(folder / "raw/S1_happy.png", 7)
    for name in ("a.CR2", "notes.txt", "more.txt", "clip.mov"):
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def index(folder, capsys):
    """Run the command; return its exit code and what it printed to stdout and stderr."""

    def run(*arguments, data=folder):
        code = main(["index", str(data), *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


def test_who_is_there_and_what_is_left_out(index):
    code, out, err = index("--pattern", PATTERN, "--exclude", "raw|.*mov")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == [
        "image-folder: 5 images of 3 subjects",
        "  3 happy, 2 sad",
        "  5 30x40",
    ]
    assert "  S2     1   0" in lines
    assert "Left out: 3" in lines
    assert "  a.CR2: .cr2 files are not read; convert it to JPEG or PNG" in lines
    assert "  IMG_1.png: not matched by the pattern" in lines
    assert "  S2_sad.png: the file is truncated" in lines
    assert "Passed over: 2 .txt, 2 excluded" in lines
    assert "  S1_sad.png = S3_sad.png" in lines
    assert lines[-1] == "Folds by subject: 2 to 3"


def test_copies_within_a_subject_and_expression_are_listed(index, folder):
    (folder / "S1_happy - Kopie.png").write_bytes((folder / "S1_happy.png").read_bytes())
    pattern = f"{PATTERN}.*"
    _, out, _ = index("--pattern", pattern)
    pair = ["S1_happy - Kopie.png", "S1_happy.png"]
    assert f"count twice: {' = '.join(pair)}. Leave out" in out.split("Look at: 1\n")[1]
    document = json.loads(index("--pattern", pattern, "--json")[1])
    assert document["repeated"] == [pair]
    assert document["copies"] == [["S1_sad.png", "S3_sad.png"]]


def test_json_has_it_all(index):
    code, out, err = index("--pattern", PATTERN, "--json")
    document = json.loads(out)
    assert code == 0
    assert "5 images of 3 subjects" in err
    assert document["subjects"]["S1"] == {"happy": 1, "sad": 1}
    assert document["image_sizes"] == {"30x40": 5}
    reasons = {file["path"]: file["reason"] for file in document["left_out"]}
    assert reasons["raw/S1_happy.png"] == "not matched by the pattern"
    assert ".mov files are read with --set frames=sequence only" in reasons["clip.mov"]
    assert document["passed_over"] == {".txt": 2}
    assert document["copies"] == [["S1_sad.png", "S3_sad.png"]]
    assert document["max_folds"] == 3


def test_the_index_is_read_back(index, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "index.csv"
    first = index("--pattern", PATTERN, "--out", file, "--json")
    assert read_csv(file)["file"].tolist() == [
        "S1_happy.png", "S1_sad.png", "S2_happy.png", "S3_happy.png", "S3_sad.png",
    ]  # fmt: skip
    again = json.loads(index("--csv", "index.csv", "--json")[1])
    before = json.loads(first[1])
    for key in ("n_images", "subjects", "class_counts", "copies"):
        assert again[key] == before[key]
    assert again["passed_over"] == {".png": 3, ".txt": 2, ".cr2": 1, ".mov": 1}


def test_an_index_is_replaced_only_if_asked(index, tmp_path):
    file = tmp_path / "index.csv"
    file.write_text("mine")
    code, _, err = index("--pattern", PATTERN, "--out", file)
    assert code == 2
    assert "--overwrite" in err
    assert file.read_text() == "mine"
    assert index("--pattern", PATTERN, "--out", file, "--overwrite")[0] == 0


def test_a_spreadsheet_is_refused(index, tmp_path):
    code, _, err = index("--out", tmp_path / "index.ods")
    assert code == 2
    assert "index.ods' would hold CSV, not a spreadsheet: give a .csv." in err


def test_names_that_a_spreadsheet_would_calculate_come_back(index, tmp_path):
    folder = tmp_path / "odd"
    for number, subject in enumerate(("=1+1", "-b", "zoë, ms")):
        write_image(folder / subject / "happy/1.png", number)
        write_image(folder / subject / "sad/1.png", 100 + number)
    file = folder / "index.csv"
    code, before, _ = index("--out", file, "--json", data=folder)
    after = index("--csv", file, "--json", data=folder)[1]
    assert code == 0
    assert json.loads(before)["subjects"] == json.loads(after)["subjects"]


def test_a_pattern_that_matches_nothing_is_answered_by_one(index, tmp_path):
    for number, name in enumerate(("S1_happy.png", "S2_sad.png")):
        write_image(tmp_path / "few" / name, number)
    code, _, err = index(data=tmp_path / "few")
    assert code == 2
    assert "'S1_happy.png', 'S2_sad.png'. A pattern for them all is '" in err
    pattern = err.split("A pattern for them all is '")[1].split("'.")[0]
    assert index("--pattern", pattern, data=tmp_path / "few")[0] == 0


def test_what_cannot_be_evaluated_is_said(index, tmp_path):
    for number, name in enumerate(("a/happy/1.png", "A/happy/1.png", "b/fear/1.png")):
        write_image(tmp_path / "few" / name, number)
    _, out, _ = index(data=tmp_path / "few")
    assert "'fear' (shown by one subject alone) cannot be learned from others" in out
    assert "differ only in case, accents, spaces, zeros, - or _: 'A' and 'a'. If" in out
    assert "Folds" not in out


def test_all_ids_that_are_alike_are_listed(index, tmp_path):
    groups = [[f"VP{number:03}", f"vp{number}"] for number in range(10, 16)]
    for number, name in enumerate(sum(groups, [])):
        write_image(tmp_path / f"many/{name}/happy/1.png", number)
    _, out, _ = index(data=tmp_path / "many")
    assert "_: 'VP010' and 'vp10'; 'VP011' and 'vp11';" in out
    assert "'VP014' and 'vp14' and 1 more. If" in out
    assert json.loads(index("--json", data=tmp_path / "many")[1])["subjects_alike"] == groups


def test_many_subjects_are_cut(index, tmp_path):
    for number in range(12):
        write_image(tmp_path / f"many/P{number}/happy/1.png", number)
    _, out, _ = index(data=tmp_path / "many")
    assert "and 2 more subjects; --json lists all" in out
    assert "P7 " in out
    assert "P8 " not in out  # sorted as text


def test_rendered_faces_have_no_files(capsys, tmp_path):
    arguments = ["--dataset", "synthetic", "--set", "n_subjects=2", "--set", "n_per_expression=1"]
    assert main(["index", *arguments]) == 0
    assert "12 96x96" in capsys.readouterr().out
    assert main(["index", *arguments, "--out", str(tmp_path / "a.csv")]) == 2
    assert "are not files" in capsys.readouterr().err
