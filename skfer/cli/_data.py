"""The data of a command: what is taken, what is left out and why, and where the eyes are."""

import os
import sys
import warnings
from inspect import signature
from pathlib import Path
from typing import NamedTuple

from sklearn.utils import Bunch

from skfer.alignment import EyeLocator, drop_missing
from skfer.cli._data_options import FOLDER_OPTIONS
from skfer.cli._words import find_table, in_words_of_the_command, say_by_options
from skfer.datasets import get_data_home, load_dataset
from skfer.datasets._index import FEATURES_IN_PYTHON
from skfer.datasets._registry import GENERATORS, READERS
from skfer.evaluation._guards._leakage import (
    caught_doubts,
    warn_doubts,
    warn_lone_classes,
)
from skfer.evaluation._guards._near_duplicates import warn_near_duplicates
from skfer.faces import is_sequence
from skfer.utils._text import count_of, join_some, without_name

LONDON_NOTE = (
    "The shipped landmark model was fitted on the neutral portraits of this set, so its eyes "
    "may give the label away. For a figure to publish: python -m benchmarks.alignment"
)


def load_data(options, *, keep_going=False):
    """Return the data, with its columns for the result in ``data.info``, and what was left out.

    With `keep_going`, files that cannot be read, or are not matched, are left out in any case.
    """
    own = {name: getattr(options, name) for name in FOLDER_OPTIONS}
    given = [name for name, value in own.items() if value not in (None, False, "raise")]
    settings = dict(options.set)
    if options.dataset == "image-folder":
        settings |= {name: own[name] for name in given}
        if keep_going:
            settings["on_unmatched"] = "skip"
    elif given:
        option = f"--{given[0].replace('_', '-')}"
        raise ValueError(f"{option} is an option of image folders, not of '{options.dataset}'.")
    folder = _find_folder(options)
    if "csv" in settings and "exclude" in settings:
        raise ValueError("--exclude is not for --csv: take those lines out of the table instead.")
    if "csv" in settings:
        settings["csv"] = find_table(settings["csv"], get_data_home(folder), "DATA")
    return read_data(
        options.dataset, folder, settings, seed=getattr(options, "seed", 0), keep_going=keep_going
    )


def _find_folder(options):
    if options.data is not None and not options.data.is_dir():
        is_table = options.data.suffix.lower() == ".csv"
        raise ValueError(
            f"DATA '{options.data}' is not a folder."
            + f" A list of images is given by --csv. {FEATURES_IN_PYTHON}" * is_table
        )
    needs_folder = options.dataset in READERS
    if needs_folder and options.data is None and not os.environ.get("SKFER_DATA"):
        raise ValueError(
            "Where is the data? Give its folder as DATA, or name it in the environment variable "
            "SKFER_DATA."
        )
    if options.dataset in GENERATORS and options.data is not None:
        raise ValueError(f"The data set '{options.dataset}' is generated; it takes no DATA.")
    return options.data


def read_data(name, folder, settings, *, seed=0, keep_going=False):
    """Load a data set by its name with settings of its reader, as `load_data` does."""
    if folder is not None and not folder.is_dir():
        raise ValueError(f"'{folder}' is not a folder.")
    settings = dict(settings)
    known = set(settings)
    if name in READERS | GENERATORS:
        known = {*signature((READERS | GENERATORS)[name]).parameters}
        known -= {"data_home", "return_X_y", "labelled"}
    unknown = [key for key in settings if key not in known]
    if unknown:
        raise ValueError(
            f"'{name}' has no option {join_some(unknown, quoted=True)}; its options are "
            f"{', '.join(sorted(known))}."
        )
    if "random_state" in known:
        settings.setdefault("random_state", seed)
    skip = keep_going or settings.get("on_unreadable") == "skip"
    if "on_unreadable" in known:  # all are found, and now, not after an hour
        settings["on_unreadable"] = "skip"
    try:
        with in_words_of_the_command():
            data = load_dataset(name, data_home=folder, **settings)
    except TypeError as error:  # a value of a kind that the reader does not take
        raise ValueError(f"The options of the data set do not fit: {error}") from error
    left_out = []
    data.info = data.frame.drop(columns=["subject", "expression", "path"], errors="ignore")
    if "path" in data.frame:
        home = get_data_home(folder)
        data.info.insert(0, "file", [_name(path, home) for path in data.frame["path"]])
        for path, problem in data.unreadable.to_numpy() if "unreadable" in data else []:
            reason = say_by_options(without_name(problem, path).replace(path, _name(path, home)))
            left_out.append({"path": _name(path, home), "reason": reason})
    if not skip:
        _refuse_unread(left_out)
    return data, left_out


