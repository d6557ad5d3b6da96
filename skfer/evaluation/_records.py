"""Results as files: JSON with a schema, CSV frames, and the log of all runs."""

import json
import os
from datetime import UTC, datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import platform, python_version

import pandas as pd

from skfer._version import __version__

__all__ = [
    "append_run_log",
    "collect_metadata",
    "describe_results",
    "load_results_schema",
    "write_results",
]

_PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "imbalanced-learn",
    "torch",
    "skorch",
    "opencv-python",
)


def collect_metadata(*, command, dataset, n_images, n_subjects, classes, seed, n_eyes_not_found=0):
    """Collect what is needed to repeat a run.

    Parameters
    ----------
    command : str
        The command line.
    dataset : str
        Name of the data set.
    n_images : int
        Number of images.
    n_subjects : int
        Number of subjects.
    classes : sequence of str
        The labels.
    seed : int
        The seed of the run.
    n_eyes_not_found : int, default=0
        Number of photographs in which the typical places of the eyes had to be taken.

    Returns
    -------
    metadata : dict
        The arguments, with ``date`` (UTC, ISO 8601), ``cpu_count``, ``platform`` and
        ``versions`` of Python, skfer and the packages it computes with.

    Examples
    --------
    >>> from skfer.evaluation import collect_metadata
    >>> run = collect_metadata(command="skfer evaluate", dataset="made", n_images=4, n_subjects=2,
    ...                        classes=["happy", "sad"], seed=0)
    >>> run["dataset"], run["classes"]
    ('made', ['happy', 'sad'])
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
        "versions": {
            "python": python_version(),
            "skfer": __version__,
            **{name: _version(name) for name in _PACKAGES},
        },
    }


def describe_results(results):
    """Describe results as plain dictionaries.

    Parameters
    ----------
    results : list of (str, EvaluationResult)
        Name of the method, and its result.

    Returns
    -------
    descriptions : list of dict
        One dictionary a result: ``method``, ``protocol``, the figures of
        :meth:`EvaluationResult.summary`, ``classes`` and ``confusion_matrix``.

    Examples
    --------
    >>> from skfer.evaluation import describe_results
    >>> describe_results([])
    []
    """
    return [
        {
            "method": method,
            "protocol": result.protocol,
            **result.summary(),
            "classes": [str(name) for name in result.classes],
            "confusion_matrix": result.confusion_matrix.tolist(),
        }
        for method, result in results
    ]


def write_results(folder, results, metadata):
    """Write results.json, images.csv, subjects.csv and folds.csv.

    Parameters
    ----------
    folder : str or Path
        Folder to write to; it is made if it is missing, and files in it are replaced.
    results : list of (str, EvaluationResult)
        Name of the method, and its result.
    metadata : dict
        What :func:`collect_metadata` returned.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.evaluation import write_results
    >>> folder = tempfile.mkdtemp()
    >>> write_results(folder, [], {})
    >>> sorted(file.name for file in Path(folder).iterdir())
    ['folds.csv', 'images.csv', 'results.json', 'subjects.csv']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    document = {"metadata": metadata, "results": describe_results(results)}
    (folder / "results.json").write_text(json.dumps(document, indent=2, allow_nan=False) + "\n")
    for name in ("images", "subjects", "folds"):
        frames = [
            getattr(result, name).assign(method=method, protocol=result.protocol)
            for method, result in results
        ]
        frame = pd.concat(frames) if frames else pd.DataFrame(columns=["method", "protocol"])
        columns = ["method", "protocol", *frame.columns.drop(["method", "protocol"])]
        frame[columns].to_csv(folder / f"{name}.csv", index=False)


def append_run_log(path, method, result, metadata):
    """Append one line of JSON to the log of all runs.

    Who looks at real data often enough finds a good figure by chance, so that every look is
    counted, the disappointing ones too.

    Parameters
    ----------
    path : str or Path
        The log, in JSON Lines; it is made if it is missing.
    method : str
        Name of the method.
    result : EvaluationResult
        Its result.
    metadata : dict
        What :func:`collect_metadata` returned.

    Examples
    --------
    >>> from skfer.evaluation import load_results_schema
    >>> load_results_schema()["$defs"]["run"]["required"][:4]
    ['date', 'skfer', 'dataset', 'seed']
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
    """Load the JSON schema of results.json; its definition ``run`` is a line of the run log.

    Returns
    -------
    schema : dict
        A JSON schema of draft 2020-12.

    Examples
    --------
    >>> from skfer.evaluation import load_results_schema
    >>> load_results_schema()["title"]
    'skfer evaluation results'
    """
    return json.loads(
        resources.files("skfer.evaluation").joinpath("results.schema.json").read_text()
    )


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
