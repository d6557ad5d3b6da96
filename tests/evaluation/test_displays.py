import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skfer.evaluation import (
    ExpressionConfusionDisplay,
    ProtocolComparisonDisplay,
    SubjectAccuracyDisplay,
    summarize_results,
)


def test_confusion_shows_counts_on_colours_of_shares():
    y_true = ["happy"] * 8 + ["sad"] * 2
    y_pred = ["happy"] * 6 + ["sad"] * 3 + ["happy"]
    display = ExpressionConfusionDisplay.from_predictions(y_true, y_pred)
    texts = [[cell.get_text() for cell in row] for row in display.text_]
    assert texts == [["6", "2"], ["1", "1"]]
    np.testing.assert_allclose(display.im_.get_array(), [[0.75, 0.25], [0.5, 0.5]])
    assert display.im_.get_clim() == (0, 1)


def test_confusion_of_a_class_that_is_never_true():
    display = ExpressionConfusionDisplay.from_predictions(
        ["happy"], ["sad"], labels=["happy", "sad"]
    )
    np.testing.assert_array_equal(display.im_.get_array(), [[0, 1], [0, 0]])


def test_confusion_from_result(result):
    display = ExpressionConfusionDisplay.from_result(result)
    np.testing.assert_array_equal(display.confusion_matrix, result.confusion_matrix)
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == ["happy", "sad"]


def test_subjects_are_sorted_with_their_mean(result):
    display = SubjectAccuracyDisplay.from_result(result)
    assert [bar.get_height() for bar in display.bars_] == pytest.approx([1 / 2, 2 / 3, 1])
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["c", "a", "b"]
    assert display.mean_line_.get_ydata()[0] == pytest.approx((1 / 2 + 2 / 3 + 1) / 3)


def test_subjects_from_predictions_equals_from_result(result):
    columns = result.images[["y_true", "y_pred", "subject"]]
    display = SubjectAccuracyDisplay.from_predictions(*columns.to_numpy().T)
    np.testing.assert_array_equal(display.accuracies, result.subjects["accuracy"])


def test_many_subjects_are_not_named():
    display = SubjectAccuracyDisplay(np.arange(100).astype(str), np.linspace(0, 1, 100)).plot()
    assert len(display.bars_) == 100
    assert list(display.ax_.get_xticks()) == []


def test_protocols_stand_side_by_side(results):
    display = ProtocolComparisonDisplay.from_results(results)
    summaries = summarize_results(results).set_index("protocol")
    for protocol, bars in display.bars_.items():
        (bar,) = bars
        assert bar.get_height() == summaries.loc[protocol, "pooled_accuracy"]
        (segment,) = bars.errorbar.lines[2][0].get_segments()
        np.testing.assert_allclose(
            segment[:, 1], summaries.loc[protocol, ["ci_low", "ci_high"]].to_numpy(float)
        )
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["subject-independent", "leaky image split"]


def test_method_without_the_leaky_protocol_has_no_second_bar(result):
    summaries = summarize_results([("A", result), ("A", result), ("B", result)])
    summaries.loc[1, "protocol"] = "leaky-image-split"
    display = ProtocolComparisonDisplay(summaries).plot()
    heights = [bar.get_height() for bar in display.bars_["leaky-image-split"]]
    assert np.isnan(heights).tolist() == [False, True]


@pytest.mark.parametrize("display", [ExpressionConfusionDisplay, SubjectAccuracyDisplay])
def test_given_axes_are_used(result, display):
    figure, ax = plt.subplots()
    drawn = display.from_result(result, ax=ax)
    assert drawn.ax_ is ax
    assert drawn.figure_ is figure


def test_missing_matplotlib_gives_the_remedy(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    monkeypatch.delattr("matplotlib.pyplot")
    with pytest.raises(ImportError, match=r"SubjectAccuracyDisplay needs .*skfer\[plot\]"):
        SubjectAccuracyDisplay.from_result(result)
