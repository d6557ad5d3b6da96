"""Results as files: JSON with a schema, CSV frames, and the log of all runs."""

import json
import os
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform, python_version

import pandas as pd

from skfer._version import __version__
from skfer.evaluation._result import EvaluationResult
from skfer.utils._files import atomic_path
from skfer.utils._tables import read_csv, write_csv

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
_OF_A_BENCHMARK = ("commit", "parameters", "predictions")


def collect_metadata(**run):
    """Collect what is needed to repeat a run, as results.json has it; its schema lists the keys.

    `n_eyes_not_found` counts the photographs without eyes, `on_missing` says what was done with
    them, `left_out` lists path and reason of all that was not evaluated, and `notes` what a reader
    of the figures has to know.
    """
    return {
        "n_eyes_not_found": 0,
        "on_missing": "raise",
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
    """Write results.json, images.csv, subjects.csv, folds.csv; `results` lists (method, result)."""
    document = {"metadata": metadata, "results": [_describe(*result) for result in results]}
    with ExitStack() as files:  # all take their places once all are written, results.json last
        names = ("results.json", "images.csv", "subjects.csv", "folds.csv")
        paths = [files.enter_context(atomic_path(Path(folder, name))) for name in names]
        paths[0].write_text(json.dumps(document, indent=2, allow_nan=False) + "\n")
        for path, name in zip(paths[1:], ("images", "subjects", "folds"), strict=True):
            frames = []
            for method, result in results:
                frames.append(getattr(result, name).copy())
                frames[-1].insert(0, "method", method)
                frames[-1].insert(1, "protocol", result.protocol)
            write_csv(path, pd.concat(frames))


def load_results(folder):
    """Load the results that ``skfer evaluate`` has written.

    Parameters
    ----------
    folder : str or Path
        The folder that was given as ``--out``.

    Returns
    -------
    results : list of (str, EvaluationResult)
        Name of the method, and its result, as :func:`summarize_results` takes them. Subjects and
        labels are str; ``images`` has the column ``file`` if the images came from files.

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
    results = []
    for entry in json.loads((folder / "results.json").read_bytes())["results"]:
        method, protocol = entry["method"], entry["protocol"]
        own = _rows_of(images, method, protocol)
        own = own.loc[:, (own != "").any()]  # another method may give probabilities
        numbers = dict.fromkeys(own.filter(regex="^proba_"), float)
        own = own.astype({"image": int, "fold": int} | numbers)
        times = {"fold": int, "fit_seconds": float, "predict_seconds": float}
        seconds = _rows_of(folds, method, protocol)[list(times)].astype(times)
        result = EvaluationResult(own, protocol, tuple(entry["classes"]), seconds)
        counts = ("n_images", "n_subjects", "n_folds", "n_correct", "confusion_matrix")
        described = _describe(method, result)
        if any(described[name] != entry[name] for name in counts):
            raise ValueError(f"'{folder}': the figures of '{method}' are not those of its images.")
        results.append((method, result))
    return results


def _rows_of(frame, method, protocol):
    rows = frame[(frame["method"] == method) & (frame["protocol"] == protocol)]
    return rows.drop(columns=["method", "protocol"]).reset_index(drop=True)


def append_run_log(path, method, result, metadata):
    """Append a result to the log of all runs, as one line of JSON.

    Who looks at real data often enough finds a good figure by chance, so every look is counted,
    the disappointing ones too. ``correct`` has a 1 for each image that is right and a 0 for each
    other, in the order of the data, which is all that a paired test needs; `metadata` may have a
    ``commit``, ``parameters`` and the file of the ``predictions``.
    """
    images = result.images.sort_values("image")
    correct = (images["y_true"] == images["y_pred"]).astype(int).astype(str)
    run = {
        "date": metadata["date"],
        "skfer": metadata["versions"]["skfer"],
        "dataset": metadata["dataset"],
        "seed": metadata["seed"],
        "command": metadata["command"],
        "method": method,
        "protocol": result.protocol,
        **result.summary(),
        **{name: metadata[name] for name in _OF_A_BENCHMARK if name in metadata},
        "correct": "".join(correct),
    }
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A run that was killed, or found the disk full, may have left half a line.
    last = path.read_bytes()[-1:] if path.is_file() else b""
    begin = "" if last in (b"", b"\n") else "\n"
    with path.open("a") as log:
        log.write(f"{begin}{json.dumps(run, allow_nan=False)}\n")


def load_results_schema():
    """Load the JSON schema of results.json; its definition ``run`` is a line of the run log."""
    return json.loads(
        resources.files("skfer.evaluation").joinpath("results.schema.json").read_text()
    )


def _describe(method, result):
    return {
        "method": method,
        "protocol": result.protocol,
        **result.summary(),
        "classes": [str(name) for name in result.classes],
        "confusion_matrix": result.confusion_matrix.tolist(),
    }


def _version(package):
    for name in (package, f"{package}-headless"):
        with suppress(PackageNotFoundError):
            return version(name)
    return "not installed"
