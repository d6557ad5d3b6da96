"""Measure what an evaluation costs beyond fit and predict: `python -m benchmarks.evaluation_cost`.

Each method is evaluated on 927 faces of 106 subjects in 8 folds, alternately with a bare loop of
clone, fit and predict over the same folds. 1,000 folds of a dummy on 100,000 rows show what a fold
costs by itself, and the interval over 100,000 subjects what memory statistics need.
"""

import argparse
import json
import os
import platform
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC
from threadpoolctl import threadpool_limits

from benchmarks._measure import in_a_process, peak_mb, write_document
from skfer import __version__
from skfer.descriptors import HOGDescriptor
from skfer.evaluation import evaluate_subject_independent
from skfer.evaluation._statistics._intervals import accuracy_interval, bootstrap_ratio
from skfer.pipelines import make_cspp_pipeline

MODULE = "benchmarks.evaluation_cost"
RESULTS = Path(__file__).with_name("results") / "evaluation_cost.json"


def hog_svm():
    return make_pipeline(HOGDescriptor(), SVC(kernel="linear"))


def cspp():
    """Make the default recipe for one epoch; all of its epochs have the same cost on top."""
    return make_cspp_pipeline(align=None, max_epochs=1, random_state=0, device="cpu")


METHODS = {"HOG + SVM": hog_svm, "C-SPP, one epoch": cspp}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=927)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--folds", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    document = {
        "metadata": {
            "command": f"python -m benchmarks.evaluation_cost --images {options.images} "
            f"--rows {options.rows} --folds {options.folds} --repeats {options.repeats}",
            "cpu_count": os.cpu_count(),
            "python": platform.python_version(),
            "versions": {"skfer": __version__, "numpy": np.__version__},
        },
        "overhead": [measure_overhead(name, options) for name in METHODS],
        "folds": in_a_process(MODULE, f"measure_folds({options.rows}, {options.folds})"),
        "one_fit": in_a_process(MODULE, f"measure_folds({options.rows}, 2)"),
        "intervals": [
            in_a_process(
                "benchmarks.evaluation_cost", f"measure_interval('{method}', {options.rows})"
            )
            for method in ("korn-graubard", "percentile")
        ],
    }
    write_document(options.out, document)
    print(json.dumps(document, indent=1))


def measure_overhead(name, options):
    """Return the seconds of an evaluation and of a bare loop, which alternate."""
    X, y, subjects = make_data(options.images, 106)
    estimator, seconds = METHODS[name](), {"evaluation": [], "loop": []}
    run_loop(estimator, X[:48], y[:48], subjects[:48])  # imports and first calls
    for _ in range(options.repeats):
        for key, run in (("evaluation", run_evaluation), ("loop", run_loop)):
            start = time.perf_counter()
            run(estimator, X, y, subjects)
            seconds[key].append(time.perf_counter() - start)
    ratios = np.divide(seconds["evaluation"], seconds["loop"])
    return {"method": name, **seconds, "overhead": float(np.median(ratios) - 1)}


def make_data(n_images, n_subjects):
    rng = np.random.default_rng(0)
    subjects = np.arange(n_images) % n_subjects
    y = np.array(["anger", "disgust", "fear", "happy", "sad", "surprise"])
    y = y[(np.arange(n_images) // n_subjects + subjects) % 6]
    return (
        rng.integers(0, 256, (n_images, 48, 48), np.uint8),
        y,
        np.char.add("s", subjects.astype(str)),
    )


def run_evaluation(estimator, X, y, subjects):
    evaluate_subject_independent(estimator, X, y, subjects).summary()


def run_loop(estimator, X, y, subjects):
    for train, test in GroupKFold(8).split(X, y, subjects):
        model = clone(estimator).fit(X[train], y[train])
        model.predict(X[test])
        if hasattr(model, "predict_proba"):
            model.predict_proba(X[test])


def measure_folds(n_rows, n_folds):
    """Return time and memory of the folds of a dummy on one core; each subject has 50 rows."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n_rows, 20)), rng.choice(["happy", "sad", "fear"], n_rows)
    subjects = np.char.add("s", (np.arange(n_rows) // 50).astype(str))
    before = peak_mb()
    with threadpool_limits(1):
        start = time.perf_counter()
        evaluate_subject_independent(DummyClassifier(), X, y, subjects, cv=n_folds).summary()
        seconds = time.perf_counter() - start
    peak = peak_mb()
    cost = {"seconds": seconds, "mb": peak - before, "process_mb": peak}
    return {"n_folds": n_folds, "n_rows": n_rows, **cost}


def measure_interval(method, n_subjects):
    """Return time and memory of an interval over subjects of ten images each."""
    n_correct = np.random.default_rng(0).binomial(10, 0.9, n_subjects).astype(float)
    n_images = np.full(n_subjects, 10.0)
    before, start = peak_mb(), time.perf_counter()
    {"korn-graubard": accuracy_interval, "percentile": bootstrap_ratio}[method](n_correct, n_images)
    seconds = time.perf_counter() - start
    return {
        "method": method,
        "n_subjects": n_subjects,
        "seconds": seconds,
        "mb": peak_mb() - before,
    }


if __name__ == "__main__":
    main()
