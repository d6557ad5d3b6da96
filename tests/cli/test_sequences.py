"""The command on sequences."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from skfer.cli._main import main
from skfer.datasets import make_face_sequences
from skfer.evaluation import load_results
from skfer.persistence import load_model
from tests.prediction_files import write_picture
from tests.reproduction import trees
from tests.video_files import write_video

SEQUENCES = [
    "--dataset",
    "synthetic-sequences",
    *("--set", "n_subjects=4", "--set", "n_frames=4"),
    *("--set", "expressions=('happy', 'surprise')"),
]


@pytest.fixture
def still_model(tmp_path):
    """A method of single images, fitted on the frames of sequences."""
    path = tmp_path / "still.skfer"
    assert main(["fit", *SEQUENCES, "--method", "pixel-1nn", "--out", str(path)]) == 0
    return path


@pytest.fixture
def video(tmp_path):
    data = make_face_sequences(1, expressions=("happy",), n_frames=4, random_state=1)
    frames = np.pad(data.faces["image"][0], ((0, 0), (32, 32), (64, 64)), constant_values=128)
    return write_video(tmp_path / "smile.mp4", frames)


def test_methods_of_images_and_of_sequences(tmp_path, capsys):
    arguments = [*SEQUENCES, "--method", "pixel-1nn", "--method", "phog-top-svm", "--folds", "2"]
    assert main(["evaluate", *arguments, "--out", str(tmp_path / "out")]) == 0
    assert "8 sequences, 4 subjects" in capsys.readouterr().out
    results = json.loads((tmp_path / "out" / "results.json").read_text())["results"]
    assert [row["method"] for row in results] == ["pixel-1nn", "phog-top-svm"]
    report = (tmp_path / "out" / "report.html").read_text()
    assert "8 sequences of 4 subjects" in report
    assert re.findall("images of|subject has images|shuffled images|picture", report) == []
    assert "by sequence, %" not in report  # each row is a sequence
    assert main(["compare", str(tmp_path / "out")]) == 0
    assert "8 sequences, 4 subjects" in capsys.readouterr().out
    (first, _) = load_results(tmp_path / "out")
    assert "of 8 sequences correct" in repr(first)
    arguments[arguments.index("n_subjects=4")] = "n_subjects=5"
    assert main(["evaluate", *arguments, "--out", str(tmp_path / "other")]) == 0
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "out"), str(tmp_path / "other")]) == 2
    err = capsys.readouterr().err
    assert "not evaluated on the same sequences" in err
    assert "8 and 10 sequences, 8 of them with the same number" in err
    merge = ["merge", *(str(tmp_path / name) for name in ("out", "other"))]
    assert main([*merge, "--out", str(tmp_path / "both")]) == 2
    assert "its number of sequences is 10, not 8" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["ckplus", "mmi"])
def test_from_the_layout_of_the_owner_to_the_report(tmp_path, name):
    write = {"ckplus": trees.write_ckplus, "mmi": trees.write_mmi}[name]
    write(tmp_path / "data", n_subjects=4, expressions=("happy", "sad", "surprise"))
    arguments = [str(tmp_path / "data"), "--dataset", name, "--set", "frames=sequence"]
    arguments += ["--set", "on_missing=skip", "--folds", "4", "--out", str(tmp_path / "out")]
    arguments += ["--method", "phog-top-svm", "--method", "pixel-1nn"]
    assert main(["evaluate", *arguments]) == 0
    for row in json.loads((tmp_path / "out" / "results.json").read_text())["results"]:
        assert (row["n_images"], row["n_predictions"], row["n_subjects"]) == (12, 12, 4)
        assert row["n_sequences"] == 12
    images = pd.read_csv(tmp_path / "out" / "images.csv")
    assert images["n_frames"].unique().tolist() == [{"ckplus": 3, "mmi": 2}[name]]
    assert images.groupby(["method", "subject"])["fold"].nunique().eq(1).all()
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize("command", ["fit", "evaluate"])
def test_a_method_of_sequences_is_refused_for_images(tmp_path, capsys, command):
    arguments = ["--dataset", "synthetic", "--set", "n_subjects=4", "--method", "expressionlet"]
    assert main([command, *arguments, "--out", str(tmp_path / "out")]) == 2
    assert "add --set frames=sequence" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_frames_of_a_video_are_judged_by_the_model_of_frames(still_model, tmp_path, video, capsys):
    assert type(load_model(still_model)).__name__ == "FramewiseClassifier"
    table = tmp_path / "table.csv"
    assert main(["predict", str(still_model), str(video), "--out", str(table)]) == 0
    assert "trained on 8 sequences of 4 subjects" in capsys.readouterr().out
    rows = pd.read_csv(table)
    assert len(rows) == 4
    assert rows["success"].all()


def test_a_model_of_whole_sequences_predicts_no_frames(tmp_path, video, capsys):
    model = tmp_path / "whole.skfer"
    assert main(["fit", *SEQUENCES, "--method", "phog-top-svm", "--out", str(model)]) == 0
    assert main(["predict", str(model), str(video), "--out", str(tmp_path / "t.csv")]) == 2
    assert "describes whole sequences" in capsys.readouterr().err


def test_the_model_of_frames_explains_a_picture(still_model, tmp_path):
    face = make_face_sequences(1, expressions=("happy",), n_frames=4, random_state=1)
    picture = write_picture(tmp_path / "new" / "face.png", face.faces["image"][0][-1])
    assert main(["explain", str(still_model), str(picture), "--out", str(tmp_path / "out")]) == 0
    (row,) = pd.read_csv(tmp_path / "out" / "explanations.csv", na_filter=False).to_dict("records")
    assert row["problem"] == ""
    assert row["expression"] in ("happy", "surprise")


def test_the_index_has_the_size_of_the_frames(tmp_path, capsys):
    frames = make_face_sequences(2, expressions=("happy", "sad"), n_frames=3, random_state=0)
    rows = zip(frames.faces["image"], frames.subjects, frames.target, strict=True)
    for sequence, subject, expression in rows:
        for number, frame in enumerate(sequence):
            write_picture(tmp_path / f"{subject}-{expression}_{number}.png", frame)
    pattern = r"(?P<sequence>(?P<subject>\w+)-(?P<expression>[a-z]+))_(?P<frame_number>\d)"
    options = ["--set", "frames=sequence", "--pattern", pattern, "--json"]
    assert main(["index", str(tmp_path), *options]) == 0
    height, width = frames.faces["image"][0].shape[1:]
    out, err = capsys.readouterr()
    assert json.loads(out)["image_sizes"] == {f"{width}x{height}": 4}
    assert "4 sequences of 2 subjects" in err
