"""Several methods, several deals of the folds, and columns beside the images."""

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skfer.evaluation import evaluate_image_split, evaluate_subject_independent
from skfer.evaluation._cross_validation import Split, with_seed


def test_methods_are_evaluated_on_the_same_folds(data):
    methods = {"lr": LogisticRegression(), "dummy": DummyClassifier()}
    for evaluate in (evaluate_subject_independent, evaluate_image_split):
        results = evaluate(methods, *data, cv=4)
        assert {name: result.method for name, result in results.items()} == {
            "lr": "lr",
            "dummy": "dummy",
        }
        alone = evaluate(LogisticRegression(), *data, cv=4)
        assert alone.method == "LogisticRegression"
        pd.testing.assert_frame_equal(alone.images, results["lr"].images)
        assert results["dummy"].images["fold"].equals(results["lr"].images["fold"])
    with pytest.raises(ValueError, match="dict of estimators is empty"):
        evaluate_subject_independent({}, *data)


def test_a_pipeline_has_the_name_of_its_last_step(data):
    pipeline = make_pipeline(FunctionTransformer(), make_pipeline(DummyClassifier()))
    assert evaluate_subject_independent(pipeline, *data, cv=2).method == "DummyClassifier"


def test_each_repeat_is_another_deal(data):
    X, y, subjects = data
    result = evaluate_subject_independent(LogisticRegression(), *data, cv=4, n_repeats=3)
    assert len(result.images) == 3 * len(y)
    assert len(result.folds) == 12
    for repeat, images in result.images.groupby("repeat"):
        assert images["image"].tolist() == list(range(len(y)))
        deal = GroupKFold(4, shuffle=True, random_state=repeat)
        expected = cross_val_predict(LogisticRegression(), X, y, groups=subjects, cv=deal)
        assert images["y_pred"].tolist() == expected.tolist()
    deals = [images["fold"].tolist() for _, images in result.images.groupby("repeat")]
    assert deals[0] != deals[1] != deals[2]


def test_one_seed_gives_one_repeat(data):
    several = evaluate_subject_independent(
        LogisticRegression(), *data, cv=4, n_repeats=2, random_state=5
    )
    second = evaluate_subject_independent(LogisticRegression(), *data, cv=4, random_state=6)
    expected = several.images[several.images["repeat"] == 1].drop(columns="repeat")
    actual = second.images.drop(columns="repeat")
    pd.testing.assert_frame_equal(actual, expected.reset_index(drop=True))


def test_seeds_of_the_estimator_are_raised_in_all_parts():
    inner = LogisticRegression(random_state=3)
    pipeline = make_pipeline(FunctionTransformer(), inner)
    assert with_seed(pipeline, 2)[-1].random_state == 5
    assert with_seed(pipeline, 0)[-1].random_state == 3
    assert inner.random_state == 3
    assert with_seed(LogisticRegression(), 2).random_state is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_repeats": 0}, "n_repeats=0; expected 1 or more"),
        ({"n_repeats": 2, "cv": 13}, "12 subjects allow 2 to 12 folds"),
        (
            {"n_repeats": 2, "cv": StratifiedGroupKFold(3)},
            "a splitter that shuffles.*got cv=StratifiedGroupKFold",
        ),
    ],
)
def test_deals_that_there_are_not_are_refused(data, arguments, message):
    with pytest.raises(ValueError, match=message):
        evaluate_subject_independent(DummyClassifier(), *data, **arguments)


def test_doubts_about_subjects_are_told_once(data):
    X, y, subjects = data
    subjects = np.where(subjects == "s01", "S00", subjects)
    with pytest.warns(UserWarning, match="differ only in case") as caught:
        evaluate_subject_independent(DummyClassifier(), X, y, subjects, cv=3, n_repeats=3)
    assert len(caught) == 1


def test_finished_folds_of_a_repeat_are_kept(data, tmp_path):
    arguments = {"cv": 3, "memory": tmp_path}
    evaluate_subject_independent(LogisticRegression(), *data, **arguments, random_state=0)
    kept = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert len(kept) == 3
    evaluate_subject_independent(LogisticRegression(), *data, **arguments, n_repeats=2)
    assert {file: file.stat().st_mtime_ns for file in kept} == kept
    assert len(list(tmp_path.iterdir())) == 6


def test_equal_deals_of_two_repeats_are_two_draws(tmp_path):
    """With as many folds as subjects, all deals have the same folds in another order."""
    y, subjects = np.tile(["happy", "sad"], 6), np.repeat(list("abcd"), 3)
    dummy, X = DummyClassifier(strategy="stratified"), np.zeros((12, 1))
    arguments = {"cv": 4, "n_repeats": 24, "memory": tmp_path}
    first = evaluate_subject_independent(dummy, X, y, subjects, **arguments)
    assert len(list(tmp_path.iterdir())) == 96
    again = evaluate_subject_independent(dummy, X, y, subjects, **arguments)
    pd.testing.assert_frame_equal(first.images, again.images)


def test_training_rows_come_back_in_their_order():
    for train in ([0, 3, 9], [3, 0, 9], [5, 5, 7], [0]):
        split = Split(0, 1, np.array(train), np.array([4]))
        assert split.train.tolist() == train


def test_columns_beside_the_images_reach_the_result(data):
    X, y, subjects = data
    info = pd.DataFrame(
        {"sequence": np.arange(72) // 3, "gender": np.where(np.arange(72) < 36, "f", "m")}
    )
    frame = info.assign(subject="left out, as the subjects lead")
    result = evaluate_subject_independent(LogisticRegression(), *data, info=frame, cv=3)
    pd.testing.assert_frame_equal(result.images[["sequence", "gender"]], info)
    assert result.images["subject"].tolist() == subjects.tolist()
    assert result.summary()["n_sequences"] == 48  # of 24 triples, with two labels each
    assert result.by_group("gender")["n_images"].tolist() == [36, 36]


@pytest.mark.parametrize(
    ("info", "message"),
    [
        (pd.DataFrame({"fold": range(72)}), "has a column 'fold' of its own"),
        (pd.DataFrame({"proba_happy": range(72)}), "has a column 'proba_happy' of its own"),
        ({"age": range(72)}, "info is a dict; expected a DataFrame"),
        (pd.DataFrame([[1, 2]] * 72, columns=["age", "age"]), "two columns 'age'"),
        (pd.DataFrame({"age": range(71)}), "There are 72 images, but 71 rows of info"),
        (pd.DataFrame({"sequence": [None, *"a" * 71]}), "Sample 0 has no sequence"),
    ],
)
def test_columns_that_do_not_fit_are_refused(data, info, message):
    with pytest.raises(ValueError, match=message):
        evaluate_subject_independent(DummyClassifier(), *data, info=info)


def test_what_is_of_another_length_is_named(data):
    X, y, subjects = data
    with pytest.raises(ValueError, match="There are 72 images, but 71 labels"):
        evaluate_subject_independent(DummyClassifier(), X, y[:-1], subjects)
    with pytest.raises(ValueError, match="There are 72 images, but 71 subjects"):
        evaluate_subject_independent(DummyClassifier(), X, y, subjects[:-1])


def test_rows_of_frames_in_another_order_are_refused(data):
    X, y, subjects = data
    info = pd.DataFrame({"age": range(72)}, index=range(71, -1, -1))
    with pytest.raises(ValueError, match="pandas indexes that differ"):
        evaluate_subject_independent(DummyClassifier(), X, pd.Series(y), subjects, info=info)
