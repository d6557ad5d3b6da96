"""Results in folders, as `skfer evaluate` leaves them."""

import json
from importlib import resources

import numpy as np
import pandas as pd
from sklearn.neighbors import KNeighborsClassifier

from skfer.evaluation import evaluate_subject_independent
from skfer.evaluation._records import collect_metadata, write_results


def store_results(folder, methods, *, dataset="made", n_subjects=12, shift=0.8, **options):
    """Evaluate estimators on random features and write the results to a folder."""
    rng = np.random.default_rng(0)
    y = np.tile(["happy", "sad"], 3 * n_subjects)
    subjects = np.repeat([f"s{number:02d}" for number in range(n_subjects)], 6)
    X = rng.normal(size=(len(y), 5)) + shift * (y == "happy")[:, None]
    info = pd.DataFrame({"file": [f"{number}.png" for number in range(len(y))]})
    results = evaluate_subject_independent(methods, X, y, subjects, info=info, cv=4, **options)
    metadata = collect_metadata(
        command=f"skfer evaluate --dataset {dataset}",
        dataset=dataset,
        n_images=len(y),
        n_subjects=n_subjects,
        classes=["happy", "sad"],
        seed=0,
        description="Features that were drawn.",
    )
    folder.mkdir(exist_ok=True, parents=True)
    write_results(folder, list(results.values()), metadata)
    return folder


def nearest(k):
    """Return a classifier of k neighbours."""
    return KNeighborsClassifier(k)


def load_results_schema():
    """Load the JSON schema of results.json; its definition ``run`` is a line of the run log."""
    schema = resources.files("skfer.evaluation").joinpath("results.schema.json")
    return json.loads(schema.read_text())
