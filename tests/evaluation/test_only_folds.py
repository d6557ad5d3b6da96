"""Evaluations in parts: some folds at a time, put together without computing."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from skfer.evaluation import (
    evaluate_image_split,
    evaluate_subject_independent,
    merge_folds,
    merge_results,
)

METHODS = {"1-NN": KNeighborsClassifier(1), "lr": LogisticRegression()}


def assert_equal(result, other):
    pd.testing.assert_frame_equal(result.images, other.images, check_exact=True)
    assert (result.method, result.protocol) == (other.method, other.protocol)
    assert (result.classes, result.notes) == (other.classes, other.notes)
    assert result.seconds[["repeat", "fold"]].equals(other.seconds[["repeat", "fold"]])


@pytest.mark.parametrize("evaluate", [evaluate_subject_independent, evaluate_image_split])
def test_parts_put_together_equal_the_whole(data, tmp_path, evaluate):
    names = np.array(["a", None], dtype=object)[np.arange(len(data[1])) % 2]
    info = pd.DataFrame({"file": "f.png", "age": np.arange(len(names)) / 3, "odd": names})
    info["age"] = info["age"].where(info["age"] > 1)
    options = {"info": info, "cv": 4}
    for part in [2], [0, 3], [3, 1]:
        evaluate(METHODS, *data, **options, memory=tmp_path, only_folds=part)
    merged = {result.method: result for result in merge_folds(tmp_path)}
    whole = evaluate(METHODS, *data, **options)
    for name in METHODS:
        assert_equal(merged[name], whole[name])


@pytest.mark.filterwarnings("ignore:Each of the")
def test_numbers_go_on_through_the_repeats(data, tmp_path):
    options = {"cv": 4, "n_repeats": 2}
    result = evaluate_subject_independent(
        LogisticRegression(), *data, **options, only_folds=[5], memory=tmp_path
    )
    assert result.seconds[["repeat", "fold"]].to_numpy().tolist() == [[1, 1]]
    with pytest.raises(ValueError, match=r"folds 0 \(fold 0 of repeat 0\), 1 .*, 7 \(fold 3 of"):
        merge_folds(tmp_path)


def test_a_part_is_the_result_of_its_folds_and_merges(data):
    parts = [
        evaluate_subject_independent(LogisticRegression(), *data, cv=4, only_folds=part)
        for part in ([0, 2], [1, 3])
    ]
    assert parts[0].seconds["fold"].tolist() == [0, 2]
    (merged,) = merge_results(parts)
    assert_equal(merged, evaluate_subject_independent(LogisticRegression(), *data, cv=4))


def test_folders_of_several_machines(data, tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, part in zip(folders, ([0, 1], [2, 3]), strict=True):
        evaluate_subject_independent(
            LogisticRegression(), *data, cv=4, memory=folder, only_folds=part
        )
    with pytest.raises(ValueError, match=r"^Not finished yet: folds 2, 3 of LogisticRegression,"):
        merge_folds(folders[0])
    (merged,) = merge_folds(folders)
    assert_equal(merged, evaluate_subject_independent(LogisticRegression(), *data, cv=4))


@pytest.mark.parametrize("part", [[], [4], [0, -1]])
def test_folds_that_there_are_not_are_refused(data, part):
    with pytest.raises(ValueError, match="there are folds 0 to 3"):
        evaluate_subject_independent(LogisticRegression(), *data, cv=4, only_folds=part)


def test_another_evaluation_is_refused(data, tmp_path):
    options = {"cv": 4, "only_folds": [0]}
    evaluate_subject_independent(METHODS, *data, **options, memory=tmp_path / "a")
    other = {"lr": LogisticRegression(C=2)}
    with pytest.raises(ValueError, match="holds folds of another evaluation of 'lr'"):
        evaluate_subject_independent(other, *data, **options, memory=tmp_path / "a")
    evaluate_subject_independent(other, *data, **options, memory=tmp_path / "b")
    with pytest.raises(ValueError, match=r"b' holds folds of another evaluation of 'lr' than"):
        merge_folds([tmp_path / "a", tmp_path / "b"])


def test_no_folds_and_a_damaged_plan_are_told(data, tmp_path):
    with pytest.raises(ValueError, match="no folds of an evaluation in parts in"):
        merge_folds(tmp_path)
    options = {"cv": 4, "only_folds": [0], "memory": tmp_path}
    evaluate_subject_independent(LogisticRegression(), *data, **options)
    (plan,) = tmp_path.glob("*.plan")
    plan.write_text(plan.read_text()[:-9])
    with pytest.raises(ValueError, match="damaged; remove it and run a fold again"):
        merge_folds(tmp_path)
