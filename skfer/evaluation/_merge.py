"""Parts of one evaluation that ran apart, put together."""

from dataclasses import replace

import pandas as pd

from skfer.evaluation._result import EvaluationResult, list_results


def merge_results(results):
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
    parts = {}
    for result in list_results(results):
        parts.setdefault((result.method, result.protocol), []).append(result)
    return [_join(own) for own in parts.values()]


def _join(parts):
    first = parts[0]
    if any(part.classes != first.classes for part in parts):
        raise ValueError(f"The parts of '{first.method}' have different classes.")
    parts = _number_folds(parts)
    images = pd.concat([part.images for part in parts], ignore_index=True)
    # The models of all folds are tested on the same images of another data set.
    keys = ["repeat", "image"] + ["fold"] * (first.protocol == "cross-dataset")
    twice = images.duplicated(keys)
    if twice.any():
        row = images[twice].iloc[0]
        raise ValueError(
            f"Two parts of '{first.method}' test image {row['image']} in repeat {row['repeat']}."
        )
    n_tests = images.groupby("image").size()
    if n_tests.nunique() > 1:
        raise ValueError(
            f"The parts of '{first.method}' test image {n_tests.idxmin()} {n_tests.min()} times "
            f"and image {n_tests.idxmax()} {n_tests.max()} times; a part is missing."
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
