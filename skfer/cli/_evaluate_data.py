"""The data of `skfer evaluate`: what is evaluated, and what is left out and why."""

import os
import sys
import warnings
from inspect import signature
from pathlib import Path

from sklearn.utils import Bunch

from skfer.alignment import EyeLocator, drop_missing
from skfer.datasets import get_data_home, load_dataset
from skfer.datasets._registry import GENERATORS, READERS
from skfer.utils._text import join_some


def load_data(options):
    """Return the data, with its columns for the result in ``data.info``, and what was left out."""
    name, settings = options.dataset, dict(options.set)
    if options.pattern is not None:
        settings["pattern"] = options.pattern
    if options.data_home is not None and not options.data_home.is_dir():
        raise ValueError(f"--data-home '{options.data_home}' is not a folder.")
    known = set(settings)
    if name in READERS | GENERATORS:
        known = {*signature((READERS | GENERATORS)[name]).parameters} - {"data_home", "return_X_y"}
    unknown = [key for key in settings if key not in known]
    if unknown:
        raise ValueError(
            f"'{name}' has no option {join_some(unknown, quoted=True)}; its options are "
            f"{', '.join(sorted(known))}."
        )
    if "random_state" in known:
        settings.setdefault("random_state", options.seed)
    skip = settings.get("on_unreadable") == "skip"
    if "on_unreadable" in known:  # all are found, and now, not after an hour
        settings["on_unreadable"] = "skip"
    try:
        data = load_dataset(name, data_home=options.data_home, **settings)
    except TypeError as error:  # a value of a kind that the reader does not take
        raise ValueError(f"The options of the data set do not fit: {error}") from error
    left_out = []
    data.info = data.frame.drop(columns=["subject", "expression", "path"], errors="ignore")
    if "path" in data.frame:
        home = get_data_home(options.data_home)
        data.info.insert(0, "file", [_name(path, home) for path in data.frame["path"]])
        unreadable = data.unreadable.to_numpy() if "unreadable" in data else []
        for path, problem in unreadable:
            reason = problem.replace(path, _name(path, home))
            left_out.append({"path": _name(path, home), "reason": reason})
    if left_out and not skip:
        problems = join_some([file["reason"] for file in left_out])
        raise ValueError(
            f"{len(left_out)} files cannot be read: {problems} Repair them, or leave them out by "
            "--set on_unreadable=skip."
        )
    return data, left_out


def _name(path, home):
    """Return a path as seen from the folder of the data; one from elsewhere is not published."""
    name = os.path.relpath(path, home)
    return Path(name).name if name.startswith("..") else Path(name).as_posix()


def locate_eyes(data, options):
    """Find the eyes once, not again in each fold: nothing is learned from the data here.

    Returns the data, and path and reason of each photograph without eyes.
    """
    verbose = int(sys.stderr.isatty())
    locator = EyeLocator(on_missing=options.on_missing, n_jobs=options.jobs, verbose=verbose)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Found no eyes")  # counted below
        faces = locator.fit_transform(data.faces)
    numbers = [f"image {number}" for number in range(len(faces))]
    files = data.info.get("file", numbers)
    missing = locator.missing_.itertuples()
    problems = [{"path": files[face.sample], "reason": face.problem} for face in missing]
    if problems:
        names = join_some([problem["path"] for problem in problems], quoted=True)
        print(f"No eyes found in {len(problems)} of {len(faces)} photographs: {names}.")
        skipped = options.on_missing == "skip"
        print("They are skipped." if skipped else "Their eyes are guessed from the face box.")
    data = Bunch(**{**data, "faces": faces})
    if options.on_missing == "skip":
        kept, dropped = drop_missing(faces, data.target, data.subjects)
        data.faces, data.target, data.subjects = kept
        data.info = data.info.drop(index=dropped)
    return data, problems
