"""Results of several runs from their files, and the comparison of their methods."""

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from skfer.evaluation._merge import describe_missing, find_folds, merge_folds, merge_results
from skfer.evaluation._metrics import unit_of
from skfer.evaluation._records import load_results
from skfer.evaluation._result import EvaluationResult
from skfer.evaluation._statistics._comparison import combine_comparisons, compare_results
from skfer.utils._files import atomic_path
from skfer.utils._text import join_some

_CACHE, _RUN = ".cache", "run.json"
_HONEST = "subject-independent"


class StoredResult(NamedTuple):
    """A result and where it is from."""

    source: str
    dataset: str
    result: EvaluationResult


def read_run(path):
    """Return metadata and results of a results.json, or of the folder that has it."""
    path = Path(path)
    file = path / "results.json" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(
            f"There is no '{file}'; give a results.json of `skfer evaluate` or its folder."
        )
    if file.name != "results.json":
        raise ValueError(f"'{file}' is not a results.json of `skfer evaluate`.")
    try:
        metadata = json.loads(file.read_bytes())["metadata"]
        return metadata, load_results(file.parent)
    except (json.JSONDecodeError, LookupError, TypeError) as error:
        raise ValueError(f"'{file}' is not a results.json of `skfer evaluate`.") from error


def read_runs(paths):
    """Return a StoredResult for each result in files or folders, each folder read once."""
    folders = {}
    for path in paths:
        folder = Path(path) if Path(path).is_dir() else Path(path).parent
        folders.setdefault(folder.resolve(), (path, str(folder)))
    stored = []
    for path, folder in folders.values():
        metadata, results = read_run(path)
        stored += [StoredResult(folder, metadata["dataset"], result) for result in results]
    return stored


def write_run(folder, metadata):
    """Write down, beside the folds of an evaluation in parts, what results.json will say of it."""
    with atomic_path(Path(folder, _CACHE, _RUN)) as path:
        path.write_text(json.dumps(metadata, indent=2))


def describe_folds(folder):
    """Return a line for each method in parts: how many folds are finished, and which are not."""
    lines = []
    for plan, predictions in find_folds(Path(folder, _CACHE)):
        n_done = sum(found is not None for found in predictions)
        lines.append(f"{plan.method}, {plan.protocol}: {n_done} of {len(predictions)} folds done")
        missing = describe_missing([(plan, predictions)])
        if missing:
            lines[-1] += f", missing {missing[0].partition(' of ')[0]}"
    return lines


def merge_runs(folders):
    """Return metadata and results of finished folds, or results, in one or several folders."""
    if len(folders) == 1 and not has_folds(folders[0]):
        raise ValueError(
            f"'{folders[0]}' has no folds of `skfer evaluate --only-folds`, so there is nothing to "
            "merge."
        )
    folders = sorted(folders, key=lambda folder: not has_folds(folder))
    in_parts = [Path(folder, _CACHE) for folder in folders if has_folds(folder)]
    runs = [read_run(folder) for folder in folders if not has_folds(folder)]
    results = merge_folds(in_parts) if in_parts else []
    results += [result for _, own in runs for result in own]
    metadata = [json.loads((folder / _RUN).read_bytes()) for folder in in_parts]
    unit = unit_of(results[0].images)
    metadata = _merge_metadata([*metadata, *(own for own, _ in runs)], folders, unit)
    results = merge_results(results)
    stored = [StoredResult("the parts", metadata["dataset"], result) for result in results]
    for other in stored[1:]:
        _check_same_images(stored[0], other, "merged")
    return metadata, results


def has_folds(folder):
    """Tell whether a folder holds folds of an evaluation in parts."""
    return Path(folder, _CACHE, _RUN).is_file()


def name_apart(stored):
    """Return the StoredResults; methods that two runs on a data set have get the run's name."""
    keys = [(one.dataset, one.result.method, one.result.protocol) for one in stored]
    return [
        one._replace(result=_rename(one)) if keys.count(key) > 1 else one
        for one, key in zip(stored, keys, strict=True)
    ]


