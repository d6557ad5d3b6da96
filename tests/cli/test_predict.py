"""The command `skfer predict`."""

import errno
import functools
import io
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from skfer.cli import _predict_files
from skfer.cli._main import main
from skfer.inference import _journal, _saving, find_inputs, read_predictions
from skfer.persistence import make_card, save_model
from skfer.pipelines import make_pixel_knn_pipeline
from skfer.utils._files import only_writer
from skfer.utils._opencv import cv2
from tests.forks import count_down, needs_fork, run_fork
from tests.prediction_files import make_photographs, write_picture
from tests.video_files import write_video


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two pictures, a truncated one, a text, an upper-case suffix in a folder below, a video."""
    folder = tmp_path_factory.mktemp("predict") / "in"
    images = make_photographs().images
    whole = write_picture(folder / "img2.png", images[0]).read_bytes()
    write_picture(folder / "img10.png", images[1])
    (folder / "cut.png").write_bytes(whole[:500])
    (folder / "notes.txt").write_text("of the study")
    write_picture(folder / "below" / "UPPER.JPG", images[2])
    write_video(folder / "clip.mp4", [images[0]] * 4 + [images[1]] * 5)
    return folder


@pytest.fixture
def predict(model_file, folder, tmp_path, monkeypatch, capsys):
    """Run the command on the folder, as crops, so that no eyes are searched."""
    monkeypatch.setattr(
        _predict_files,
        "save_predictions",
        functools.partial(_saving.save_predictions, batch_size=2),
    )

    def run(*arguments, out="out.csv", paths=(folder,), cropped=True):
        shared = [model_file, *paths, "--out", tmp_path / out, *(["--cropped"] if cropped else [])]
        code = main(["predict", *map(str, [*shared, *arguments])])
        return code, tmp_path / out, capsys.readouterr()

    return run


def test_the_model_is_described_by_the_card_that_fit_writes():
    made = make_card(["happy", "sad", "sad"], ["anna", "anna", "ben"], method="hog-svm")
    describe = _predict_files._describe_model
    assert describe("m.skfer", made) == "Model m.skfer: hog-svm, trained on 3 images of 2 subjects."
    made["evaluation"] = {"pooled_accuracy": 0.875}
    assert describe("m.skfer", made).endswith("2 subjects; 87.50 % accuracy on new people.")
    made["notes"] = ["1 image nearly equals one of another subject"]
    assert describe("m.skfer", made).endswith(
        "people.\nNote: 1 image nearly equals one of another subject"
    )


def test_a_folder_becomes_a_table(predict, folder):
    code, out, printed = predict(cropped=False)
    assert code == 0, printed.err
    table = read_predictions(out)
    names = table["input"].str.removeprefix(f"{folder}/")
    assert names.drop_duplicates().tolist() == [
        "clip.mp4", "cut.png", "img2.png", "img10.png", "below/UPPER.JPG",
    ]  # fmt: skip
    assert table["frame"][names == "clip.mp4"].tolist() == list(range(9))
    assert table["timestamp"][names == "clip.mp4"].tolist() == [n / 25 for n in range(9)]
    assert table["success"][names == "cut.png"].tolist() == [0]
    assert "Cannot read" in table["problem"][names == "cut.png"].item()
    assert table["success"][names != "cut.png"].eq(1).all()
    assert printed.err == ""
    lines = printed.out.splitlines()
    assert "trained on faces of make_faces" in lines[0]
    assert lines[1].startswith(
        "4 images and 1 video, 13 frames: 12 faces, 0 without a face, 1 unreadable: "
    )
    assert "cut.png: the file is truncated" in lines[2]
    assert lines[3:] == [
        "1 other file left out:",
        f"  {folder}/notes.txt: neither an image nor a video",
    ]
    document = json.loads(out.with_suffix(".json").read_text("utf-8"))
    assert set(document) - {"GeneratedBy"} == set(table.columns)
    assert "predict" in document["GeneratedBy"][0]["Command"]
    assert str(folder) not in document["GeneratedBy"][0]["Command"]  # it is published
    assert not (out.parent / "out.csv.partial").exists()


def test_a_decimal_comma_is_read_by_pandas(predict):
    code, out, _ = predict("--decimal", ",", "--smooth", "0.1", "--baseline", 2)
    assert code == 0
    table = pd.read_csv(out, sep=";", decimal=",")
    _, plain, _ = predict("--smooth", "0.1", "--baseline", 2, out="plain.csv")
    pd.testing.assert_frame_equal(table, pd.read_csv(plain))
    assert table["change_happy"].dtype == table["proba_happy"].dtype == float


def test_a_row_for_each_input_with_summary(predict, folder):
    code, out, _ = predict("--summary", "--delimiter", "tab")
    assert code == 0
    summary = pd.read_csv(out.with_name("out_summary.csv"), sep="\t")
    assert summary["input"].tolist() == find_inputs([folder])[0]
    assert summary["n_frames"].tolist() == [9, 1, 1, 1, 1]


def test_overlays_have_the_size_of_the_inputs(predict, tmp_path):
    code, _, printed = predict("--overlay", tmp_path / "drawn", cropped=False)
    assert code == 0, printed.err
    files = [path for path in (tmp_path / "drawn").rglob("*") if path.is_file()]
    names = sorted(path.relative_to(tmp_path / "drawn").as_posix() for path in files)
    assert names == ["below/UPPER.JPG", "clip.mp4", "img10.png", "img2.png"]
    for name in ("img2.png", "below/UPPER.JPG"):
        picture = cv2.imread(str(tmp_path / "drawn" / name))
        assert picture.shape == (96, 96, 3)
        assert np.ptp(picture.astype(int), axis=2).max() > 50  # colours on a grey photograph


def test_counts_as_json(predict, folder):
    code, out, printed = predict("--json")
    assert code == 0
    counts = json.loads(printed.out)
    assert (counts["n_images"], counts["n_videos"], counts["n_frames"]) == (4, 1, 13)
    assert counts["left_out"] == {f"{folder}/notes.txt": "neither an image nor a video"}
    assert [*counts["unreadable"]] == [f"{folder}/cut.png"]
    assert "1 unreadable" in printed.err


def test_ctrl_c_says_how_to_go_on(predict, monkeypatch):
    _, whole, _ = predict(out="whole.csv")
    add_rows, added = _journal.Journal.add_rows, []

    def interrupted(journal, table):
        if len(added) == 4:
            raise KeyboardInterrupt
        added.append(table)
        add_rows(journal, table)

    with monkeypatch.context() as patch:
        patch.setattr(_journal.Journal, "add_rows", interrupted)
        code, out, printed = predict()
    assert code == 130
    assert "add --resume to go on" in printed.err
    assert not out.exists()
    code, _, printed = predict()
    assert code == 2
    assert "--resume to go on with it" in printed.err
    assert predict("--resume")[0] == 0
    assert out.read_bytes() == whole.read_bytes()


def end_prediction(kill_at, arguments):
    """Run the command, which ends by SIGKILL at its n-th write.

    That is in the middle of a line of the journal, or before a file is on the disk or in its place.
    """
    deadly = count_down(kill_at)

    def write_half(file, data):
        io.FileIO.write(file, data[: len(data) // 2])

    class Deadly(io.FileIO):
        write = deadly(io.FileIO.write, instead=write_half)

    _journal.open = lambda path, mode, **how: (
        Deadly(path, mode) if mode == "ab" else open(path, mode)
    )
    os.fsync, os.replace = deadly(os.fsync), deadly(os.replace)
    _predict_files.save_predictions = functools.partial(_saving.save_predictions, batch_size=2)
    sys.exit(main(["predict", *map(str, arguments), "--cropped", "--summary"]))


@needs_fork
def test_killed_runs_go_on_to_an_equal_table(model_file, folder, tmp_path):
    # In the settings, in the rows of images and of the video, and in the tables.
    kills = [2, 1, 2, 1, 3, 2, 4, 2, 5, 7]
    shared = [model_file, folder, "--out"]
    resumed = [*shared, tmp_path / "killed.csv", "--resume"]
    codes = [run_fork(end_prediction, kills[0], [*shared, tmp_path / "killed.csv"])]
    codes += [run_fork(end_prediction, n, resumed) for n in [*kills[1:], 0]]
    codes.append(run_fork(end_prediction, 0, [*shared, tmp_path / "whole.csv"]))
    assert codes == [-signal.SIGKILL] * len(kills) + [0, 0]
    for name in (".csv", "_summary.csv"):
        killed, whole = (tmp_path / f"{run}{name}" for run in ("killed", "whole"))
        assert killed.read_bytes() == whole.read_bytes()


def test_a_full_disk_is_one_line_and_resume_goes_on(predict, monkeypatch):
    _, whole, _ = predict(out="whole.csv")

    class Full(io.FileIO):
        written = 0

        def write(self, data):
            room = 3000 - self.tell()
            if room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data[:room])

    with monkeypatch.context() as patch:
        patch.setattr(
            _journal,
            "open",
            lambda path, mode, **how: Full(path, mode) if mode == "ab" else open(path, mode),
            raising=False,
        )
        code, out, printed = predict()
    assert code == 2
    (line,) = printed.err.splitlines()
    assert "No space left" in line
    assert "--resume" in line
    assert predict("--resume")[0] == 0
    assert out.read_bytes() == whole.read_bytes()


def test_two_runs_into_one_table(predict, tmp_path):
    with only_writer(tmp_path / "out.csv"):
        for again in ((), ("--overwrite",), ("--resume",)):
            code, _, printed = predict(*again)
            assert code == 2
            assert "being written by another process" in printed.err
    assert predict()[0] == 0


def test_what_is_there_is_kept_unless_replaced(predict):
    _, out, _ = predict()
    before = out.read_bytes()
    code, _, printed = predict("--every", 3)
    assert code == 2
    assert "--overwrite" in printed.err
    assert out.read_bytes() == before
    code, _, printed = predict("--resume")
    assert code == 0
    assert "already complete" in printed.out
    code, _, printed = predict("--resume", "--every", 3)
    assert code == 2
    assert "already complete, made by 'skfer predict" in printed.err
    assert out.read_bytes() == before
    assert predict("--every", 3, "--overwrite")[0] == 0
    assert out.read_bytes() != before


def test_resume_begins_where_nothing_was_kept(predict, folder):
    """As after a process that was killed before its first batch."""
    code, out, printed = predict("--resume", paths=[folder / "img2.png"])
    assert code == 0, printed.err
    assert len(read_predictions(out)) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--delimiter", ",", "--decimal", ","], "--delimiter and --decimal are both ','"),
        (["--out", "{}/no/out.csv"], "there is no folder"),
        (["--out", "{}"], "is a folder"),
        (["--out", "{}/out.json"], "let it end with .csv"),
        (["--out", "{}/out.XLSX"], "give a .csv; for German Excel add --decimal ,."),
        (["--out", "/proc/out.csv"], "cannot be written to"),
        (["--out", "{}/a.png", "--overwrite"], "is one of the inputs"),
        (["{}/nowhere"], "There is no file or folder"),
        (["{}/*.gif"], "that matches"),
        (["--overlay", "{}/a.png"], "is a file"),
        (["--overlay", "/proc/copies"], "--overlay '/proc/copies' cannot be written to"),
        (["--overlay", "{}"], "would replace"),
    ],
)
def test_wrong_options_are_refused_before_any_work(
    model_file, tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.setattr("skfer.persistence.load_model", None)
    picture = write_picture(tmp_path / "a.png", np.zeros((40, 40), np.uint8))
    arguments = [argument.format(tmp_path) for argument in arguments]
    out = [] if "--out" in arguments else ["--out", str(tmp_path / "out.csv")]
    before = sorted(tmp_path.rglob("*.*"))
    assert main(["predict", str(model_file), str(picture), *arguments, *out]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("skfer: error: ")
    assert message in line
    assert [path for path in sorted(tmp_path.rglob("*.*")) if path.suffix != ".lock"] == before


@pytest.mark.parametrize("option", [["--every", "2"], ["--smooth", "1"], ["--baseline", "3"]])
def test_options_of_time_need_a_video(predict, folder, option):
    code, _, printed = predict(*option, paths=[folder / "img2.png"])
    assert code == 2
    assert f"{option[0]} is for videos" in printed.err


@pytest.mark.parametrize(
    "option",
    [["--every", "0"], ["--smooth", "-1"], ["--smooth", "nan"], ["--smooth", "x"],
     ["--baseline", "0"], ["--delimiter", "ab"], ["--decimal", ";"], ["--faces", "two"],
     ["--resume", "--overwrite"]],
)  # fmt: skip
def test_malformed_options_are_usage_errors(predict, option):
    with pytest.raises(SystemExit, match="2"):
        predict(*option)


@pytest.mark.parametrize("content", [None, b"", b"PK no zip"])
def test_no_model(predict, tmp_path, folder, capsys, content):
    path = tmp_path / "other.skfer"
    if content is not None:
        path.write_bytes(content)
    assert main(["predict", str(path), str(folder), "--out", str(tmp_path / "out.csv")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(path) in line


def test_a_model_of_crops_asks_for_cropped_and_keeps_nothing(predict, tmp_path, folder, capsys):
    data = make_photographs()
    model = make_pixel_knn_pipeline(align=None).fit(data.faces, data.target)
    save_model(model, tmp_path / "m")
    command = ["predict", str(tmp_path / "m"), str(folder), "--out", str(tmp_path / "crops.csv")]
    assert main(command) == 2
    assert "For such crops add --cropped; for photographs" in capsys.readouterr().err
    assert main([*command, "--cropped"]) == 0  # there is nothing to go on with or to replace


def test_nothing_to_predict(predict, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").touch()
    code, _, printed = predict(paths=[tmp_path / "empty"])
    assert code == 2
    assert "no image or video in" in printed.err
    assert "notes.txt': neither an image nor a video" in printed.err


def test_nothing_that_can_be_read_is_an_error(model_file, tmp_path):
    """In a process of its own, where FFmpeg's complaints would be seen."""
    (tmp_path / "broken.mp4").write_bytes(b"no video at all" * 99)
    code = "import sys\nfrom skfer.cli._main import main\nsys.exit(main())"
    command = [sys.executable, "-c", code, "predict", str(model_file), "broken.mp4"]
    done = subprocess.run(
        [*command, "--out", "out.csv"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "1 video, 0 frames: 0 faces, 0 without a face, 1 unreadable: out.csv" in done.stdout
    assert "broken.mp4: not a video" in done.stdout
    assert done.stderr == (
        "skfer: error: No face was predicted in any of the inputs; 'out.csv' says why.\n"
    )
    assert read_predictions(tmp_path / "out.csv")["success"].tolist() == [0]


def test_crops_that_the_model_refuses_are_no_faces_missing(tmp_path, capsys):
    data = make_photographs()
    model = make_pixel_knn_pipeline(align=None).fit(data.faces, data.target)
    save_model(model, tmp_path / "m")
    write_picture(tmp_path / "new" / "large.png", np.zeros((120, 120), np.uint8))
    write_picture(tmp_path / "new" / "right.png", data.images[0])
    command = ["predict", str(tmp_path / "m"), str(tmp_path / "new"), "--cropped"]
    assert main([*command, "--out", str(tmp_path / "crops.csv")]) == 0
    printed = capsys.readouterr().out
    assert "1 face, 1 refused by the model, 0 without a face, 0 unreadable" in printed
    assert f"{tmp_path / 'new' / 'large.png'}: " in printed
