import json
from html import escape

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from skfer.evaluation import EvaluationResult
from skfer.persistence import format_card, make_card


def test_the_card_counts_and_names_nobody():
    card = make_card(
        np.array(["sad", "happy", "sad"]),
        ["anna", "ben", "anna"],
        reasons_left_out=["no face found", "the file is empty", "no face found"],
        seed=3,
    )
    assert card == {
        "seed": 3,
        "n_images": 3,
        "n_subjects": 2,
        "class_counts": {"happy": 1, "sad": 2},
        "left_out": {"no face found": 2, "the file is empty": 1},
        "evaluation": "not evaluated",
    }
    assert "anna" not in json.dumps(card)


def test_the_figures_of_a_result():
    images = pd.DataFrame(
        {
            "image": range(4),
            "subject": list("aabb"),
            "repeat": 0,
            "fold": [0, 0, 1, 1],
            "y_true": ["happy", "sad"] * 2,
            "y_pred": ["happy", "sad", "sad", "sad"],
        }
    )
    seconds = pd.DataFrame({"repeat": 0, "fold": [0, 1], "fit_seconds": 1.0, "predict_seconds": 1})
    result = EvaluationResult(images, "subject-independent", ("happy", "sad"), seconds)
    evaluation = make_card(images["y_true"], images["subject"], result=result)["evaluation"]
    assert evaluation["protocol"] == "subject-independent"
    assert (evaluation["n_folds"], evaluation["n_correct"]) == (2, 3)
    assert (evaluation["pooled_accuracy"], evaluation["macro_recall"]) == (0.75, 0.75)
    assert evaluation["ci_low"] <= 0.75 <= evaluation["ci_high"]
    json.dumps(evaluation, allow_nan=False)


CARD = {"method": "hog-svm", "notes": ["faces are cropped"], "labels": ["happy", "sad"]} | {
    "versions": {"skfer": "1.0"},
    "class_counts": {"happy": 3, "sad": 1},
    "evaluation": {
        "protocol": "subject-independent",
        "n_folds": 8,
        "n_images": 4,
        "n_subjects": 2,
        "pooled_accuracy": 0.75,
        "ci_low": 0.5,
        "ci_high": 0.9,
        "fold_mean": 0.7,
        "fold_std": 0.1,
        "macro_recall": 0.8,
    },
}


def test_the_markdown_has_the_sections_and_the_figures():
    lines = format_card(CARD).splitlines()
    sections = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert sections == [
        *("Model details", "Intended use", "Training data", "Evaluation", "Groups", "Limits")
    ]
    assert "- labels: happy; sad" in lines
    assert "| happy | 3 |" in lines
    assert "| pooled accuracy | 75.00 |" in lines
    assert "| 95 % interval over subjects | 50.00 to 90.00 |" in lines
    assert "- faces are cropped" in lines


def test_the_markdown_hides_no_entry_and_says_what_is_missing():
    text = format_card({"funding": "none", "groups": "women 0.8, men 0.8", "limits": "2 subjects"})
    assert "- funding: none" in text
    assert "## Groups\n\nwomen 0.8, men 0.8\n" in text
    assert "- 2 subjects" in text
    assert "Not evaluated" in text
    assert "Not measured" in format_card({})


def test_the_markdown_quotes_what_a_foreign_card_says():
    text = format_card({"class_counts": {"<img src=x>|a\n## b": 1}, "method": "[a](b) `c`"})
    assert "| &lt;img src=x&gt;\\|a ## b | 1 |" in text
    assert r"- method: \[a\](b) \`c\`" in text


def test_the_configuration_is_a_block_of_code():
    config = '# To run it again\n[fit]\n\npattern = "<b>\\\\d_*[a]*"\n```\n'
    *_, block = MarkdownIt().parse(format_card({"config": config}))
    assert (block.type, block.content) == ("code_block", config)


@pytest.mark.parametrize(
    "name",
    ["n_faces", "_private", "__init__", "a__b_", "(_a_)", "_1_ 2_", "*a_b*", "\\_a_", "1_ _é_"],
)
def test_the_markdown_shows_each_name_as_it_is(name):
    line = format_card({name: name}).splitlines()[-1]
    shown = MarkdownIt().renderInline(line.removeprefix("- "))
    assert shown == escape(f"{name}: {name}", quote=False)


def test_the_markdown_is_plain_where_nothing_is_formatted():
    assert "- n_images: 3\n" in format_card(make_card(["sad"] * 3, list("abc")))


def test_the_markdown_counts_sequences_where_they_are_the_rows():
    text = format_card(CARD | {"unit": "sequence"})
    assert "| class counts | sequences |" in text
    assert "8 folds, 4 sequences of 2 subjects" in text
