"""Arrays of jobs: processes that share a folder, and what `skfer merge` makes of it."""

import json
import os
import signal
import sys

import pytest
from sklearn.dummy import DummyClassifier

from skfer.cli._main import main
from skfer.evaluation import load_results
from tests.cli.conftest import assert_equal_results
from tests.forks import FORKS, needs_fork, start_fork
from tests.stored_results import nearest, store_results


@pytest.fixture
def evaluate(image_folder, tmp_path):
    """Return the arguments of an evaluation of two methods in six folds."""

    def arguments(out, *more):
        shared = [image_folder, "--folds", 6]
        # Not HOG, whose last digits change from call to call in the oldest OpenCV.
        shared += ["--method", "pixel-1nn", "--method", "lbp-svm", "--cropped"]
        return ["evaluate", *map(str, [*shared, "--out", tmp_path / out, *more])]

    return arguments


def run_part(barrier, arguments, is_mortal):
    """Evaluate a part when all are there; the one to be killed ends before its second fold."""
    replace, folds = os.replace, []

    def deadly(source, target):
        folds.extend([target] * str(target).endswith(".json"))
        if is_mortal and len(folds) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    os.replace = deadly
    barrier.wait()
    sys.exit(main(arguments))


def run_together(arguments, parts, mortal):
    barrier = FORKS.Barrier(len(parts))
    jobs = [
        start_fork(run_part, barrier, [*arguments, "--only-folds", part], part == mortal)
        for part in parts
    ]
    for job in jobs:
        job.join()
    return [job.exitcode for job in jobs]


@needs_fork
def test_jobs_that_share_a_folder_equal_one_run(evaluate, tmp_path, capsys):
    codes = run_together(evaluate("parts"), ["0,3", "1-2", "4,5"], mortal="1-2")
    assert codes == [0, -9, 0]
    parts, whole = tmp_path / "parts", tmp_path / "whole"
    assert main(["merge", str(parts)]) == 2
    missing = "fold 2 of pixel-1nn, subject-independent; folds 1, 2 of lbp-svm, subject-independent"
    assert f"Not finished yet: {missing}." in capsys.readouterr().err
    assert not (parts / "results.json").exists()

    assert main(evaluate("parts", "--only-folds", "1,2")) == 0
    out = capsys.readouterr().out
    assert "pixel-1nn, subject-independent: 6 of 6 folds done\n" in out
    assert f"All folds are done. Write the results: skfer merge {parts}" in out
    assert main(["merge", str(parts)]) == 0
    assert main(evaluate("whole")) == 0
    assert_equal_results(parts, whole)
    report = (parts / "report.html").read_text("utf-8")
    assert "drawn from stored results, without" in " ".join(report.split())


def test_the_same_folds_are_not_computed_again(evaluate, monkeypatch, capsys):
    import skfer.evaluation._cross_validation as module

    assert main(evaluate("out", "--only-folds", "2")) == 0
    assert "pixel-1nn, subject-independent: 1 of 6 folds done, missing folds 0, 1, 3, 4, 5" in (
        capsys.readouterr().out
    )
    monkeypatch.setattr(module, "_evaluate_split", None)
    assert main(evaluate("out", "--only-folds", "2")) == 0


def test_a_run_of_all_folds_takes_those_of_the_parts(evaluate, tmp_path):
    assert main(evaluate("out", "--only-folds", "0-5")) == 0
    kept = sorted((tmp_path / "out" / ".cache").glob("*.json"))
    assert main(evaluate("out", "--resume")) == 0
    assert sorted((tmp_path / "out" / ".cache").glob("*.json")) == kept
    assert (tmp_path / "out" / "report.html").is_file()


def test_machines_that_share_no_folder(evaluate, tmp_path, capsys):
    for name, part in (("a", "0-2"), ("b", "3-5")):
        assert main(evaluate(name, "--only-folds", part)) == 0
    folders = [str(tmp_path / "a"), str(tmp_path / "b")]
    assert main(["merge", *folders]) == 2
    assert "give it with --out DIR" in capsys.readouterr().err
    assert main(["merge", *folders, "--out", str(tmp_path / "c")]) == 0
    assert main(evaluate("whole")) == 0
    assert_equal_results(tmp_path / "c", tmp_path / "whole")


