"""What is measured for a table: one method on one data set, or from one to another."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from skfer.evaluation import (
    evaluate_cross_dataset,
    evaluate_image_split,
    evaluate_subject_independent,
)
from skfer.faces import is_sequence, with_fields
from skfer.reproduction._curves import curves_fold_by_fold
from skfer.reproduction._methods import make_method


@dataclass(frozen=True, eq=False)
class StudySet:
    """A data set as the tables use it: a title that tells what it is, and what a reader gives.

    The whole sequences of a data set are a set of their own. Of photographs the eyes are located
    already. `info` has further columns for the results, and `notes` what a reader of the figures
    has to know.
    """

    title: str
    faces: np.ndarray
    target: np.ndarray
    subjects: np.ndarray
    info: pd.DataFrame
    n_folds: int
    cropped: bool
    notes: tuple = ()
    n_eyes_not_found: int = 0

    @property
    def unit(self):
        """What a prediction is of, in the plural."""
        return "sequences" if is_sequence(self.faces["image"][0]) else "images"

    def with_name(self, name):
        """Return images, labels and subjects, renamed, since two sets may number them alike."""
        subjects = np.char.add(f"{name} ", self.subjects)
        return with_fields(self.faces, subject=subjects), self.target, subjects


@dataclass(frozen=True)
class Settings:
    """How all experiments of a study run; None takes the data set's folds and recipe's epochs."""

    memory: Path
    recipe: str = "default"
    n_folds: int | None = None
    random_state: int = 0
    max_epochs: int | None = None
    n_jobs: int = 1
    verbose: int = 0


class Experiment(NamedTuple):
    """A method, and how and on which data sets it is measured.

    `kind` is "subjects" or "images" for the two ways to split, "cross" for a test on the data set
    `target`, or "epochs" for learning curves by subject.
    """

    kind: str
    method: str
    source: str
    target: str | None = None

    @property
    def name(self):
        """The name of its folder."""
        name = f"{self.method}-{self.source}"
        if self.kind == "cross":
            return f"{name}-to-{self.target}"
        return name + {"subjects": "", "images": "-leaky", "epochs": "-epochs"}[self.kind]

    @property
    def tested_on(self):
        """The name of the data set whose images are tested."""
        return self.source if self.target is None else self.target

    @property
    def sets(self):
        """The names of the data sets it needs."""
        return tuple(dict.fromkeys([self.source, self.tested_on]))


def run_experiment(experiment, sets, settings):
    """Run an experiment on a dict of StudySet; finished folds are taken from ``settings.memory``.

    Returns an EvaluationResult, or the learning curves as a DataFrame, and the warnings as texts.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcome = _RUNS[experiment.kind](experiment, sets, settings)
    texts = [str(each.message) for each in caught if issubclass(each.category, UserWarning)]
    return outcome, tuple(dict.fromkeys(texts))


def _run_within(experiment, sets, settings):
    data = sets[experiment.source]
    methods = {experiment.method: make_pipeline(experiment, sets, settings)}
    evaluate, how = evaluate_subject_independent, {}
    if experiment.kind == "images":
        evaluate, how = evaluate_image_split, {"random_state": settings.random_state}
    how |= {"info": data.info} | _how(data, settings)
    return evaluate(methods, data.faces, data.target, data.subjects, **how)[experiment.method]


def _run_across(experiment, sets, settings):
    source, target = sets[experiment.source], sets[experiment.target]
    pipeline = make_pipeline(experiment, sets, settings)
    tested = (*target.with_name(experiment.target), target.info)
    results = evaluate_cross_dataset(
        {experiment.method: pipeline},
        source.with_name(experiment.source),
        tested,
        **_how(source, settings),
    )
    return results[experiment.method]


def _run_epochs(experiment, sets, settings):
    data = sets[experiment.source]
    pipeline = make_pipeline(experiment, sets, settings)
    how = _how(data, settings)
    return curves_fold_by_fold(pipeline, data.faces, data.target, data.subjects, **how)


def make_pipeline(experiment, sets, settings):
    """Make the unfitted pipeline of an experiment.

    Faces of two sets need one crop, so crops that meet photographs are aligned anew.
    """
    cropped = {sets[name].cropped for name in experiment.sets}
    pipeline = make_method(
        experiment.method,
        align=None if cropped == {True} else "eyes",
        recipe=settings.recipe,
        random_state=settings.random_state,
        max_epochs=settings.max_epochs,
    )
    if len(cropped) == 2:
        pipeline.set_params(locate__on_missing="guess")
    return pipeline


def _how(data, settings):
    return {
        "cv": settings.n_folds or data.n_folds,
        "n_jobs": settings.n_jobs,
        "memory": settings.memory,
        "verbose": settings.verbose,
    }


_RUNS = {
    "subjects": _run_within,
    "images": _run_within,
    "cross": _run_across,
    "epochs": _run_epochs,
}
