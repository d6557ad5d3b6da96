import base64
from html.parser import HTMLParser

import pytest

from skfer.evaluation._report import write_report

VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """Collects text and images, and insists that each tag is closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.images, self.links, self.text = [], [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag == "img":
            self.images.append(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    @property
    def faces(self):
        return [image for image in self.images if image.get("class") == "face"]


@pytest.fixture
def report(tmp_path, metadata):
    def write(results, **options):
        path = tmp_path / "report.html"
        write_report(path, results, metadata, title="Made <faces>", **options)
        return Page(path.read_text(encoding="utf-8"))

    return write


def test_report_is_whole_and_self_contained(report, results):
    page = report(results, description="Faces > none")
    assert "Made <faces>" in page.text
    assert "Faces > none" in page.text
    assert "skfer evaluate --dataset made" in page.text
    assert "scikit-learn" in page.text
    # The comparison, and a confusion matrix and a subject figure for each of two results.
    assert len(page.images) == 5
    assert all(link.startswith("data:image/png;base64,") for link in page.links)
    for link in page.links:
        assert base64.b64decode(link.partition(",")[2])[1:4] == b"PNG"


def test_report_holds_the_figures(report, results):
    page = report(results)
    for _, result in results:
        summary = result.summary()
        for name in ("pooled_accuracy", "ci_low", "ci_high", "fold_mean", "macro_recall"):
            assert f"{100 * summary[name]:.2f}" in page.text


def test_leaky_protocol_is_labelled(report, results):
    label = "leaky image split · not publishable"
    assert label in report(results).text
    assert label not in report(results[:1]).text


def test_worst_subjects_are_named(report, results):
    result = results[0][1]
    worst = result.subjects.nsmallest(1, "accuracy")["subject"].item()
    assert worst in report(results[:1]).text


def test_faces_are_shown_if_redistributable(report, results, faces):
    page = report(results[:1], faces=faces, redistributable=True)
    captions = [face["alt"] for face in page.faces]
    assert sum(caption.startswith(("happy ·", "sad ·")) for caption in captions) == 12
    mistakes = [caption for caption in captions if "→" in caption]
    images = results[0][1].images
    n_wrong = (images["y_true"] != images["y_pred"]).sum()
    assert len(mistakes) == min(n_wrong, 12) > 0
    confidences = [int(caption.split(", ")[1].split("%")[0]) for caption in mistakes]
    assert confidences == sorted(confidences, reverse=True)


def test_no_face_is_shown_otherwise(report, results, faces):
    page = report(results, faces=faces, redistributable=False)
    assert page.faces == []
    assert len(page.images) == 5
    assert "does not allow its faces to be shown" in page.text
    assert report(results, redistributable=True).faces == []


def test_figures_are_closed(report, results):
    import matplotlib.pyplot as plt

    report(results)
    assert plt.get_fignums() == []


def test_no_result_is_an_error(report):
    with pytest.raises(ValueError, match="no result"):
        report([])
