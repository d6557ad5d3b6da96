from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report

from skfer.evaluation import (
    evaluate_subject_independent,
    merge_results,
    subject_folds,
    summarize_results,
)


def test_a_notebook_shows_the_classes_escaped(result):
    images = result.images.replace({"happy": "<b>joy"})
    images = images.rename(columns={"proba_happy": "proba_<b>joy"})
    classes, notes = ("<b>joy", "sad"), ("5 < 6",)
    named = replace(result, images=images, classes=classes, notes=notes, method="A & B")
    html = named._repr_html_()
    assert html.startswith("<p>EvaluationResult(A &amp; B, subject-independent: 4 of 6 images ")
    assert "<br>5 &lt; 6</p>" in html
    assert "<td>&lt;b&gt;joy</td>" in html
    assert "<b>" not in html
    assert html.count("<tr") == 3
    assert "0.667" in html


def test_folds(result):
    expected = pd.DataFrame(
        {
            "repeat": [0, 0],
            "fold": [0, 1],
            "n_images": [3, 3],
            "n_subjects": [1, 2],
            "accuracy": [2 / 3, 2 / 3],
            "fit_seconds": [1.0, 2.0],
            "predict_seconds": [0.25, 0.5],
        }
    )
    pd.testing.assert_frame_equal(result.folds, expected)


def test_subjects(result):
    expected = pd.DataFrame(
        {
            "subject": ["a", "b", "c"],
            "n_images": [3, 1, 2],
            "n_correct": [2.0, 1.0, 1.0],
            "accuracy": [2 / 3, 1.0, 0.5],
        }
    )
    pd.testing.assert_frame_equal(result.subjects, expected)


def test_confusion_matrix_has_true_labels_in_rows(result):
    result.images.loc[1, "y_pred"] = "happy"
    assert result.confusion_matrix.tolist() == [[3, 0], [1, 2]]


def test_summary(result):
    result.images.loc[1, "y_pred"] = "happy"  # fold 0: 3 of 3, fold 1: 2 of 3
    summary = result.summary()
    assert 0 < summary.pop("ci_low") < 5 / 6 < summary.pop("ci_high") < 1
    assert summary == pytest.approx(
        {
            "n_images": 6,
            "n_subjects": 3,
            "n_folds": 2,
            "n_repeats": 1,
            "n_predictions": 6,
            "n_correct": 5,
            "pooled_accuracy": 5 / 6,
            "repeat_std": None,
            "fold_mean": (1 + 2 / 3) / 2,
            "fold_std": 1 / 6,
            "macro_recall": (3 / 3 + 2 / 3) / 2,
            "macro_f1": (6 / 7 + 4 / 5) / 2,
            "kappa": (5 / 6 - 1 / 2) / (1 - 1 / 2),  # (observed - by chance) / (1 - by chance)
            "chance": 1 / 2,
            "calibration_error": (0.4 + 0.3 + 0.3) / 3,  # of the most probable class, in three bins
            "n_sequences": None,
            "sequence_accuracy": None,
            "fit_seconds": 3.0,
            "predict_seconds": 0.75,
        }
    )


def test_macro_recall_ignores_how_many_images_a_class_has(result):
    result.images["y_true"] = ["happy"] * 5 + ["sad"]
    result.images["y_pred"] = ["happy"] * 6
    assert result.summary()["macro_recall"] == 0.5


def test_summaries_are_one_row_per_result(result):
    both = {"1-NN": replace(result, method="1-NN"), "SVM": replace(result, method="SVM")}
    frame = summarize_results(both)
    pd.testing.assert_frame_equal(frame, summarize_results(list(both.values())))
    assert frame["method"].tolist() == ["1-NN", "SVM"]
    assert frame["protocol"].unique().tolist() == ["subject-independent"]
    assert frame["pooled_accuracy"].tolist() == pytest.approx([4 / 6, 4 / 6])


def test_summary_is_computed_once_and_cannot_be_damaged(result, monkeypatch):
    first = result.summary()
    first["pooled_accuracy"] = 1.0
    monkeypatch.setattr("skfer.evaluation._result._metrics", None)
    assert result.summary()["pooled_accuracy"] == pytest.approx(4 / 6)


def test_images_without_subject_count(result):
    result.images.loc[result.images["subject"] == "b", "subject"] = None
    summary = result.summary()
    assert (summary["n_correct"], summary["n_images"], summary["n_subjects"]) == (4, 6, 3)
    assert summary["pooled_accuracy"] == 4 / 6


def test_repr_is_one_line_of_figures(result):
    expected = "EvaluationResult(estimator, subject-independent: 4 of 6 images correct, 66.67 %)"
    assert repr(result) == expected
    of_sequences = replace(result, images=result.images.assign(n_frames=3))
    assert "4 of 6 sequences correct" in repr(of_sequences)


def test_per_class(result):
    frame = result.per_class.set_index("expression")
    report = classification_report(
        result.images["y_true"], result.images["y_pred"], output_dict=True
    )
    for name in ("happy", "sad"):
        expected = report[name]
        row = frame.loc[name]
        assert row["recall"] == pytest.approx(expected["recall"])
        assert row["precision"] == pytest.approx(expected["precision"])
        assert row["f1"] == pytest.approx(expected["f1-score"])
        assert row["n_images"] == expected["support"]
        assert 0 <= row["ci_low"] < row["recall"] < row["ci_high"] <= 1


