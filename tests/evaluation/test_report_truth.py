"""What the report says is so, and any name can be in it."""

import numpy as np
import pandas as pd
import pytest

from skfer.evaluation import (
    ClassRecallDisplay,
    EvaluationResult,
    ExpressionConfusionDisplay,
    MethodComparisonDisplay,
    MistakesDisplay,
    SubjectAccuracyDisplay,
)
from skfer.evaluation._records import collect_metadata
from skfer.evaluation._report._write import write_report
from skfer.faces import make_face_array
from skfer.inspection import AlignmentDisplay, ExplanationDisplay

NAMES = ["a$^$", "x$y_{", "S\udce9", "a\rb", "tab\t", "zoë", "<b>", "000"]


def result(right, protocol, names=("a", "b"), method="knn"):
    n = len(right)
    images = pd.DataFrame(
        {
            "image": range(n),
            "file": [f"{names[i % len(names)]}/{i}.png" for i in range(n)],
            "subject": [names[i % len(names)] for i in range(n)],
            "repeat": 0,
            "fold": [i % 2 for i in range(n)],
            "y_true": "happy",
            "y_pred": ["happy" if hit else "$sad" for hit in right],
        }
    )
    seconds = {"repeat": 0, "fold": [0, 1], "fit_seconds": 1.0, "predict_seconds": 1.0}
    return EvaluationResult(images, protocol, ("$sad", "happy"), pd.DataFrame(seconds), method)


@pytest.fixture
def report(tmp_path):
    def write(*results, dataset="made", faces=None, **metadata):
        known = {"command": "skfer", "n_images": 4, "n_subjects": 2, "classes": ["a"], "seed": 0}
        metadata = collect_metadata(dataset=dataset, **known, **metadata)
        write_report(tmp_path / "report.html", results, metadata, faces=faces)
        text = (tmp_path / "report.html").read_text(encoding="utf-8")
        return " ".join(text.split())

    return write


HONEST, LEAKY = "subject-independent", "leaky-image-split"


@pytest.mark.parametrize(
    ("honest", "leaky", "shows"),
    [
        ([1, 0, 0, 0], [1, 1, 1, 0], True),
        ([1, 1, 1, 0], [1, 0, 0, 0], False),
        ([1, 0], [1, 0], False),
    ],
)
def test_the_leak_is_claimed_only_where_it_shows(report, honest, leaky, shows):
    page = report(result(honest, HONEST), result(leaky, LEAKY))
    assert ("is not skill" in page) == shows
    assert ("does not raise the accuracy of every method" in page) != shows


@pytest.mark.parametrize(
    ("policy", "said", "unsaid"),
    [
        ("guess", "were guessed from the face box or, without a face, the whole", "were left out"),
        ("skip", "were left out, so that 4 images were evaluated", "were guessed"),
    ],
)
def test_the_policy_for_pictures_without_eyes_is_told(report, policy, said, unsaid):
    page = report(result([1, 0], HONEST), n_eyes_not_found=1, on_missing=policy)
    assert said in page
    assert unsaid not in page


def test_pictures_left_out_and_notes_are_named(report):
    pictures = [("S1/a&b.jpg", "truncated"), ("S\udce9.jpg", "no face found")]
    left_out = [{"path": path, "reason": reason} for path, reason in pictures]
    page = report(result([1, 0], HONEST), left_out=left_out, notes=["Mind the <gap>."])
    assert "Left out of the evaluation: 2" in page
    assert "Left out: 2" in page
    assert "S1/a&amp;b.jpg: truncated" in page
    assert "S\\udce9.jpg: no face found" in page
    assert "Mind the &lt;gap&gt;." in page


@pytest.mark.parametrize(
    ("dataset", "said"),
    [("image-folder", "--set redistributable=true"), ("ckplus", "licence of this data set")],
)
def test_why_no_faces_are_shown(report, dataset, said):
    faces = make_face_array(np.zeros((2, 30, 30), np.uint8))
    page = report(result([1, 0], HONEST), dataset=dataset, faces=faces)
    assert said in page
    assert ("licence" in page) == (dataset == "ckplus")


def test_wrong_images_are_named_and_the_list_says_where_it_ends(report):
    page = report(result([0] * 101 + [1], HONEST))
    assert "101 images recognized wrong" in page
    assert "<li>a/0.png: happy → $sad</li>" in page
    assert "b/99.png" in page and "a/100.png" not in page  # noqa: PT018
    assert "The first 100" in page


def test_a_report_with_any_names(report):
    page = report(
        result([0] * 16, HONEST, NAMES, method="$k_{"), result([1] * 8, LEAKY, method="$k_{")
    )
    assert "S\\udce9" in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def texts(figure, tmp_path):
    figure.savefig(tmp_path / "figure.png")  # where matplotlib would stop at a broken formula
    return {text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))}


DRAWN = ["a$^$", "x$y_{", "S\\udce9", "a\\rb", "tab\\t", "zoë", "<b>", "000"]


def test_figures_show_any_names_as_they_are(tmp_path):
    n = len(NAMES)
    summaries = pd.DataFrame(
        {"method": NAMES, "protocol": HONEST, "pooled_accuracy": 0.5, "ci_low": 0, "ci_high": 1}
    ).assign(chance=0.5)
    per_class = pd.DataFrame(
        {"expression": NAMES, "n_images": 1, "recall": 0.5, "ci_low": 0, "ci_high": 1}
    )
    maps = dict.fromkeys(NAMES, np.ones((4, 4)))
    faces = make_face_array(np.zeros((n, 30, 30), np.uint8), [[[9, 9], [19, 9]]] * n)
    drawn = [
        ExpressionConfusionDisplay(np.eye(n, dtype=int), NAMES).plot(),
        SubjectAccuracyDisplay(np.array(NAMES), np.ones(n)).plot(),
        ClassRecallDisplay(per_class).plot(),
        MethodComparisonDisplay(summaries).plot(),
        MistakesDisplay([(name, "") for name in NAMES]).plot(),
        ExplanationDisplay(maps, maps).plot(),
        AlignmentDisplay.from_faces(faces, names=NAMES),
    ]
    for display in drawn:
        lines = {line for text in texts(display.figure_, tmp_path) for line in text.split("\n")}
        assert set(DRAWN) <= lines, type(display).__name__
