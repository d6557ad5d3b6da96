"""The vote of finished recipes is that of scikit-learn."""

import json

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import VotingClassifier
from sklearn.utils import Bunch

from benchmarks import recipes, vote
from skfer.datasets import make_faces
from skfer.evaluation import evaluate_subject_independent
from skfer.pipelines import make_gabor_svm_pipeline, make_svm_pipeline


@pytest.fixture
def finished(monkeypatch, tmp_path):
    data = make_faces(8, 1, expressions=("happy", "sad"), image_size=(24, 24), random_state=0)
    data.frame["sequence"] = data.frame["subject"] + data.target
    monkeypatch.setattr(recipes, "load_ck48", lambda home: Bunch(**data))
    monkeypatch.setitem(recipes.RECIPES, "HOG", recipes.untuned("hog-svm"))
    members = ["--recipe", "HOG", "--recipe", "Gabor + SVM"]
    files = ["--out", str(tmp_path / "recipes.json"), "--log", str(tmp_path / "runs.jsonl")]
    recipes.main(["CROPS", "--folds", "2", "--jobs", "1", "--repeats", "0", *members, *files])
    return data, tmp_path, files


def test_it_is_a_soft_vote_on_the_same_folds(finished):
    data, folder, files = finished
    options = ["--member", "HOG", "--member", "Gabor + SVM", "--repeats", "0", "--folds", "2"]
    vote.main([*options, "--results", str(folder / "recipes.json"), *files])
    *members, row = json.loads((folder / "recipes.json").read_text())
    assert row["recipe"] == "vote of HOG and Gabor + SVM"
    last = json.loads((folder / "runs.jsonl").read_text().splitlines()[-1])
    assert last["n_correct"] == row["n_correct"]
    assert last["predictions"] == "recipes/vote-of-HOG-and-Gabor-SVM-all-2-0.csv.gz"
    assert row["fit_seconds"] == pytest.approx(sum(each["fit_seconds"] for each in members))
    voters = [
        ("hog", make_svm_pipeline("hog", align=None)),
        ("gabor", make_gabor_svm_pipeline(align=None)),
    ]
    expected = evaluate_subject_independent(
        {"vote": VotingClassifier(voters, voting="soft")},
        data.faces, data.target, cv=2, random_state=0,
    )["vote"].images  # fmt: skip
    found = pd.read_csv(folder / "recipes" / "vote-of-HOG-and-Gabor-SVM-all-2-0.csv.gz")
    assert (found["y_pred"] == expected["y_pred"]).all()
    names = ["proba_happy", "proba_sad"]
    assert_allclose(found[names], expected[names], atol=2e-4)


def test_members_of_other_folds_are_refused():
    table = pd.DataFrame({name: [0, 1] for name in vote._ROW})
    with pytest.raises(ValueError, match="same images and folds"):
        vote.vote([table, table.assign(fold=1)], "vote", [])
