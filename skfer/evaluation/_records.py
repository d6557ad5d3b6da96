"""Results as files: JSON with a schema, CSV frames, and the log of all runs."""

import json
import math
import os
import subprocess
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform, python_version

import pandas as pd

from skfer._version import __version__
from skfer.evaluation._result import EvaluationResult
from skfer.evaluation._statistics._comparison import compare_results
from skfer.utils._csv import read_csv, write_csv
from skfer.utils._files import atomic_path

_PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "imbalanced-learn",
    "joblib",
    "pandas",
    "torch",
    "skorch",
    "opencv-python",
)
# File and attribute of the result.
_TABLES = {"images": "images", "subjects": "subjects", "folds": "folds", "classes": "per_class"}
_OF_AN_ESTIMATOR = ("commit", "parameters", "predictions")


def collect_metadata(**run):
    """Collect what is needed to repeat a run, as results.json has it; its schema lists the keys.

    `n_eyes_not_found` counts the photographs without eyes, `on_missing` says what was done with
    them, `guessed` lists path and reason of those whose eyes were guessed, `left_out` of all that
    was not evaluated, `notes` what a reader of the figures has to know, and `description` is the
    text of the data set.
    """
    return {
        "n_eyes_not_found": 0,
        "on_missing": "raise",
        "guessed": [],
        "left_out": [],
        "notes": [],
        **run,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu_count": os.cpu_count(),
        "platform": platform(),
        "versions": collect_versions(),
    }


def collect_versions():
    """Return the versions of Python, skfer and the packages that decide on a result."""
    packages = {name: _version(name) for name in _PACKAGES}
    return {"python": python_version(), "skfer": __version__, **packages}


def write_results(folder, results, metadata):
    """Write results.json, images.csv, subjects.csv, folds.csv and classes.csv."""
    document = {
        "metadata": metadata,
        "results": [_describe(result) for result in results],
        "comparisons": as_records(compare_methods(results)),
    }
    with ExitStack() as files:  # all take their places once all are written, results.json last
        path = files.enter_context(atomic_path(Path(folder, "results.json")))
        path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n")
        for name, attribute in _TABLES.items():
            frames = []
            for result in results:
                frames.append(getattr(result, attribute).copy())
                frames[-1].insert(0, "method", result.method)
                frames[-1].insert(1, "protocol", result.protocol)
            path = files.enter_context(atomic_path(Path(folder, f"{name}.csv")))
            write_csv(path, pd.concat(frames))


def compare_methods(results):
    """Compare the methods by subject; returns an empty frame of fewer than two."""
    own = {result.method: result for result in results if result.protocol == "subject-independent"}
    return compare_results(own) if len(own) > 1 else pd.DataFrame()


def load_results(folder: str | Path) -> list[EvaluationResult]:
    """Load the results that ``skfer evaluate`` has written.

    Parameters
    ----------
    folder : str or Path
        The folder that was given as ``--out``.

    Returns
    -------
    results : list of EvaluationResult
        As :func:`summarize_results` takes them. Subjects, labels and further columns are str;
        ``images`` has the column ``file`` if the images came from files.

    Raises
    ------
    ValueError
        If the figures in results.json are not those of the images in images.csv.

    Examples
    --------
    >>> from skfer.evaluation import load_results, summarize_results
    >>> summarize_results(load_results("report"))  # doctest: +SKIP
    """
    folder = Path(folder)
    images, folds = (read_csv(folder / name) for name in ("images.csv", "folds.csv"))
    document = json.loads((folder / "results.json").read_bytes())
    return [_load_result(folder, entry, images, folds) for entry in document["results"]]


