import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces
from skfer.evaluation import (
    ClassRecallDisplay,
    EvaluationResult,
    ExpressionConfusionDisplay,
    MethodComparisonDisplay,
    MistakesDisplay,
    ReliabilityDisplay,
    SubjectAccuracyDisplay,
    SubjectLearningCurveDisplay,
    summarize_results,
)


def test_confusion_shows_counts_and_shares_of_the_row():
    y_true = ["happy"] * 8 + ["sad"] * 2
    y_pred = ["happy"] * 6 + ["sad"] * 3 + ["happy"]
    display = ExpressionConfusionDisplay.from_predictions(y_true, y_pred)
    texts = [[cell.get_text() for cell in row] for row in display.text_]
    assert texts == [["6\n75%", "2\n25%"], ["1\n50%", "1\n50%"]]
    np.testing.assert_allclose(display.im_.get_array(), [[0.75, 0.25], [0.5, 0.5]])
    assert display.im_.get_clim() == (0, 1)


def test_confusion_of_a_class_that_is_never_true():
    display = ExpressionConfusionDisplay.from_predictions(
        ["happy"], ["sad"], labels=["happy", "sad"]
    )
    np.testing.assert_array_equal(display.im_.get_array(), [[0, 1], [0, 0]])
    assert display.text_[1, 0].get_text() == "0"


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


def test_few_inches_name_few_subjects():
    display = SubjectAccuracyDisplay(np.arange(30).astype(str), np.linspace(0, 1, 30))
    assert len(display.plot().ax_.get_xticks()) == 30
    assert list(display.plot(plt.subplots(figsize=(4, 3))[1]).ax_.get_xticks()) == []


def segments(points):
    """Return the ends of the intervals of an ErrorbarContainer."""
    return np.array([segment[:, 0] for segment in points.lines[2][0].get_segments()])


def test_methods_and_protocols_stand_under_one_another(results):
    display = MethodComparisonDisplay.from_results(results)
    summaries = summarize_results(results).set_index("protocol")
    for protocol, points in display.points_.items():
        figures = summaries.loc[protocol]
        assert points.lines[0].get_xdata().tolist() == [figures["pooled_accuracy"]]
        np.testing.assert_allclose(segments(points), [[figures["ci_low"], figures["ci_high"]]])
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert legend == ["chance", "subject-independent", "leaky image split"]


def test_a_method_without_the_leaky_protocol_has_one_row(result):
    summaries = summarize_results([result, result, result]).assign(method=["A", "A", "B"])
    summaries.loc[1, "protocol"] = "leaky-image-split"
    display = MethodComparisonDisplay(summaries).plot()
    rows = {name: points.lines[0].get_ydata() for name, points in display.points_.items()}
    assert rows["leaky-image-split"].tolist() == [2]
    assert rows["subject-independent"].tolist() == [1, 4]  # B is named in row 3


def test_long_names_of_methods_leave_room_for_the_axes(result):
    named = [
        MethodComparisonDisplay(summarize_results([result]).assign(method=name)).plot()
        for name in ("A", "calibrated stack of " * 6)
    ]
    widths = []
    for display in named:
        display.figure_.draw_without_rendering()
        widths.append(display.ax_.get_position().width)
    assert widths[0] == widths[1]


def test_class_recall_with_intervals(result):
    display = ClassRecallDisplay.from_result(result)
    frame = result.per_class
    assert display.points_.lines[0].get_xdata().tolist() == frame["recall"].tolist()
    np.testing.assert_allclose(segments(display.points_), frame[["ci_low", "ci_high"]])
    labels = [label.get_text() for label in display.ax_.get_yticklabels()]
    assert labels == ["happy", "sad"]


def test_class_recall_from_predictions_equals_from_result(result):
    columns = result.images[["y_true", "y_pred", "subject"]]
    display = ClassRecallDisplay.from_predictions(*columns.to_numpy().T)
    pd.testing.assert_frame_equal(display.per_class, result.per_class, check_dtype=False)


def test_a_class_without_images_has_no_recall():
    display = ClassRecallDisplay.from_predictions(
        ["sad", "sad"], ["sad", "happy"], ["a", "b"], labels=["happy", "sad"]
    )
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts == ["no images", "50% of 2"]


