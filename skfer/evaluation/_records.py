"""Results as files: JSON with a schema, CSV frames, and the log of all runs."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform, python_version

import pandas as pd

from skfer._version import __version__
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


def collect_metadata(*, command, dataset, n_images, n_subjects, classes, seed, n_eyes_not_found=0):
    """Collect what is needed to repeat a run, as results.json has it.

    `n_eyes_not_found` counts the photographs whose eyes were guessed or that were skipped.
    """
    return {
        "command": command,
        "dataset": dataset,
        "n_images": int(n_images),
        "n_subjects": int(n_subjects),
        "classes": [str(name) for name in classes],
        "seed": int(seed),
        "n_eyes_not_found": int(n_eyes_not_found),
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
    folder = Path(folder)
    document = {"metadata": metadata, "results": [_describe(*result) for result in results]}
    with atomic_path(folder / "results.json") as path:
        path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n")
    for name in ("images", "subjects", "folds"):
        frames = [
            getattr(result, name).assign(method=method, protocol=result.protocol)
            for method, result in results
        ]
        frame = pd.concat(frames)
        columns = ["method", "protocol", *frame.columns.drop(["method", "protocol"])]
        with atomic_path(folder / f"{name}.csv") as path:
            frame[columns].to_csv(path, index=False)


def append_run_log(path, method, result, metadata):
    """Append a result to the log of all runs, as one line of JSON.

    Who looks at real data often enough finds a good figure by chance, so every look is counted,
    the disappointing ones too.
    """
    run = {
        "date": metadata["date"],
        "skfer": metadata["versions"]["skfer"],
        "dataset": metadata["dataset"],
        "seed": metadata["seed"],
        "command": metadata["command"],
        "method": method,
        "protocol": result.protocol,
        **result.summary(),
    }
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as log:
        log.write(json.dumps(run, allow_nan=False) + "\n")


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