def test_a_class_without_images_has_no_recall(result):
    frame = replace(result, classes=("fear", "happy", "sad")).per_class
    assert frame["n_images"].tolist() == [0, 3, 3]
    assert np.isnan(frame.loc[0, ["recall", "ci_low", "ci_high"]].to_numpy(float)).all()
    assert (
        replace(result, classes=("fear", "happy", "sad")).summary()["macro_recall"]
        == (result.summary()["macro_recall"])
    )


def test_groups_of_people(result):
    result.images["gender"] = ["f", "f", "f", "m", "m", "m"]
    groups = result.by_group("gender").set_index("gender")
    assert groups["accuracy"].tolist() == pytest.approx([2 / 3, 2 / 3])
    assert groups["n_subjects"].tolist() == [1, 2]
    assert groups["macro_recall"].tolist() == pytest.approx([(1 / 2 + 1) / 2, (1 + 1 / 2) / 2])
    with pytest.raises(ValueError, match="no column 'age'.*info="):
        result.by_group("age")


def test_sequences_are_judged_by_the_mean_probability_of_their_frames(result):
    result.images["sequence"] = ["1", "1", "2", "1", "1", "1"]  # numbers of each subject
    frame = result.sequences
    assert len(frame) == 5
    # Subject a: 0.9 and 0.1 for happy give 0.5; the class that sorts first.
    expected = [("a", "1", "happy"), ("a", "2", "sad"), ("b", "1", "sad"), ("c", "1", "happy")]
    rows = frame[["subject", "sequence", "y_pred"]].drop_duplicates()
    assert sorted(rows.itertuples(index=False, name=None)) == expected
    summary = result.summary()
    assert (summary["n_sequences"], summary["sequence_accuracy"]) == (5, 4 / 5)


def test_frames_of_a_sequence_in_several_folds_are_judged_together(result):
    result.images["sequence"] = "1"
    result.images["fold"] = range(6)
    assert len(result.sequences) == result.summary()["n_sequences"] == 5


def test_frames_vote_where_there_are_no_probabilities(result):
    images = result.images.drop(columns=["proba_happy", "proba_sad"])
    images["sequence"] = "1"
    images["y_true"] = "happy"
    votes = replace(result, images=images).sequences.set_index("subject")["y_pred"]
    assert votes.to_dict() == {"a": "sad", "b": "sad", "c": "happy"}


def test_without_sequences_there_is_no_frame_of_them(result):
    with pytest.raises(AttributeError, match="no column 'sequence'"):
        result.sequences  # noqa: B018


def test_calibration(result):
    bins = result.calibration(n_bins=5)
    # Confidences 0.9, 0.9, 0.8, 0.8 and 0.7, 0.7; wrong are one of 0.9 and one of 0.8.
    assert bins["n_predictions"].tolist() == [2, 4]
    assert bins["confidence"].tolist() == pytest.approx([0.7, 0.85])
    assert bins["accuracy"].tolist() == [1, 0.5]
    with pytest.raises(ValueError, match="n_bins=0"):
        result.calibration(0)
    images = result.images.drop(columns="proba_happy")
    with pytest.raises(ValueError, match="gives no probabilities"):
        replace(result, images=images).calibration()


def test_repeats_are_told_apart_from_people(result):
    again = result.images.assign(repeat=1, y_pred=result.images["y_true"])
    seconds = pd.concat([result.seconds, result.seconds.assign(repeat=1)])
    both = replace(result, images=pd.concat([result.images, again]), seconds=seconds)
    summary = both.summary()
    assert (summary["n_images"], summary["n_predictions"], summary["n_repeats"]) == (6, 12, 2)
    assert summary["pooled_accuracy"] == pytest.approx(10 / 12)
    assert summary["repeat_std"] == pytest.approx(np.std([4 / 6, 1], ddof=1))
    assert both.subjects["n_correct"].tolist() == [2.5, 1, 1.5]
    assert len(both.folds) == 4


def test_parts_are_merged(result):
    first, second = (
        replace(
            result,
            images=result.images[result.images["fold"] == fold],
            seconds=result.seconds[result.seconds["fold"] == fold],
        )
        for fold in (0, 1)
    )
    (merged,) = merge_results([second, first])
    pd.testing.assert_frame_equal(merged.images, result.images)
    assert merged.summary() == result.summary()
    assert len(merge_results([first, replace(second, method="other")])) == 2
    with pytest.raises(ValueError, match="test image 0 in repeat 0"):
        merge_results([first, result])
    with pytest.raises(ValueError, match="different classes"):
        merge_results([first, replace(second, classes=("happy",))])


@pytest.mark.filterwarnings("ignore:.* are in no test part")
def test_parts_of_one_fold_each_are_the_whole(data):
    X, y, subjects = data
    folds = subject_folds(y, subjects, 4)
    whole = evaluate_subject_independent(LogisticRegression(), *data, cv=folds)
    parts = [evaluate_subject_independent(LogisticRegression(), *data, cv=[f]) for f in folds]
    (merged,) = merge_results(parts)
    pd.testing.assert_frame_equal(merged.images, whole.images)
    assert merged.folds["accuracy"].tolist() == whole.folds["accuracy"].tolist()
    again = [replace(part, images=part.images.assign(repeat=1)) for part in parts[:1]]
    again = [replace(part, seconds=part.seconds.assign(repeat=1)) for part in again]
    with pytest.raises(ValueError, match="1 times and image .* 2 times; a part is missing"):
        merge_results([*parts, *again])


def test_an_image_that_was_tested_more_often_counts_once(result):
    more = result.images[result.images["fold"] == 0].assign(repeat=1)
    both = replace(result, images=pd.concat([result.images, more]))
    pd.testing.assert_frame_equal(both.subjects, result.subjects)
