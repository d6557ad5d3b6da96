import pandas as pd
import pytest

from skfer.evaluation import summarize_results


def test_folds(result):
    expected = pd.DataFrame(
        {
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
            "n_correct": [2, 1, 1],
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
    assert 0.5 <= summary.pop("ci_low") < summary.pop("ci_high") <= 1
    assert summary == pytest.approx(
        {
            "n_images": 6,
            "n_subjects": 3,
            "n_folds": 2,
            "n_correct": 5,
            "pooled_accuracy": 5 / 6,
            "fold_mean": (1 + 2 / 3) / 2,
            "fold_std": 1 / 6,
            "macro_recall": (3 / 3 + 2 / 3) / 2,
            "fit_seconds": 3.0,
            "predict_seconds": 0.75,
        }
    )


def test_macro_recall_ignores_how_many_images_a_class_has(result):
    result.images["y_true"] = ["happy"] * 5 + ["sad"]
    result.images["y_pred"] = ["happy"] * 6
    assert result.summary()["macro_recall"] == 0.5


def test_summaries_are_one_row_per_result(result):
    frame = summarize_results([("1-NN", result), ("SVM", result)])
    assert frame["method"].tolist() == ["1-NN", "SVM"]
    assert frame["protocol"].unique().tolist() == ["subject-independent"]
    assert frame["pooled_accuracy"].tolist() == pytest.approx([4 / 6, 4 / 6])


def test_summary_is_computed_once_and_cannot_be_damaged(result, monkeypatch):
    first = result.summary()
    first["pooled_accuracy"] = 1.0
    monkeypatch.setattr("skfer.evaluation._result.bootstrap_accuracy_interval", None)
    assert result.summary()["pooled_accuracy"] == pytest.approx(4 / 6)


def test_images_without_subject_count(result):
    result.images.loc[result.images["subject"] == "b", "subject"] = None
    summary = result.summary()
    assert (summary["n_correct"], summary["n_images"], summary["n_subjects"]) == (4, 6, 3)
    assert summary["pooled_accuracy"] == 4 / 6