def compare_stored(stored):
    """Compare the methods that were evaluated by subject, on each data set, and over all of them.

    Returns a dict of frames of `compare_results` by data set, and a frame of `combine_comparisons`,
    None for one data set.
    """
    by_dataset = {}
    for one in stored:
        if one.result.protocol == _HONEST:
            by_dataset.setdefault(one.dataset, []).append(one)
    alone = [dataset for dataset, own in by_dataset.items() if len(own) < 2]
    if not by_dataset or (alone and len(by_dataset) == 1):
        raise ValueError("A comparison needs two methods that were evaluated by subject.")
    if alone:
        raise ValueError(
            f"The results are of different data sets, {join_some(by_dataset, quoted=True)}, which "
            "cannot be compared: give at least two methods on the same images of each."
        )
    comparisons = {}
    for dataset, own in by_dataset.items():
        for other in own[1:]:
            _check_same_images(own[0], other)
        comparisons[dataset] = compare_results({one.result.method: one.result for one in own})
    return comparisons, _combine(comparisons)


def _rename(one):
    return replace(one.result, method=f"{one.result.method} ({one.source})")


def _combine(comparisons):
    if len(comparisons) == 1:
        return None
    try:
        return combine_comparisons(comparisons)
    except ValueError as error:
        raise ValueError(
            f"The data sets {join_some(comparisons, quoted=True)} do not have the same methods, so "
            "they cannot be put together: compare each by itself."
        ) from error


def _merge_metadata(metadata, folders, unit):
    """Return what results.json says of several runs together; refuse those on other data."""
    first = metadata[0]
    words = {"n_images": f"number of {unit}s", "n_subjects": "number of subjects"}
    for own, folder in zip(metadata[1:], folders[1:], strict=True):
        for name in ("dataset", "n_images", "n_subjects", "classes"):
            if own[name] != first[name]:
                raise ValueError(
                    f"'{folder}' cannot be merged: its {words.get(name, name)} is {own[name]}, not "
                    f"{first[name]}."
                )
    notes = [note for own in metadata for note in own["notes"]]
    for name, text in (("seed", "seeds"), ("versions", "versions of the libraries")):
        if any(own[name] != first[name] for own in metadata):
            notes.append(f"The parts of this evaluation ran with different {text}.")
    left_out = {
        (file["path"], file["reason"]): file for own in metadata for file in own["left_out"]
    }
    return first | {
        "command": " ; ".join(dict.fromkeys(own["command"] for own in metadata)),
        "notes": list(dict.fromkeys(notes)),
        "left_out": list(left_out.values()),
    }


def _check_same_images(first, second, what="compared"):
    """Refuse results that cannot be paired, and say in what they agree."""
    repeats = [one.result.images["repeat"].nunique() for one in (first, second)]
    frames = [one.result.images.drop_duplicates("image") for one in (first, second)]
    columns = ["subject", "y_true"]
    columns += ["file"] if all("file" in frame for frame in frames) else ["image"]
    rows = [pd.MultiIndex.from_frame(frame[columns].astype(str)) for frame in frames]
    names = f"'{first.result.method}' in '{first.source}' and '{second.result.method}' in "
    names += f"'{second.source}'"
    if not rows[0].equals(rows[1]):
        common, unit = len(set(rows[0]) & set(rows[1])), unit_of(frames[0])
        raise ValueError(
            f"{names} were not evaluated on the same {unit}s and cannot be {what}: they have "
            f"{len(rows[0])} and {len(rows[1])} {unit}s, {common} of them with the same "
            f"{'file' if 'file' in columns else 'number'}, subject and expression."
        )
    if repeats[0] != repeats[1]:
        raise ValueError(
            f"{names} have {repeats[0]} and {repeats[1]} repeats and cannot be {what}: evaluate "
            "both with the same --repeats."
        )
