"""Parts of one evaluation that ran apart, put together."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from skfer.evaluation._cross_validation import make_result
from skfer.evaluation._fold_plan import name_folds, read_plans
from skfer.evaluation._fold_store import FoldStore
from skfer.evaluation._metrics import unit_of
from skfer.evaluation._result import EvaluationResult, list_results
from skfer.utils._text import join_some


def merge_results(results: list[EvaluationResult]) -> list[EvaluationResult]:
    """Merge results of parts of one evaluation, such as folds that ran on several machines.

    Parameters
    ----------
    results : list of EvaluationResult
        Parts; those of one method and protocol are joined. Where two call their folds the same, as
        evaluations with ``cv=[fold]`` do, folds are numbered anew, in the order of the list.

    Returns
    -------
    merged : list of EvaluationResult
        One result per method and protocol.

    Raises
    ------
    ValueError
        If parts of one method have different classes, test an image twice in a repeat, or not all
        images equally often.

    Examples
    --------
    >>> from skfer.evaluation import load_results, merge_results
    >>> merge_results([*load_results("a"), *load_results("b")])  # doctest: +SKIP
    """
    parts: dict[tuple[str, str], list[EvaluationResult]] = {}
    for result in list_results(results):
        parts.setdefault((result.method, result.protocol), []).append(result)
    return [_join(own) for own in parts.values()]


def merge_folds(memory: str | Path | Sequence[str | Path]) -> list[EvaluationResult]:
    """Put the finished folds of an evaluation in parts together; nothing is computed.

    Parameters
    ----------
    memory : str, Path or list of them
        Folder that :func:`evaluate_subject_independent` was given as `memory` together with
        `only_folds`; or several, from machines that share none.

    Returns
    -------
    results : list of EvaluationResult
        One result per method and protocol, as one evaluation of all folds gives it.

    Raises
    ------
    ValueError
        If folds are missing, which are named; if two folders hold folds of different evaluations of
        one method; or if there are no folds of an evaluation in parts.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skfer.evaluation import evaluate_subject_independent, merge_folds
    >>> X = np.tile([[0.0, 1.0], [1.0, 0.0]], (8, 1))
    >>> y, subjects = ["happy", "sad"] * 8, np.repeat(list("abcdefgh"), 2)
    >>> with TemporaryDirectory() as folder:
    ...     for part in [0, 3], [1, 2]:
    ...         _ = evaluate_subject_independent(
    ...             KNeighborsClassifier(1), X, y, subjects, cv=4, memory=folder, only_folds=part)
    ...     merge_folds(folder)
    [EvaluationResult(KNeighborsClassifier, subject-independent: 16 of 16 images correct, 100.00 %)]
    """
    finished = find_folds(memory)
    missing = describe_missing(finished)
    if missing:
        raise ValueError(f"Not finished yet: {'; '.join(missing)}.")
    return [
        make_result(plan, plan.splits, predictions, plan.method) for plan, predictions in finished
    ]


def find_folds(memory):
    """Return pairs of a FoldPlan and its FoldPredictions, None for each that is missing."""
    folders = [memory] if isinstance(memory, str | os.PathLike) else list(memory)
    plans, predictions = {}, {}
    for folder in folders:
        for plan in read_plans(folder):
            name = plan.method, plan.protocol
            first = plans.setdefault(name, plan)
            if [split.key for split in first.splits] != [split.key for split in plan.splits]:
                raise ValueError(
                    f"'{folder}' holds folds of another evaluation of '{plan.method}' than the "
                    "folders before it: of other data, other options or other versions of the code."
                )
            store = FoldStore(folder, plan.data)
            found = [store.load(split.key, split) for split in plan.splits]
            before = predictions.get(name, found)
            pairs = zip(before, found, strict=True)
            predictions[name] = [a if b is None else b for a, b in pairs]
    if not plans:
        names = join_some(folders, quoted=True)
        raise ValueError(f"There are no folds of an evaluation in parts in {names}.")
    return [(plans[name], predictions[name]) for name in plans]


def describe_missing(finished):
    """Return a text for each method that lacks folds, which names them."""
    texts = []
    for plan, predictions in finished:
        numbers = [number for number, found in enumerate(predictions) if found is None]
        if numbers:
            names = name_folds(numbers, plan.splits)
            texts.append(f"{names} of {plan.method}, {plan.protocol}")
    return texts


def _join(parts):
    first = parts[0]
    if any(part.classes != first.classes for part in parts):
        raise ValueError(f"The parts of '{first.method}' have different classes.")
    parts = _number_folds(parts)
    images = pd.concat([part.images for part in parts], ignore_index=True)
    unit = unit_of(images)
    # The models of all folds are tested on the same images of another data set.
    keys = ["repeat", "image"] + ["fold"] * (first.protocol == "cross-dataset")
    twice = images.duplicated(keys)
    if twice.any():
        row = images[twice].iloc[0]
        raise ValueError(
            f"Two parts of '{first.method}' test {unit} {row['image']} in repeat {row['repeat']}."
        )
    n_tests = images.groupby("image").size()
    if n_tests.nunique() > 1:
        raise ValueError(
            f"The parts of '{first.method}' test {unit} {n_tests.idxmin()} {n_tests.min()} times "
            f"and {unit} {n_tests.idxmax()} {n_tests.max()} times; a part is missing."
        )
    seconds = pd.concat([part.seconds for part in parts])
    seconds = seconds.sort_values(["repeat", "fold"], ignore_index=True)
    notes = tuple(dict.fromkeys(note for part in parts for note in part.notes))
    images = images.sort_values(["repeat", "image", "fold"], ignore_index=True)
    return EvaluationResult(images, first.protocol, first.classes, seconds, first.method, notes)


def _number_folds(parts):
    """Give folds new numbers if two parts use the same, as parts of one fold each do."""
    folds = pd.concat([part.seconds[["repeat", "fold"]] for part in parts])
    if parts[0].protocol == "cross-dataset" or not folds.duplicated().any():
        return parts
    numbered, start = [], 0
    for part in parts:
        images = part.images.assign(fold=part.images["fold"] + start)
        seconds = part.seconds.assign(fold=part.seconds["fold"] + start)
        numbered.append(replace(part, images=images, seconds=seconds))
        start = seconds["fold"].max() + 1
    return numbered