def _refuse_unread(left_out):
    """Refuse files that are missing or damaged, which needs different remedies."""
    missing, damaged = [], []
    for file in left_out:
        if not file["reason"].startswith("not matched"):
            files = missing if file["reason"].startswith("no such file") else damaged
            files.append(f"'{file['path']}' ({file['reason']})")
    problems = []
    if missing:
        problems.append(
            f"{count_of(len(missing), 'file')} of the table cannot be found: {join_some(missing)}. "
            "Correct the column 'file'."
        )
    if damaged:
        problems.append(
            f"{count_of(len(damaged), 'file')} cannot be read: {join_some(damaged)}. Repair them, "
            "or leave them out by --on-unreadable skip."
        )
    if problems:
        raise ValueError(" ".join(problems))


def _name(path, home):
    """Return a path as seen from the folder of the data; one from elsewhere is not published."""
    name = os.path.relpath(path, home)
    return Path(name).name if name.startswith("..") else Path(name).as_posix()


class Prepared(NamedTuple):
    """The data of a run with the eyes located, and what a reader of its result has to know."""

    data: Bunch
    left_out: list  # of {"path", "reason"}
    notes: list  # of str, on the data set
    doubts: list  # of str, on subjects and images, with their names
    eyes_not_found: list  # of {"path", "reason"}


def prepare_data(options, check):
    """Load the data, ``check(data)`` before the eyes are searched, locate them, look for doubts."""
    data, left_out = load_data(options)
    images, subjects = count_of(len(data.target), unit_of(data.faces)), len(set(data.subjects))
    print(f"{options.dataset}: {images}, {count_of(subjects, 'subject')}")
    if left_out:
        names = join_some([f"{file['path']} ({file['reason']})" for file in left_out])
        print(f"Left out: {count_of(len(left_out), 'file')}: {names}.")
    notes = [LONDON_NOTE] if options.dataset == "london" else []
    print("".join(f"Note: {note}\n" for note in notes), end="")
    if len(data.target_names) == 1:
        raise ValueError(
            f"All images show '{data.target_names[0]}'; a model needs at least two expressions."
        )
    check(data)
    problems = []
    if not data.cropped:
        data, problems = locate_eyes(data, on_missing=options.on_missing, n_jobs=options.jobs)
        left_out += problems if options.on_missing == "skip" else []
    # What the evaluation warns of, for those who read the report only.
    doubts = caught_doubts(warn_doubts, data.subjects)
    doubts += caught_doubts(warn_lone_classes, data.target, data.subjects)
    doubts += caught_doubts(warn_near_duplicates, data.faces, data.subjects)
    return Prepared(data, left_out, notes, doubts, problems)


def locate_eyes(data, *, on_missing, n_jobs):
    """Find the eyes once, not again in each fold: nothing is learned from the data here.

    Returns the data, and path and reason of each photograph without eyes.
    """
    verbose = int(sys.stderr.isatty())
    locator = EyeLocator(on_missing=on_missing, n_jobs=n_jobs, verbose=verbose)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Found no eyes")  # counted below
        faces = locator.fit_transform(data.faces)
    data = Bunch(**{**data, "faces": faces})
    n_faces, unit = len(faces), "sequences" if has_sequences(faces) else "photographs"
    files = data.info.get("file", [f"image {number}" for number in range(n_faces)])
    problems = {
        face.sample: {"path": files[face.sample], "reason": face.problem}
        for face in locator.missing_.itertuples()
    }
    if on_missing == "skip":  # a sequence stays as long as some of its frames have eyes
        kept, dropped = drop_missing(faces, data.target, data.subjects)
        data.faces, data.target, data.subjects = kept
        data.info = data.info.drop(index=dropped)
        problems = {number: problems[number] for number in dropped}
    problems = list(problems.values())
    if problems:
        names = join_some([problem["path"] for problem in problems], quoted=True)
        where, treatment = "", "They are skipped."
        if on_missing == "guess" and unit == "sequences":
            where = "in some frames "
            treatment = (
                "There they lie between those of other frames; without any, they are guessed."
            )
        elif on_missing == "guess":
            treatment = (
                "Their eyes are guessed from the face box or, without a face, the whole picture."
            )
        print(f"No eyes found {where}in {len(problems)} of {n_faces} {unit}: {names}.")
        print(treatment)
    return data, problems


def unit_of(faces):
    """Name what a row is."""
    return "sequence" if has_sequences(faces) else "image"


def has_sequences(faces):
    """Tell whether the rows are sequences."""
    return is_sequence(faces["image"][0])
