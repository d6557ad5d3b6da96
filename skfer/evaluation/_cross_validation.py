"""One cross-validation over given splits; the protocols differ only in the splits."""

import time
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import clone

from skfer._stateless import run_stateless_steps_inside, transform_once
from skfer.evaluation._data import EvaluationData
from skfer.evaluation._fold_plan import check_only_folds, write_plan
from skfer.evaluation._fold_progress import fold_progress
from skfer.evaluation._fold_store import FoldPrediction
from skfer.evaluation._folds_in_parallel import run_folds
from skfer.evaluation._guards._inner_splits import inner_splits
from skfer.evaluation._result import EvaluationResult
from skfer.faces import is_face_array


class Split:
    """The training and the test images of one model, as index arrays.

    Training rows in ascending order are kept as bits: of a thousand folds over 100,000 images they
    take 12 MB instead of 800.
    """

    def __init__(self, repeat, fold, train, test):
        self.repeat, self.fold, self.test = repeat, fold, test
        self._rows = None if (np.diff(train) > 0).all() else train
        self._bits = None if self._rows is not None else _as_bits(train)

    @property
    def train(self):
        """The rows of the training images."""
        return np.flatnonzero(np.unpackbits(self._bits)) if self._rows is None else self._rows


def _as_bits(rows):
    is_in = np.zeros(rows[-1] + 1, bool)
    is_in[rows] = True
    return np.packbits(is_in)


class Plan(NamedTuple):
    """What an evaluation tests on what: a protocol, its splits, the data, and notes on them."""

    protocol: str
    splits: list
    data: EvaluationData
    notes: tuple = ()


def cross_validate(plan, estimator, method, store, n_jobs, verbose, only_folds=None):
    """Fit and predict each Split, in parallel if asked, and return an EvaluationResult.

    Splits that the FoldStore has finished are not computed again. In each repeat, seeds of the
    estimator are raised by its number. `only_folds` are the numbers of the splits to take; what all
    of them are is then written beside the finished ones.
    """
    numbers = check_only_folds(only_folds, len(plan.splits))
    repeats = {split.repeat for split in plan.splits}
    estimator_keys = {repeat: store.key(with_seed(estimator, repeat)) for repeat in repeats}
    keys = [store.split_key(estimator_keys[split.repeat], split) for split in plan.splits]
    if only_folds is not None and store.folder is not None:
        write_plan(store.folder, plan, method, keys)
    splits, keys = [plan.splits[n] for n in numbers], [keys[n] for n in numbers]
    predictions = [store.load(*each) for each in zip(keys, splits, strict=True)]
    missing = [index for index, prediction in enumerate(predictions) if prediction is None]
    n_kept = len(splits) - len(missing)
    with fold_progress(method, len(splits), n_kept, verbose) as finish:
        data = plan.data.for_estimator(estimator)
        if missing:
            estimator, X = run_stateless_steps_inside(estimator, data.X)
            data = data.with_images(X)
        seeded = {repeat: with_seed(estimator, repeat) for repeat in repeats}
        calls = [
            (index, seeded[splits[index].repeat], splits[index], plan.protocol) for index in missing
        ]
        for index, prediction in run_folds(_evaluate_split, data, calls, n_jobs):
            predictions[index] = prediction
            store.save(keys[index], prediction)
            finish()
    return make_result(plan, splits, predictions, method)


def make_result(plan, splits, predictions, method):
    """Return the EvaluationResult of what the models of some splits of a plan have found."""
    done = list(zip(splits, predictions, strict=True))
    seconds = pd.DataFrame(
        [(split.repeat, split.fold, p.fit_seconds, p.predict_seconds) for split, p in done],
        columns=["repeat", "fold", "fit_seconds", "predict_seconds"],
    )
    images = pd.concat([_split_frame(*each, plan.data) for each in done])
    images = images.sort_values(["repeat", "image", "fold"], ignore_index=True)
    return EvaluationResult(images, plan.protocol, plan.data.classes, seconds, method, plan.notes)


def with_seed(estimator, repeat):
    """Clone an estimator; each whole number that is a ``random_state`` is raised by `repeat`."""
    seeds = {
        name: value + repeat
        for name, value in estimator.get_params(deep=True).items()
        if name.split("__")[-1] == "random_state" and isinstance(value, int | np.integer)
    }
    return clone(estimator).set_params(**seeds if repeat else {})


def _evaluate_split(data, index, estimator, split, protocol):
    train, test = data.take(split.train), data.take(split.test)
    may_leak = protocol == "leaky-image-split"
    splits = inner_splits(estimator, train.y, train.subjects, may_leak=may_leak)
    model = clone(estimator).set_params(**splits)
    groups = groups_for_fit(model, train)
    start = time.perf_counter()
    model.fit(train.X, train.y, **groups)
    fitted = time.perf_counter()
    last, X_test = transform_once(model, test.X)
    y_pred = last.predict(X_test)
    predicted = time.perf_counter()
    probabilities = {}
    if hasattr(last, "predict_proba"):
        columns = last.predict_proba(X_test).T
        probabilities = {f"proba_{c}": p for c, p in zip(last.classes_, columns, strict=True)}
    return index, FoldPrediction(y_pred, probabilities, fitted - start, predicted - fitted)


def groups_for_fit(model, train):
    """Return what ``fit`` needs to know the subjects of images that bring none, if it uses them."""
    if is_face_array(train.X):
        return {}
    path, last = [], model
    while hasattr(last, "steps"):
        name, last = last.steps[-1]
        path.append(f"{name}__")
    if not getattr(last, "_uses_subjects", False):
        return {}
    if get_config()["enable_metadata_routing"]:
        last.set_fit_request(groups=True)
        return {"groups": train.subjects}
    return {f"{''.join(path)}groups": train.subjects}


def _split_frame(split, prediction, data):
    return pd.DataFrame(
        {
            "image": split.test,
            **{name: column.to_numpy()[split.test] for name, column in data.info.items()},
            "subject": data.subjects[split.test],
            "repeat": split.repeat,
            "fold": split.fold,
            "y_true": data.y[split.test],
            "y_pred": prediction.y_pred,
            **prediction.probabilities,
        }
    )
