"""Learning curves whose finished folds are kept."""

import pandas as pd

from skfer.evaluation import evaluate_epochs, subject_folds
from skfer.evaluation._cross_validation import Split
from skfer.evaluation._data import check_data
from skfer.evaluation._fold_store import FoldStore
from skfer.utils._files import atomic_path


def curves_fold_by_fold(estimator, X, y, subjects, *, cv, n_jobs, memory, verbose):
    """Run evaluate_epochs on as many folds at a time as there are jobs, and keep each fold.

    A fold in the folder `memory` is taken if all that it depends on is the same.
    """
    store = FoldStore(memory, check_data(X, y, subjects))
    estimator_key = store.key("epochs", estimator)
    folds = subject_folds(y, subjects, cv)
    keys = [
        store.split_key(estimator_key, Split(0, number, *fold)) for number, fold in enumerate(folds)
    ]
    if None in keys:  # what a fold depends on cannot be told
        return evaluate_epochs(estimator, X, y, subjects, cv=folds, n_jobs=n_jobs, verbose=verbose)
    files = [memory / f"{key}.csv" for key in keys]
    missing = [number for number, file in enumerate(files) if not file.is_file()]
    for start in range(0, len(missing), n_jobs):
        numbers = missing[start : start + n_jobs]
        chosen = [folds[number] for number in numbers]
        curves = evaluate_epochs(
            estimator, X, y, subjects, cv=chosen, n_jobs=n_jobs, verbose=verbose
        )
        for place, number in enumerate(numbers):
            with atomic_path(files[number]) as path:
                own = curves[curves["fold"] == place]
                own.assign(fold=number).to_csv(path, index=False)
    return pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
