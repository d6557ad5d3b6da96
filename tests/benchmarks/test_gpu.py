"""The script for machines with a GPU: its steps fit the benchmarks, and finished ones stay."""

import subprocess

import pytest
from sklearn.utils import Bunch

from benchmarks import gpu, recipes, run

FIGURES = ["pooled_accuracy", "macro_recall", "sequence_accuracy"]


@pytest.fixture
def commands(monkeypatch):
    """The commands that would have been run."""
    run = []
    monkeypatch.setattr(gpu.subprocess, "run", lambda words, check: run.append(words[2:]))
    return run


def test_steps_run_once(commands, tmp_path):
    gpu.main(["CROPS", "--only", "test", "--out", str(tmp_path)])
    assert [command[0] for command in commands] == ["pytest"]
    gpu.main(["CROPS", "--out", str(tmp_path)])
    gpu.main(["CROPS", "--out", str(tmp_path)])
    modules = ["pytest", "benchmarks.run", "benchmarks.recipes", "benchmarks.recipes"]
    assert [command[0] for command in commands] == modules


def test_a_step_that_failed_is_run_again(monkeypatch, tmp_path):
    def fail(words, check):
        raise subprocess.CalledProcessError(1, words)

    monkeypatch.setattr(gpu.subprocess, "run", fail)
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            gpu.main(["CROPS", "--out", str(tmp_path)])


def test_the_benchmarks_take_the_commands(commands, tmp_path, monkeypatch):
    gpu.main(["CROPS", "--device", "cpu", "--out", str(tmp_path)])
    _, of_speed, *of_recipes = commands
    measured = []
    monkeypatch.setattr(run, "measure", lambda section, *_: measured.append(section) or {})
    run.main(of_speed[1:])
    assert measured == gpu.OF_NETWORKS
    evaluated = []
    monkeypatch.setattr(recipes, "load_ck48", lambda home: Bunch(subjects=["a", "b"]))
    monkeypatch.setattr(
        recipes,
        "evaluate",
        lambda recipe, repeat, *_: evaluated.append((recipe, repeat)) or dict.fromkeys(FIGURES, 1),
    )
    for command in of_recipes:
        recipes.main(command[1:])
    names = [f"{step}, {name}" for step in ("ladder", "paper") for name in recipes.LADDER]
    names += ["default, bfloat16", "paper, C-SPP"]
    assert sorted(evaluated) == sorted((name, repeat) for name in names for repeat in range(3))
