"""Results that were written come back, whatever the names in them."""

import json

import numpy as np
import pandas as pd
import pytest

import skfer.evaluation._records
from skfer.evaluation import EvaluationResult, load_results
from skfer.evaluation._records import append_run_log, write_results

NAMES = ["000", "001", "=1+1", "-x", "@a", "NA", "a\rb", "S\udce9", "x$y_{", 'q"u,o', "zoë"]


def make_result(subjects, protocol="subject-independent", probabilities=True, method="1-NN"):
    n = 2 * len(subjects)
    rng = np.random.default_rng(0)
    images = pd.DataFrame(
        {
            "image": range(n),
            "file": [f"{subject}/{number}.png" for subject in subjects for number in range(2)],
            "subject": np.repeat(np.array(subjects), 2),
            "repeat": 0,
            "fold": np.repeat([0, 1], [2, n - 2]),
            "y_true": ["+1", "happy"] * len(subjects),
            "y_pred": rng.choice(["+1", "happy"], n),
        }
    )
    if probabilities:
        images["proba_+1"] = rng.random(n)
        images["proba_happy"] = 1 - images["proba_+1"]
    seconds = pd.DataFrame(
        {"repeat": 0, "fold": [0, 1], "fit_seconds": [1 / 3, 2], "predict_seconds": 0.1}
    )
    notes = ("All <is> well.",)
    return EvaluationResult(images, protocol, ("+1", "happy"), seconds, method, notes)


def test_any_names_and_numbers_come_back(tmp_path, metadata):
    written = [
        make_result(NAMES, method="=svm"),
        make_result(NAMES, "leaky-image-split", method="=svm"),
        make_result(NAMES[:3], "cross-dataset", probabilities=False),
    ]
    write_results(tmp_path, written, metadata)
    loaded = load_results(tmp_path)
    assert [result.method for result in loaded] == ["=svm", "=svm", "1-NN"]
    for before, after in zip(written, loaded, strict=True):
        assert after.images.to_dict("list") == before.images.to_dict("list")
        pd.testing.assert_frame_equal(after.seconds, before.seconds, check_exact=True)
        assert (after.protocol, after.classes) == (before.protocol, before.classes)
        assert after.notes == before.notes
        assert after.summary() == before.summary()


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: entry.update(n_correct=10**6),
        lambda entry: entry.update(confusion_matrix=[[1]]),
        lambda entry: entry.update(n_images=entry["n_images"] + 1),
        lambda entry: entry.update(n_subjects=1),
        lambda entry: entry.update(ci_low=0.99, ci_high=0.01),
        lambda entry: entry["per_class"][0].update(recall=1.0),
    ],
)
def test_figures_that_are_not_those_of_the_images_are_refused(tmp_path, metadata, damage):
    write_results(tmp_path, [make_result(NAMES)], metadata)
    document = json.loads((tmp_path / "results.json").read_text())
    damage(document["results"][0])
    (tmp_path / "results.json").write_text(json.dumps(document))
    with pytest.raises(ValueError, match="not those of its images"):
        load_results(tmp_path)


def test_figures_of_another_machine_may_differ_in_the_last_digit(tmp_path, metadata):
    write_results(tmp_path, [make_result(NAMES)], metadata)
    document = json.loads((tmp_path / "results.json").read_text())
    (entry,) = document["results"]
    for figures in (entry, *entry["per_class"]):
        figures["ci_low"] = np.nextafter(figures["ci_low"], 1)
    (tmp_path / "results.json").write_text(json.dumps(document))
    assert len(load_results(tmp_path)) == 1


@pytest.mark.parametrize("broken", ["results.json", "images", "subjects", "folds", "classes"])
def test_a_full_disk_leaves_all_files_of_the_older_run(tmp_path, metadata, monkeypatch, broken):
    older, newer = make_result(NAMES[:3]), make_result(NAMES)
    write_results(tmp_path, [older], metadata)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def write(path, frame, n_written=[]):  # noqa: B006
        n_written.append(path)
        if ["images", "subjects", "folds", "classes"].index(broken) == len(n_written) - 1:
            raise OSError(28, "No space left on device")
        path.write_text("new")

    if broken == "results.json":
        metadata = metadata | {"seed": float("nan")}  # which json refuses to write
    else:
        monkeypatch.setattr(skfer.evaluation._records, "write_csv", write)
    with pytest.raises((OSError, ValueError)):
        write_results(tmp_path, [newer], metadata)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_line_goes_below_one_that_was_cut_short(tmp_path, metadata):
    log = tmp_path / "runs.jsonl"
    log.write_text('{"whole": 1}\n{"cut": ')
    for _ in range(2):
        append_run_log(log, make_result(NAMES), metadata)
    lines = log.read_text().splitlines()
    assert lines[:2] == ['{"whole": 1}', '{"cut": ']
    assert [json.loads(line)["method"] for line in lines[2:]] == ["1-NN", "1-NN"]