def _load_result(folder, entry, images, folds):
    method, protocol = entry["method"], entry["protocol"]
    own = _rows_of(images, method, protocol)
    # Another method may give probabilities; the frames of videos are not counted.
    own = own.loc[:, (own != "").any() | (own.columns == "n_frames")]
    numbers = dict.fromkeys(own.filter(regex="^proba_"), float)
    own = own.astype({"image": int, "repeat": int, "fold": int} | numbers)
    times = {"repeat": int, "fold": int, "fit_seconds": float, "predict_seconds": float}
    seconds = _rows_of(folds, method, protocol)[list(times)].astype(times)
    classes, notes = tuple(entry["classes"]), tuple(entry["notes"])
    result = EvaluationResult(own, protocol, classes, seconds, method, notes)
    if not _agree(_describe(result), entry):
        raise ValueError(f"'{folder}': the figures of '{method}' are not those of its images.")
    return result


def _agree(computed, written):
    """Compare figures, floats to the rounding of a sum in another order."""
    if isinstance(computed, dict) and isinstance(written, dict):
        return computed.keys() == written.keys() and all(
            _agree(value, written[name]) for name, value in computed.items()
        )
    if isinstance(computed, list) and isinstance(written, list):
        return len(computed) == len(written) and all(map(_agree, computed, written))
    if isinstance(computed, float) and isinstance(written, int | float):
        return math.isclose(computed, written, rel_tol=1e-6, abs_tol=1e-9)
    return computed == written


def _rows_of(frame, method, protocol):
    rows = frame[(frame["method"] == method) & (frame["protocol"] == protocol)]
    return rows.drop(columns=["method", "protocol"]).reset_index(drop=True)


def append_run_log(path, result, metadata):
    """Append a result to the log of all runs, as one line of JSON.

    Who looks at real data often enough finds a good figure by chance, so every look is counted,
    the disappointing ones too. ``correct`` has a 1 for each image that is right and a 0 for each
    other, in the order of the data, which is all that a paired test needs; `metadata` may have a
    ``commit``, ``parameters`` and the file of the ``predictions``.
    """
    images = result.images.sort_values(["repeat", "image", "fold"])
    correct = (images["y_true"] == images["y_pred"]).astype(int).astype(str)
    run = {
        "date": metadata["date"],
        "skfer": metadata["versions"]["skfer"],
        "dataset": metadata["dataset"],
        "seed": metadata["seed"],
        "command": metadata["command"],
        "method": result.method,
        "protocol": result.protocol,
        **result.summary(),
        **{name: metadata[name] for name in _OF_AN_ESTIMATOR if name in metadata},
        "correct": "".join(correct),
    }
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A run that was killed, or found the disk full, may have left half a line.
    last = path.read_bytes()[-1:] if path.is_file() else b""
    begin = "" if last in (b"", b"\n") else "\n"
    with path.open("a") as log:
        log.write(f"{begin}{json.dumps(run, allow_nan=False)}\n")


def describe_run(estimator, predictions):
    """Return what a line of the log says of an estimator: commit, parameters and predictions.

    The commit is that of skfer's checkout, with "+" if its code differs; an installed skfer has a
    version only. `predictions` is the file where they are.
    """
    run = {
        "parameters": {"estimator": " ".join(repr(estimator).split())},
        "predictions": str(Path(*Path(predictions).parts[-2:])),
    }
    return run | ({"commit": commit} if (commit := checkout_commit()) else {})


def checkout_commit():
    """Return the commit of skfer's checkout, with "+" if its code differs, "" without one."""
    package = Path(__file__).parents[1]
    if not (package.parent / ".git").exists():
        return ""
    git = ["git", "-C", str(package)]
    texts = []
    for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "-uno", "--", "."]):
        try:
            done = subprocess.run([*git, *words], check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError):  # no git, or another user's checkout
            return ""
        texts.append(done.stdout.strip())
    return texts[0] + "+" * bool(texts[1])


def _describe(result):
    return {
        "method": result.method,
        "protocol": result.protocol,
        **result.summary(),
        "classes": [str(name) for name in result.classes],
        "confusion_matrix": result.confusion_matrix.tolist(),
        "per_class": as_records(result.per_class.astype({"expression": str})),
        "notes": list(result.notes),
    }


def as_records(frame):
    """Return the rows as dictionaries; JSON has no NaN."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def _version(package):
    for name in (package, f"{package}-headless"):
        with suppress(PackageNotFoundError):
            return version(name)
    return "not installed"