def test_reliability_is_that_of_the_result(result):
    display = ReliabilityDisplay.from_result(result)
    bins = result.calibration()
    np.testing.assert_array_equal(display.line_.get_xydata(), bins[["confidence", "accuracy"]])
    areas = display.points_.get_sizes()
    assert (np.argsort(areas, kind="stable") == np.argsort(bins["n_predictions"])).all()
    (text,) = display.ax_.get_legend().get_texts()
    assert text.get_text() == f"calibration error {result.summary()['calibration_error']:.1%}"


def test_reliability_draws_points_at_the_edge_whole():
    display = ReliabilityDisplay.from_predictions(["sad"], [[1.0, 0.0]], labels=["happy", "sad"])
    assert display.points_.get_offsets().tolist() == [[1.0, 0.0]]
    assert not display.points_.get_clip_on()


def test_reliability_from_predictions_equals_from_result(result):
    probabilities = result.images[["proba_happy", "proba_sad"]]
    display = ReliabilityDisplay.from_predictions(
        result.images["y_true"], probabilities, labels=result.classes
    )
    pd.testing.assert_frame_equal(display.bins, result.calibration())


def test_learning_curve_is_in_the_order_of_the_subjects(results):
    display = SubjectLearningCurveDisplay.from_results({8: results[0], 4: results[1]})
    accuracies = [result.summary()["pooled_accuracy"] for result in results[::-1]]
    assert display.line_.get_xdata().tolist() == [4, 8]
    assert display.line_.get_ydata().tolist() == accuracies


def test_learning_curves_on_the_same_axes_differ_in_colour(results):
    first = SubjectLearningCurveDisplay.from_results({4: results[0], 8: results[0]})
    second = SubjectLearningCurveDisplay.from_results({4: results[1]}, ax=first.ax_)
    assert first.line_.get_color() != second.line_.get_color()
    assert len(first.ax_.get_legend().get_texts()) == 2


def test_mistakes_show_the_aligned_faces():
    data = make_faces(1, 1, random_state=0)
    n_images = len(data.faces)
    images = pd.DataFrame(
        {
            "image": range(n_images),
            "subject": data.subjects,
            "repeat": 0,
            "fold": 0,
            "y_true": data.target,
            "y_pred": "anger",
            "file": [f"{number}.png" for number in range(n_images)],
        }
    )
    result = EvaluationResult(images, "subject-independent", tuple(data.target_names), None)
    display = MistakesDisplay.from_result(result, data.faces, FaceAligner(), n_mistakes=2)
    captions = [text.get_text() for text in display.text_]
    assert captions == ["disgust → anger\n1.png", "fear → anger\n2.png"]
    np.testing.assert_array_equal(
        display.faces, FaceAligner().fit_transform(data.faces[[1, 2]])["image"]
    )
    assert display.im_.get_array().count() == 2 * 128 * 128  # pixels that are not masked


def test_mistakes_are_named_without_faces(result):
    display = MistakesDisplay.from_result(result)
    assert [text.get_text() for text in display.text_] == [
        "happy → sad, 90%\na, image 1",
        "sad → happy, 80%\nc, image 4",
    ]
    assert display.im_ is None


DISPLAYS = [
    ClassRecallDisplay,
    ExpressionConfusionDisplay,
    MistakesDisplay,
    ReliabilityDisplay,
    SubjectAccuracyDisplay,
]


@pytest.mark.parametrize("display", DISPLAYS)
def test_nothing_is_cut_off_by_savefig(result, display):
    figure = display.from_result(result).figure_
    figure.draw_without_rendering()
    box, whole = figure.get_tightbbox(), figure.bbox_inches
    assert box.x0 >= 0 and box.y0 >= 0  # noqa: PT018
    assert box.x1 <= whole.x1 and box.y1 <= whole.y1  # noqa: PT018


@pytest.mark.parametrize("display", DISPLAYS)
def test_given_axes_are_used(result, display):
    figure, ax = plt.subplots()
    drawn = display.from_result(result, ax=ax)
    assert drawn.ax_ is ax
    assert drawn.figure_ is figure


def test_missing_matplotlib_gives_the_remedy(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    monkeypatch.delattr("matplotlib.pyplot")
    with pytest.raises(ImportError, match=r"SubjectAccuracyDisplay needs .*'\.\[plot\]'"):
        SubjectAccuracyDisplay.from_result(result)
