"""The benchmark of recipes: runs are logged and not repeated, halves are disjoint."""

import json
import pickle
import re
import runpy
from functools import partial
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
import torch
from sklearn.utils import Bunch

from benchmarks import draw_deals, recipes
from benchmarks.pretraining import pretrained_cspp, train_on_synthetic_faces
from skfer.classifiers import NetworkClassifier
from skfer.datasets import make_faces
from tests.stored_results import load_results_schema


@pytest.fixture
def crops(monkeypatch):
    """Synthetic faces in place of the crops, and one epoch in place of the recipe's."""
    data = make_faces(8, 2, expressions=("happy", "sad"), image_size=(24, 24), random_state=0)
    data.frame["sequence"] = data.frame["subject"] + data.target
    monkeypatch.setattr(recipes, "load_ck48", lambda home: Bunch(**data))
    short = partial(recipes.RECIPES["default"], max_epochs=1)
    monkeypatch.setitem(recipes.RECIPES, "default", short)
    return data


def test_runs_are_logged_kept_and_summarized(crops, tmp_path, capsys):
    def run(*more):
        arguments = ["CROPS", "--folds", "2", "--jobs", "1", "--recipe", "default", *more]
        files = ["--out", str(tmp_path / "out.json"), "--log", str(tmp_path / "runs.jsonl")]
        recipes.main([*arguments, *files])
        return [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]

    run("--repeats", "0")
    log = run("--repeats", "0", "1")
    assert [line["seed"] for line in log] == [0, 1]
    schema = {"$defs": load_results_schema()["$defs"], "$ref": "#/$defs/run"}
    for line in log:
        jsonschema.validate(line, schema)
        assert line["correct"].count("1") == line["n_correct"]
        assert len(line["correct"]) == len(crops.target)
        assert line["commit"]
        assert "max_epochs=1" in line["parameters"]["estimator"]
        images = pd.read_csv(tmp_path / line["predictions"])
        assert (images["y_true"] == images["y_pred"]).sum() == line["n_correct"]
    rows = json.loads((tmp_path / "out.json").read_text())
    assert [(row["recipe"], row["repeat"]) for row in rows] == [("default", 0), ("default", 1)]
    assert len(run("--repeats", "0", "--folds", "4")) == 3
    printed = capsys.readouterr().out
    assert "default, all subjects, 2 folds, 2 repeats: pooled" in printed
    assert "default, all subjects, 4 folds, 1 repeats: pooled" in printed


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_recipes_can_be_made_and_name_their_precision(name):
    parameters = recipes.RECIPES[name](align=None, random_state=0, device="cpu").get_params()
    assert parameters.get("classify__precision", "float32") != "auto"


@pytest.mark.parametrize(
    "name",
    [
        *("former default", "former default, bfloat16", "former halves exchanged, mirrored views"),
        *("upper part of the face", *(f"former ladder, {name}" for name in recipes.LADDER)),
    ],
)
def test_what_was_measured_with_the_former_recipe_keeps_it(name):
    classifier = recipes.RECIPES[name](align=None, random_state=0)["classify"]
    warp = classifier.augmentation
    assert (warp.rotation, warp.translation, warp.scaling) == (5.0, 0.03, 0.05)
    assert (classifier.network__dropout, classifier.unwarped_fraction) == (0.5, 0.0)
    assert "network__padding" not in classifier.get_params()


@pytest.mark.parametrize("name", recipes.LADDER)
def test_the_ladder_has_the_default_recipe_and_maps_that_keep_their_size(name):
    classifier = recipes.RECIPES[f"ladder, {name}"](align=None, random_state=0)["classify"]
    default = NetworkClassifier(classifier.network, precision="bfloat16", random_state=0)
    padded = {"network__padding": "same"} if name == "Lopes" else {}
    assert classifier.get_params() == default.get_params() | padded


def test_a_pretrained_network_begins_with_new_classifying_layers_only():
    learnt = train_on_synthetic_faces(2, 1, 0).state_dict()
    begun = pretrained_cspp(6, n_subjects=2, max_epochs=1, seed=0).state_dict()
    for name, values in begun.items():
        assert torch.equal(values, learnt[name]) != name.startswith("classify"), name


def test_jobs_can_import_the_pretraining_of_a_script():
    script = runpy.run_path(recipes.__file__, run_name="a_script")
    make = script["RECIPES"]["pretrained on synthetic faces"]
    pickle.loads(pickle.dumps(make(align=None, random_state=0)))


ROOT = Path(recipes.__file__).parents[1]
PAGES = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "benchmarks/README.md"]
PAGES = [page for page in PAGES if "benchmarks.recipes" in page.read_text()]
COMMAND = r"python -m benchmarks\.(recipes|vote|pairs)\b([^`]*)"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_pages_name_recipes_that_are_there(page):
    for module, options in re.findall(COMMAND, page.read_text()):
        for name in re.findall(r"--(?:recipe|member)\s+['\"]([^'\"]+)['\"]", options):
            name = " ".join(name.split())
            finished = recipes.predictions_file(recipes.RESULTS, name, "all", 8, 0).exists()
            assert name in recipes.RECIPES if module == "recipes" else finished, name


def test_halves_share_no_subject_and_leave_none_out(crops):
    first, second = (
        recipes.half_of_the_subjects(crops.subjects, which) for which in ("first", "second")
    )
    assert not set(crops.subjects[first]) & set(crops.subjects[second])
    assert sorted([*first, *second]) == list(range(len(crops.target)))


def test_deals_are_drawn_in_order_of_their_mean(tmp_path):
    rows = [
        {"recipe": recipe, "subjects": "all", "repeat": repeat, "pooled_accuracy": accuracy}
        for recipe, accuracies in {"worse": (0.8, 0.95), "better": (0.9, 0.9)}.items()
        for repeat, accuracy in enumerate(accuracies)
    ]
    (tmp_path / "recipes.json").write_text(json.dumps(rows))
    files = ["--results", str(tmp_path / "recipes.json"), "--out", str(tmp_path / "deals.png")]
    draw_deals.main(files)
    assert (tmp_path / "deals.png").stat().st_size > 1000
    lines = draw_deals.draw(pd.DataFrame(rows)).axes[0].get_lines()
    assert [line.get_xdata().tolist() for line in lines] == [[80, 90], [95, 90]]
