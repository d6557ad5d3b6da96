"""Finished recipes are compared over the deals that were kept."""

import pandas as pd
import pytest

from benchmarks import pairs
from benchmarks.recipes import predictions_file, write_predictions


@pytest.fixture
def results(tmp_path):
    """One recipe is right on both deals; the other has six subjects wrong on the first deal only.

    On deal 1 the people are in other folds.
    """
    file = tmp_path / "recipes.json"
    subjects = [f"s{i}" for i in range(8) for _ in range(2)]
    labels = ["happy", "sad"] * 8
    images = pd.DataFrame({"image": range(16), "subject": subjects, "y_true": labels})
    images["sequence"] = images["image"]
    wrong = labels.copy()
    wrong[:12:2] = ["sad"] * 6
    for recipe, of_deals in {"better": [labels, labels], "worse": [wrong, labels]}.items():
        for deal, predicted in enumerate(of_deals):
            fold = [(i // 2 + deal) // 4 % 2 for i in range(16)]
            path = predictions_file(file, recipe, "all", 2, deal)
            write_predictions(path, images.assign(repeat=0, fold=fold, y_pred=predicted))
    return file


def test_figures_and_pairs_are_those_of_all_deals_together(results, capsys):
    options = ["--repeats", "0", "1", "--folds", "2", "--results", str(results)]
    pairs.main(["--recipe", "better", "--recipe", "worse", *options])
    figures, comparisons = capsys.readouterr().out.split("method_b")
    better, worse = (line.split() for line in figures.splitlines()[1:3])
    assert better[:3] == ["better", "2", "1.0000"]
    assert worse[:4] == ["worse", "2", "0.8125", "0.2652"]
    # Six subjects of six differ in one direction: 2 of the 2**6 choices of signs are as far.
    assert comparisons.splitlines()[-1].split()[-2:] == ["0.0312", "0.0312"]


def test_one_recipe_has_no_pair(results, capsys):
    pairs.main(["--recipe", "worse", "--repeats", "0", "--folds", "2", "--results", str(results)])
    printed = capsys.readouterr().out
    assert "0.6250" in printed
    assert "method_b" not in printed
