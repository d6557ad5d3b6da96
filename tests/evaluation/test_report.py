import re
from collections import Counter
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from skfer.alignment import FaceAligner
from skfer.evaluation import EvaluationResult
from skfer.evaluation._report import _write
from skfer.evaluation._report._write import write_report

VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """Collects text, images, figures and ids, and insists that each tag is closed."""

    def __init__(self, html):
        super().__init__()
        self.html = html
        self.open, self.images, self.links, self.ids, self.plots = [], [], [], [], []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[name] for name in ("src", "href") if name in attributes]
        self.links += re.findall(r"url\((.*?)\)", attributes.get("clip-path", ""))
        self.ids += [attributes["id"]] if "id" in attributes else []
        if tag == "img":
            self.images.append(attributes)
        if tag == "svg":
            self.plots.append(attributes["aria-label"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self.text += " " if tag in {"td", "th"} else ""

    def handle_data(self, data):
        self.text += data if self.open[-1:] != ["style"] else ""

    @property
    def faces(self):
        return [image for image in self.images if image.get("class") == "face"]


@pytest.fixture
def report(tmp_path, metadata):
    def write(results, **options):
        path = tmp_path / "report.html"
        write_report(path, results, metadata, **options)
        return Page(path.read_text(encoding="utf-8"))

    return write


@pytest.fixture
def tables(report, monkeypatch):
    """As `report`, without the figures, which take most of the time."""
    plots = dict.fromkeys(["confusion", "classes", "subjects"], "")
    monkeypatch.setattr(_write, "draw_result", lambda result, number: plots)
    monkeypatch.setattr(_write, "draw_comparison", lambda summaries: "<svg aria-label=''></svg>")
    return report


def test_report_is_whole_and_self_contained(report, results):
    page = report(results, description="Made <faces>\n============\n\nFaces > none\n")
    assert page.text.count("Made <faces>") == 2  # the title and the heading
    assert "The data Faces > none" in page.text
    assert "skfer evaluate --dataset made" in page.text
    assert "scikit-learn" in page.text
    assert page.html.startswith("<!DOCTYPE html>")
    for link in page.links:
        assert link.startswith("data:image/png;base64,") or link[1:] in page.ids
    assert set(Counter(page.ids).values()) == {1}


def test_report_draws_each_result_and_all_together(report, results):
    names = ["Confusion matrix", "Recall of each expression", "Accuracy of each subject"]
    names.append("Accuracy over confidence")
    page = report(results)
    assert sorted(page.plots) == sorted(
        ["Accuracy of each method and protocol", *(f"{name}, A & B" for name in 2 * names)]
    )
    assert "Accuracy of each method and protocol" not in report(results[:1]).plots


def test_figures_have_the_colour_of_the_page(report, results):
    page = report(results)
    assert "currentColor" in page.html
    # Neither matplotlib's black, nor the ink that the colour of the text takes the place of.
    assert not re.search(r"#(000000|010203)", page.html)


def test_report_holds_the_figures(tables, results):
    page = tables(results)
    for result in results:
        summary = result.summary()
        for name in ("pooled_accuracy", "ci_low", "ci_high", "fold_mean", "macro_recall", "chance"):
            assert f"{100 * summary[name]:.2f}" in page.text
        assert f"{summary['n_correct']} of 72 right" in page.text
        for row in result.per_class.itertuples():
            interval = f"{100 * row.ci_low:.0f} to {100 * row.ci_high:.0f}"
            assert f"{row.expression} 36 {100 * row.recall:.1f} {interval}" in page.text


def test_results_may_be_a_dict(report, results):
    assert report({"A & B": results[0]}).plots == report(results[:1]).plots


def test_leaky_protocol_is_labelled(tables, results):
    label = "leaky image split · not publishable"
    assert label in tables(results).text
    assert label not in tables(results[:1]).text


def test_worst_subjects_are_named(tables, results):
    (result, *_) = results
    worst = result.subjects.nsmallest(1, "accuracy")["subject"].item()
    assert worst in tables(results[:1]).text


def made(n_subjects=12, n_wrong=1, repeats=1, method="knn", notes=(), **columns):
    """Return a result of four images of each subject, of which the first are wrong."""
    images = pd.DataFrame({"image": range(4 * n_subjects)})
    images["subject"] = [f"s{number // 4:02d}" for number in images["image"]]
    images["y_true"] = np.tile(["happy", "happy", "sad", "sad"], n_subjects)
    wrong = images["image"] % 4 < n_wrong
    images["y_pred"] = np.where(wrong, "sad", images["y_true"])
    images["fold"] = [number // 4 % 2 for number in images["image"]]
    images = pd.concat(
        [images.assign(repeat=repeat, **columns) for repeat in range(repeats)], ignore_index=True
    )
    seconds = pd.DataFrame({"fold": [0, 1], "fit_seconds": 1.0, "predict_seconds": 1.0})
    seconds = pd.concat([seconds.assign(repeat=repeat) for repeat in range(repeats)])
    return EvaluationResult(
        images, "subject-independent", ("happy", "sad"), seconds, method, tuple(notes)
    )


def test_ties_of_the_worst_subjects_are_counted(tables):
    assert "And 4 more with the accuracy of the last." in tables([made(12)]).text
    assert "with the accuracy of the last" not in tables([made(8)]).text


def test_sequences_are_told_beside_images(tables):
    sequence = [f"{number // 4}-{number % 4 // 2}" for number in range(48)]  # pairs of one label
    page = tables([made(n_wrong=2, sequence=sequence)])
    assert "24 of 48 right" in page.text
    assert "By sequence: 12 of 24 right, 50.00 %." in page.text
    assert "By sequence" not in tables([made()]).text


def test_the_spread_of_repeats_is_told_apart(tables):
    result = made(repeats=2)
    result.images.loc[result.images.index[:6], "y_pred"] = "neither"
    page = tables([result])
    first, second = (result.images.groupby("repeat")[["y_true", "y_pred"]]).apply(
        lambda own: (own["y_true"] == own["y_pred"]).mean()
    )
    assert f"accuracies of {100 * first:.2f} to {100 * second:.2f} %" in page.text
    assert f"standard deviation {100 * result.summary()['repeat_std']:.2f}" in page.text
    assert "repeats, with accuracies" not in tables([made()]).text


def test_groups_of_people_are_compared(tables):
    half = ["female" if number < 24 else "male" for number in range(48)]
    result = made(gender=half, pose=np.tile(["left", "right"], 24), camera="one")
    result.images.loc[:23, "y_pred"] = "sad"
    page = tables([result])
    assert "By gender" in page.text
    assert "Largest gap in accuracy: 25.0 points, male to female." in page.text
    assert "female 6 50.0" in page.text
    # A pose is no group of people, and all have the same camera.
    assert "By pose" not in page.text and "By camera" not in page.text  # noqa: PT018


@pytest.mark.parametrize("missing", ["", None, np.nan])
def test_people_of_an_unknown_group_are_named_so_and_not_compared(tables, missing):
    group = np.repeat(np.array(["female", "male", missing], object), 16)
    result = made(gender=group)
    result.images.loc[:15, "y_pred"] = "sad"
    result.images.loc[32:, "y_pred"] = "neither"
    text = tables([result]).text
    assert "unknown 4 0.0" in text
    assert "Largest gap in accuracy: 25.0 points, male to female." in text
    for known in ("female", "unknown"):
        alone = made(gender=np.repeat(np.array([known, missing], object), [16, 32]))
        assert "Largest gap" not in tables([alone]).text


def test_notes_tell_whose_they_are(tables):
    results = [
        made(method="A", notes=["All know.", "Only A."]),
        made(method="B", notes=["All know."]),
    ]
    text = tables(results).text
    assert text.count("All know.") == 1
    assert "A: Only A." in text
    assert "A: All know." not in text


def compare(n_methods):
    pairs = [(a, b) for a in range(n_methods) for b in range(a)]
    frame = pd.DataFrame(pairs, columns=["a", "b"])
    return pd.DataFrame(
        {
            "method_a": [f"m{a}" for a in frame["a"]],
            "method_b": [f"m{b}" for b in frame["b"]],
            "difference": -0.125,
            "ci_low": -0.25,
            "ci_high": 0.0625,
            "p_subjects": 0.0004,
            "p_sequences": np.nan,
            "p_folds": 0.25,
            "p_holm": 0.012,
        }
    )


def test_methods_are_compared(tables):
    results = [made(method=f"m{number}", n_wrong=number) for number in range(2)]
    page = tables(results, comparisons=compare(2))
    assert "m1 − m0 −12.50 −25.00 to +6.25 < 0.001 0.012 – 0.250" in page.text
    assert "−12.50" not in tables(results).text


def test_of_many_comparisons_those_with_the_best_are_shown(tables):
    results = [made(method=f"m{number}", n_wrong=(number + 1) % 3) for number in range(6)]
    text = tables(results, comparisons=compare(6)).text
    shown, _, folded = text.partition("10 more pairs")
    assert shown.count("m2") > folded.partition("Differences")[0].count("m2") == 0
    assert folded.count(" − ") == 10


def test_of_many_results_only_the_best_is_unfolded(tables):
    results = [made(method=f"m{number}", n_wrong=(number != 3)) for number in range(5)]
    assert tables(results).html.count('<details class="result" open>') == 1
    assert tables(results[:4]).html.count('<details class="result" open>') == 4


def test_faces_are_shown_if_redistributable(tables, results, faces):
    page = tables(results[:1], faces=faces, redistributable=True)
    captions = [face["alt"] for face in page.faces]
    assert captions.count("happy") == captions.count("sad") == 6
    mistakes = [caption for caption in captions if "→" in caption]
    images = results[0].images
    wrong = images[images["y_true"] != images["y_pred"]]
    confusions = wrong.drop_duplicates(["subject", "y_true", "y_pred"])
    assert len(mistakes) == min(len(confusions), 12) > 0
    confidences = [int(caption.split(", ")[1].split("%")[0]) for caption in mistakes]
    assert confidences == sorted(confidences, reverse=True)
    assert "Keep it to yourself" not in page.text


def test_the_user_may_show_faces_to_herself(tables, results, faces):
    page = tables(results, faces=faces, show_faces=True)
    assert page.faces
    assert "Keep it to yourself" in page.text


def test_shown_faces_are_aligned(tables, results, faces):
    aligner = FaceAligner((8, 8), rotate=False, crop=None)
    plain, aligned = (
        tables(results[:1], faces=faces, redistributable=True, aligner=way).faces
        for way in (None, aligner)
    )
    assert [face["alt"] for face in plain] == [face["alt"] for face in aligned]
    assert all(a["src"] != b["src"] for a, b in zip(plain, aligned, strict=True))


def test_no_face_is_shown_otherwise(tables, results, faces):
    page = tables(results, faces=faces, redistributable=False)
    assert page.images == []
    assert "does not allow its faces to be shown" in page.text
    assert tables(results, redistributable=True).faces == []


def test_figures_are_closed(report, results):
    import matplotlib.pyplot as plt

    report(results)
    assert plt.get_fignums() == []


def test_no_result_is_an_error(tables):
    with pytest.raises(ValueError, match="no result"):
        tables([])
