import json
import signal
from argparse import Namespace

import jsonschema
import pandas as pd
import pytest
from filelock import FileLock
from sklearn.utils import Bunch

import skfer.evaluation._report._write
from skfer.cli._main import main
from skfer.cli._output import portable_command
from skfer.cli._protocol import count_folds
from tests.stored_results import load_results_schema


@pytest.fixture
def evaluate(image_folder, tmp_path):
    """Run the command on the cropped faces and return its exit code and folder."""

    def run(*arguments):
        out = tmp_path / "out"
        shared = [image_folder, "--out", out]
        shared += ["--method", "pixel-1nn", "--folds", 3, "--set", "cropped=True"]
        return main(["evaluate", *map(str, [*shared, *arguments])]), out

    return run


@pytest.fixture
def fits(monkeypatch):
    """Count the fits of the classifier; the one numbered `stop_at` gets the signal."""
    from sklearn.neighbors import KNeighborsClassifier

    counter = {"n": 0, "stop_at": None, "signal": signal.SIGINT}
    fit = KNeighborsClassifier.fit

    def counted(self, X, y):
        if counter["n"] == counter["stop_at"]:
            signal.raise_signal(counter["signal"])
        counter["n"] += 1
        return fit(self, X, y)

    monkeypatch.setattr(KNeighborsClassifier, "fit", counted)
    return counter


def test_end_to_end(evaluate, tmp_path, capsys):
    code, out = evaluate("--split", "both", "--log", tmp_path / "runs.jsonl")
    assert code == 0
    captured = capsys.readouterr()
    assert "image-folder: 24 images, 6 subjects" in captured.out
    assert "subject-independent" in captured.out
    assert "leaky-image-split" in captured.out
    assert "split by image (LEAKY)" in captured.out
    assert "\r" not in captured.err  # no progress bar where nobody sees it
    assert captured.err.count("pixel-1nn: 3 of 3 folds") == 2

    schema = load_results_schema()
    document = json.loads((out / "results.json").read_text())
    jsonschema.validate(document, schema)
    protocols = ["subject-independent", "leaky-image-split"]
    assert [result["protocol"] for result in document["results"]] == protocols
    assert all(result["n_folds"] == 3 for result in document["results"])
    assert document["metadata"]["n_eyes_not_found"] == 0
    assert len(pd.read_csv(out / "images.csv")) == 48
    assert len(pd.read_csv(out / "subjects.csv")) == 12
    assert len(pd.read_csv(out / "folds.csv")) == 6

    runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert "KNeighborsClassifier(n_neighbors=1)" in runs[0]["parameters"]["estimator"]
    assert runs[0]["predictions"] == "out/images.csv"
    for run in runs:
        jsonschema.validate(run, {"$defs": schema["$defs"], "$ref": "#/$defs/run"})
    assert [run["protocol"] for run in runs] == protocols
    for file in (out / "results.json", tmp_path / "runs.jsonl"):  # these are published
        assert str(tmp_path) not in file.read_text()


def test_json_is_printed_alone(evaluate, capsys):
    _, out = evaluate("--json")
    printed = capsys.readouterr()
    assert json.loads(printed.out) == json.loads((out / "results.json").read_text())
    assert "Report: " in printed.err


