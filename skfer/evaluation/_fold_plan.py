"""What an evaluation in parts consists of, beside its finished folds: enough to put them together.

It is plain JSON; to read it runs no code. Images are not in it.
"""

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from skfer.evaluation._data import EvaluationData
from skfer.utils._files import atomic_path
from skfer.utils._fingerprint import fingerprint
from skfer.utils._text import join_some

_SUFFIX = ".plan"
_FILES = f"[!.]*{_SUFFIX}"  # not what atomic_path has not finished


class PlannedSplit(NamedTuple):
    """A fold by the name it has in a FoldStore, and the images it tests."""

    repeat: int
    fold: int
    key: str
    test: np.ndarray


class FoldPlan(NamedTuple):
    """The folds of one method by one protocol."""

    method: str
    protocol: str
    notes: tuple
    splits: list
    data: EvaluationData
    place: int


def check_only_folds(only_folds, n_splits):
    """Return the numbers of the folds to compute, sorted; all for None."""
    if only_folds is None:
        return range(n_splits)
    wrong = [number for number in only_folds if number not in range(n_splits)]
    if wrong or len(only_folds) == 0:
        raise ValueError(f"only_folds={list(only_folds)}; there are folds 0 to {n_splits - 1}.")
    return sorted({int(number) for number in only_folds})


def name_folds(numbers, splits):
    """Return the names of folds by their numbers, such as "5 (fold 1 of repeat 1)"."""
    has_repeats = any(split.repeat for split in splits)
    names = [
        f"{number} (fold {splits[number].fold} of repeat {splits[number].repeat})"
        if has_repeats
        else str(number)
        for number in numbers
    ]
    return f"{'fold' if len(names) == 1 else 'folds'} {join_some(names, 20)}"


def write_plan(folder, plan, method, keys):
    """Write down the folds of a method, unless it is done; refuse those of another evaluation."""
    # Counted first, so that processes that do the same at the same time give the same number.
    place = len(list(Path(folder).glob(_FILES)))
    file = Path(folder) / f"{fingerprint(method, plan.protocol)}{_SUFFIX}"
    if file.is_file():
        if [split.key for split in _read(file).splits] != keys:
            raise ValueError(
                f"'{folder}' holds folds of another evaluation of '{method}': of other data, other "
                "options or other versions of the code. Take another folder."
            )
        return
    splits = [
        [split.repeat, split.fold, key, split.test.tolist()]
        for split, key in zip(plan.splits, keys, strict=True)
    ]
    data = plan.data
    document = {
        "place": place,
        "method": method,
        "protocol": plan.protocol,
        "notes": plan.notes,
        "splits": splits,
        "y": [data.y.dtype.str, data.y.tolist()],
        "subjects": [data.subjects.dtype.str, data.subjects.tolist()],
        "info": [
            [name, str(column.dtype), column.astype(object).where(column.notna(), None).tolist()]
            for name, column in data.info.items()
        ],
    }
    with atomic_path(file) as path:
        path.write_text(json.dumps(document, default=str))


def read_plans(folder):
    """Return the FoldPlans in a folder, in the order in which they were written."""
    plans = [_read(file) for file in Path(folder).glob(_FILES)]
    return sorted(plans, key=lambda plan: plan.place)


def _read(file):
    try:
        document = json.loads(file.read_text())
        splits = [
            PlannedSplit(repeat, fold, key, np.array(test, dtype=int))
            for repeat, fold, key, test in document["splits"]
        ]
        arrays = document["y"], document["subjects"]
        y, subjects = (np.array(values, dtype=kind) for kind, values in arrays)
        columns = {name: pd.Series(values, dtype=kind) for name, kind, values in document["info"]}
        info = pd.DataFrame(columns, index=range(len(y)))
        texts = document["method"], document["protocol"], tuple(document["notes"])
        return FoldPlan(*texts, splits, EvaluationData(None, y, subjects, info), document["place"])
    except (ValueError, TypeError, LookupError) as error:
        raise ValueError(f"'{file}' is damaged; remove it and run a fold again.") from error