def test_methods_of_several_runs_become_one_result(tmp_path, capsys):
    one = store_results(tmp_path / "one", {"5-NN": nearest(5)})
    two = store_results(tmp_path / "two", {"dummy": DummyClassifier()})
    merge = ["merge", str(one), str(two), "--out", str(tmp_path / "both")]
    assert main(merge) == 0
    assert [result.method for result in load_results(tmp_path / "both")] == ["5-NN", "dummy"]
    (comparison,) = json.loads((tmp_path / "both" / "results.json").read_text())["comparisons"]
    assert comparison["p_subjects"] < 0.05
    assert main(merge) == 2
    assert "Add --overwrite to replace it" in capsys.readouterr().err
    assert main([*merge, "--overwrite"]) == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dataset": "jaffe"}, "its dataset is jaffe, not made"),
        ({"n_subjects": 8}, "its number of images is 48, not 72"),
        ({}, "Two parts of '5-NN' test image 0 in repeat 0"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path, capsys, options, words):
    one = store_results(tmp_path / "one", {"5-NN": nearest(5)})
    two = store_results(tmp_path / "two", {"5-NN": nearest(5)}, **options)
    assert main(["merge", str(one), str(two), "--out", str(tmp_path / "both")]) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "both").exists()


def test_one_whole_result_is_nothing_to_merge(tmp_path, capsys):
    one = store_results(tmp_path / "one", {"5-NN": nearest(5)})
    assert main(["merge", str(one)]) == 2
    assert "so there is nothing to merge" in capsys.readouterr().err
    assert not (one / "report.html").exists()


def test_one_process_merges_at_a_time(evaluate, tmp_path, capsys):
    from skfer.utils._files import only_writer

    assert main(evaluate("out", "--only-folds", "0-5")) == 0
    with only_writer(tmp_path / "out" / "results.json"):
        assert main(["merge", str(tmp_path / "out")]) == 2
    assert "is being written by another process" in capsys.readouterr().err
    assert main(["merge", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--only-folds", "6"], "--only-folds 6: there are folds 0 to 5."),
        (["--only-folds", "0", "--overwrite"], "--overwrite would delete the folds"),
        (["--only-folds", "0", "--log", "runs.jsonl"], "--log is for whole results"),
    ],
)
def test_options_that_do_not_fit_are_refused(evaluate, tmp_path, capsys, more, words):
    assert main(evaluate("out", *more)) == 2
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("text", ["", "a", "0,", "-1", "3-1", "0..3"])
def test_no_numbers_of_folds(evaluate, capsys, text):
    with pytest.raises(SystemExit):
        main(evaluate("out", f"--only-folds={text}"))
    assert "--only-folds" in capsys.readouterr().err


def test_another_seed_in_the_same_folder_is_refused(evaluate, capsys):
    assert main(evaluate("out", "--only-folds", "0")) == 0
    (data, seed) = ("--on-missing", "skip"), ("--seed", "1")
    assert main(evaluate("out", "--only-folds", "1", *data)) == 0  # the images are the same
    assert main(evaluate("out", "--only-folds", "1", *seed, "--split", "image")) == 0
    capsys.readouterr()
    assert main(evaluate("out", "--only-folds", "1", "--split", "image")) == 2
    assert "holds folds of another evaluation of 'pixel-1nn'" in capsys.readouterr().err


def test_the_report_is_drawn_anew(tmp_path, capsys):
    out = store_results(tmp_path / "out", {"5-NN": nearest(5)})
    results = (out / "results.json").read_bytes()
    assert main(["report", str(out / "results.json")]) == 0
    report = " ".join((out / "report.html").read_text("utf-8").split())
    assert "Features that were drawn." in report
    assert "without the pictures" in report
    assert main(["report", str(out), "--out", str(tmp_path / "other.html")]) == 0
    assert (tmp_path / "other.html").is_file()
    assert (out / "results.json").read_bytes() == results
    for name in ("", "new", "new.pdf"):
        assert main(["report", str(out), "--out", str(tmp_path / name)]) == 2
        assert "it is the HTML file to write; end it with .html" in capsys.readouterr().err