def test_a_second_run_into_one_folder_is_refused(evaluate, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out/.results.json.lock"):
        code, _ = evaluate()
    assert code == 2
    assert "is being written by another process" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:Each of the")
def test_repeats_follow_the_seed(evaluate):
    images = []
    for seed in (0, 0, 1):
        code, out = evaluate("--repeats", 2, "--seed", seed, "--overwrite")
        assert code == 0
        images.append(pd.read_csv(out / "images.csv"))
    assert images[0]["repeat"].value_counts().to_dict() == {0: 24, 1: 24}
    pd.testing.assert_frame_equal(images[0], images[1])
    # The second deal of seed 0 is the first of seed 1.
    second, first = (
        frame[frame["repeat"] == repeat] for frame, repeat in ((images[0], 1), (images[2], 0))
    )
    assert second["fold"].tolist() == first["fold"].tolist()
    assert images[0]["fold"].tolist() != images[2]["fold"].tolist()


def test_the_report_has_its_figures(evaluate, drawn):
    _, out = evaluate()
    report = (out / "report.html").read_text("utf-8")
    assert report.count("<svg") > 0
    assert "<path" in report


def test_methods_are_compared(evaluate):
    _, out = evaluate("--method", "gabor-svm")
    document = json.loads((out / "results.json").read_text())
    (comparison,) = document["comparisons"]
    assert {comparison["method_a"], comparison["method_b"]} == {"pixel-1nn", "gabor-svm"}
    assert "compared" in (out / "report.html").read_text("utf-8").lower()


def test_images_agree_with_the_library(evaluate, image_folder):
    from skfer.datasets import load_image_folder
    from skfer.evaluation import evaluate_subject_independent
    from skfer.pipelines import make_pixel_knn_pipeline

    _, out = evaluate()
    data = load_image_folder(image_folder, cropped=True)
    pipeline = make_pixel_knn_pipeline(align=None)
    result = evaluate_subject_independent(pipeline, data.faces, data.target, cv=3)
    written = pd.read_csv(out / "images.csv").drop(columns=["method", "protocol", "file"])
    pd.testing.assert_frame_equal(written, result.images, check_dtype=False)


@pytest.mark.parametrize(
    ("word", "shown"), [("true", True), ("false", False), ("none", False), ("0", False)]
)
def test_faces_only_if_redistributable(evaluate, word, shown):
    _, out = evaluate("--set", f"redistributable={word}")
    report = (out / "report.html").read_text(encoding="utf-8")
    assert ('class="face"' in report) == shown


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_goes_on(evaluate, fits, capsys, number):
    fits |= {"stop_at": 4, "signal": number}
    code, out = evaluate("--split", "both")
    assert code == 128 + number
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert "--resume" in capsys.readouterr().err
    # The finished split is written already, the folds of the other are kept.
    assert len(json.loads((out / "results.json").read_text())["results"]) == 1
    fits["stop_at"] = None
    code, out = evaluate("--split", "both", "--resume")
    assert code == 0
    assert fits["n"] == 6
    assert len(json.loads((out / "results.json").read_text())["results"]) == 2


def test_an_overwritten_run_is_computed_again(evaluate, fits):
    evaluate()
    evaluate("--overwrite")
    assert fits["n"] == 6


def test_jobs_change_nothing(evaluate):
    frames = [
        pd.read_csv(evaluate("--jobs", jobs, "--overwrite")[1] / "images.csv") for jobs in (1, 2)
    ]
    pd.testing.assert_frame_equal(*frames, check_exact=True)


def test_seed_shuffles_the_leaky_folds(evaluate):
    folds = []
    for seed in (0, 1):
        _, out = evaluate("--split", "image", "--seed", seed, "--overwrite")
        folds.append(pd.read_csv(out / "images.csv")["fold"].tolist())
    assert folds[0] != folds[1]


@pytest.mark.parametrize(("policy", "n_images"), [("guess", 7), ("skip", 6), ("raise", None)])
def test_policy_for_photographs_without_eyes(photographs, tmp_path, capsys, policy, n_images):
    arguments = [str(photographs), "--folds", "3"]
    arguments += ["--method", "pixel-1nn", "--on-missing", policy, "--out", str(tmp_path / "out")]
    code = main(["evaluate", *arguments])
    captured = capsys.readouterr()
    if policy == "raise":
        assert code == 2
        assert "6.png'): no face found" in captured.err
        return
    assert code == 0
    assert "No eyes found in 1 of 7 photographs: 'synthetic002/sad/6.png'" in captured.out
    document = json.loads((tmp_path / "out" / "results.json").read_text())
    assert document["metadata"]["n_images"] == n_images
    assert document["metadata"]["n_eyes_not_found"] == 1
    named = {"guess": "guessed", "skip": "left_out"}
    for what in named.values():
        files = [{"path": "synthetic002/sad/6.png", "reason": "no face found"}]
        assert document["metadata"][what] == (files if what == named[policy] else [])
    assert len(pd.read_csv(tmp_path / "out" / "images.csv")) == n_images
    report = (tmp_path / "out" / "report.html").read_text()
    assert "<h1>Facial expressions in the folder &#39;photographs&#39;</h1>" in report
    assert "<li>synthetic002/sad/6.png: no face found</li>" in report


def test_synthetic_faces_follow_the_seed(tmp_path):
    arguments = ["--dataset", "synthetic", "--set", "n_subjects=3", "--method", "pixel-1nn"]
    arguments += ["--folds", "3", "--set", "image_size=(64, 64)", "--set", "n_per_expression=1"]
    arguments += ["--overwrite"]
    frames = []
    for _ in range(2):
        assert main(["evaluate", *arguments, "--out", str(tmp_path)]) == 0
        frames.append(pd.read_csv(tmp_path / "images.csv"))
    pd.testing.assert_frame_equal(*frames)


def test_command_is_recorded_without_paths():
    argv = ["evaluate", "/srv/faces/ck", "--out=/tmp/x", "--set", "csv=/srv/a.csv"]
    argv += ["--pattern", "(?P<subject>S.*)/x=/y"]
    assert portable_command(argv) == (
        "skfer evaluate ck --out=x --set csv=a.csv --pattern '(?P<subject>S.*)/x=/y'"
    )


@pytest.mark.parametrize(("stop_at", "n_results"), [(None, 2), (4, 1)])
def test_report_is_written_once_however_the_run_ends(
    evaluate, fits, monkeypatch, stop_at, n_results
):
    n_reported = []
    write_report = skfer.evaluation._report._write.write_report

    def spy(path, results, *arguments, **options):
        n_reported.append(len(results))
        write_report(path, results, *arguments, **options)

    monkeypatch.setattr(skfer.evaluation._report._write, "write_report", spy)
    fits["stop_at"] = stop_at
    _, out = evaluate("--split", "both")
    assert n_reported == [n_results]
    assert (out / "report.html").is_file()


@pytest.mark.parametrize(
    ("folds", "data", "expected"),
    [(None, {"n_folds": 10}, 10), (None, {}, 8), (5, {"n_folds": 10}, 5), (0, {}, 0)],
)
def test_number_of_folds_is_the_papers_unless_given(folds, data, expected):
    assert count_folds(Namespace(folds=folds), Bunch(**data)) == expected
