import json
from dataclasses import replace

import jsonschema
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from skfer.evaluation._records import append_run_log, describe_run, write_results
from tests.stored_results import load_results_schema


def validator(definition=None):
    schema = load_results_schema()
    if definition is not None:
        schema = {"$defs": schema["$defs"], "$ref": f"#/$defs/{definition}"}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_results_json_fits_the_schema(result, metadata, tmp_path):
    write_results(tmp_path / "new" / "folder", [replace(result, method="1-NN")], metadata)
    document = json.loads((tmp_path / "new" / "folder" / "results.json").read_text())
    validator().validate(document)
    (described,) = document["results"]
    assert described["pooled_accuracy"] == pytest.approx(4 / 6)
    assert described["confusion_matrix"] == [[2, 1], [1, 2]]
    assert document["comparisons"] == []


def test_methods_are_compared_by_subject(result, metadata, tmp_path):
    better = replace(result, images=result.images.assign(y_pred=result.images["y_true"]))
    leaky = replace(better, protocol="leaky-image-split", method="SVM")
    results = [replace(result, method="1-NN"), replace(better, method="SVM"), leaky]
    write_results(tmp_path, results, metadata)
    document = json.loads((tmp_path / "results.json").read_text())
    validator().validate(document)
    (comparison,) = document["comparisons"]
    assert (comparison["method_a"], comparison["method_b"]) == ("1-NN", "SVM")
    assert comparison["difference"] == pytest.approx(-1 / 3)
    assert comparison["p_sequences"] is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda document: document["metadata"].pop("date"),
        lambda document: document["results"][0].pop("ci_low"),
        lambda document: document["results"][0].update(pooled_accuracy=97.4),
        lambda document: document["results"][0].update(protocol="10-fold"),
        lambda document: document["results"][0].update(remark="best of five"),
    ],
)
def test_schema_refuses(result, metadata, tmp_path, damage):
    write_results(tmp_path, [replace(result, method="1-NN")], metadata)
    document = json.loads((tmp_path / "results.json").read_text())
    damage(document)
    assert not validator().is_valid(document)


def test_frames_name_method_and_protocol(result, metadata, tmp_path):
    results = [replace(result, method=method) for method in ("1-NN", "SVM")]
    write_results(tmp_path, results, metadata)
    for name in ("images", "subjects", "folds", "classes"):
        frame = pd.read_csv(tmp_path / f"{name}.csv")
        expected = result.per_class if name == "classes" else getattr(result, name)
        assert list(frame) == ["method", "protocol", *expected]
        n_rows = dict.fromkeys(("1-NN", "SVM"), len(expected))
        assert frame["method"].value_counts().to_dict() == n_rows
        svm = frame[frame["method"] == "SVM"].drop(columns=["method", "protocol"])
        pd.testing.assert_frame_equal(svm.reset_index(drop=True), expected, check_dtype=False)


def test_log_grows_by_one_line_per_result(result, metadata, tmp_path):
    log = tmp_path / "benchmarks" / "runs.jsonl"
    for method in ("1-NN", "SVM"):
        append_run_log(log, replace(result, method=method), metadata)
    runs = [json.loads(line) for line in log.read_text().splitlines()]
    assert [run["method"] for run in runs] == ["1-NN", "SVM"]
    for run in runs:
        validator("run").validate(run)
        described = {"date", "skfer", "dataset", "seed", "command", "method", "protocol", "correct"}
        assert set(run) == described | set(result.summary())
        assert run["correct"] == "101101"


def test_log_schema_refuses_other_fields(result, metadata, tmp_path):
    append_run_log(tmp_path / "runs.jsonl", result, metadata)
    run = json.loads((tmp_path / "runs.jsonl").read_text())
    assert not validator("run").is_valid({**run, "remark": "ignore this one"})


def test_log_names_parameters_predictions_and_commit(result, metadata, tmp_path):
    run = describe_run(DummyClassifier(constant=7), tmp_path / "report" / "images.csv")
    append_run_log(tmp_path / "runs.jsonl", result, metadata | run)
    run = json.loads((tmp_path / "runs.jsonl").read_text())
    validator("run").validate(run)
    assert run["parameters"]["estimator"] == "DummyClassifier(constant=7)"
    assert run["predictions"] == "report/images.csv"
    assert len(run["commit"].rstrip("+")) == 40
