"""What an estimator is made of, and the parts of it that cloning does not unfit."""

import inspect
import re
import warnings
from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier

_SEARCHED = ("param_grid", "param_distributions")  # a search clones what it tries


class Part(NamedTuple):
    """Something inside an estimator."""

    name: str
    value: object
    settable: bool  # whether `set_params` reaches it by this name
    cloned: bool  # whether cloning the estimator clones it too, and so unfits it

    @property
    def last_name(self):
        """The name of the parameter alone."""
        return re.split("__|: ", self.name)[-1]


def walk_parts(estimator):
    """Yield a Part for every parameter inside an estimator.

    Lists, dictionaries, arrays of objects, functions and what these hold are looked into: a grid
    may hold estimators, and a function a fitted one.
    """
    parameters = estimator.get_params(deep=True)
    estimators = {id(value) for value in parameters.values() if hasattr(value, "get_params")}
    for name, value in parameters.items():
        yield Part(name, value, True, True)
        for part in _contents(name, value, True, set()):
            if part.value is value or id(part.value) in estimators:
                continue
            yield part
            if hasattr(part.value, "get_params") and not inspect.isclass(part.value):
                for inner in walk_parts(part.value):
                    cloned = inner.cloned and part.cloned
                    yield Part(f"{part.name}: {inner.name}", inner.value, False, cloned)


def refuse_fitted_parts(estimator):
    """Refuse classifiers inside `estimator` that stay fitted when they are cloned.

    They may have seen the people they are tested on. Of other such parts it warns.
    """
    for part in [Part("", estimator, False, True), *walk_parts(estimator)]:
        value = part.value.__self__ if inspect.ismethod(part.value) else part.value
        if _reads_weights(value):
            raise ValueError(
                f"{part.name} holds {type(value).__name__}, which loads weights from a file that "
                "another fold may have written. validation_fraction keeps the weights of the best "
                "epoch."
            )
        if not _stays_fitted(value, cloned=part.cloned and value is part.value):
            continue
        place = f"{part.name}={value!r}" if part.name else repr(value)
        if hasattr(value, "predict_proba") or _is_classifier(value):
            raise ValueError(
                f"{place} stays as it was fitted before the evaluation, perhaps on the people of "
                "the test folds. Give it unfitted; each fold then fits a copy of its own."
            )
        if part.last_name != "landmark_model":  # it finds eyes, and tells no classes apart
            warnings.warn(
                f"{place} is not fitted anew in the folds. If it has seen the people of this data, "
                "the accuracy is not that on unknown people.",
                stacklevel=4,
            )


def _contents(name, value, cloned, seen):
    """Yield the Parts that a value holds, or itself if it holds nothing."""
    held, held_cloned = _held(name, value, cloned)
    if held is None:
        yield Part(name, value, False, cloned)
    elif id(value) not in seen:
        seen.add(id(value))
        for key, item in held:
            yield from _contents(key, item, held_cloned, seen)


def _held(name, value, cloned):
    """Return (name, item) of what a value holds, and whether cloning clones them."""
    if isinstance(value, dict):
        return [(str(key), item) for key, item in value.items()], cloned and name in _SEARCHED
    if isinstance(value, list | tuple) and not name.endswith("cv"):
        return [(name, item) for item in value], cloned
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [(name, item) for item in value.ravel()], cloned
    if isinstance(value, partial):
        return [(name, item) for item in (value.func, value.args, value.keywords)], False
    if inspect.isfunction(value) and _is_own(value.__module__):
        variables = inspect.getclosurevars(value)
        used = [*variables.nonlocals.items(), *variables.globals.items()]
        return [(n, v) for n, v in used if not (inspect.ismodule(v) or inspect.isclass(v))], False
    learns = hasattr(value, "fit") or hasattr(value, "state_dict")
    if callable(value) and not learns and _is_own(type(value).__module__):
        return list(getattr(value, "__dict__", {}).items()), False
    return None, cloned


def _is_own(module):
    """Tell whether a module is the user's, and not of the libraries an estimator is made of."""
    libraries = ("builtins", "numpy", "scipy", "torch", "sklearn", "imblearn", "skorch", "skfer")
    return module is not None and module.partition(".")[0] not in libraries


def _is_classifier(value):
    return hasattr(value, "__sklearn_tags__") and is_classifier(value)


def _reads_weights(value):
    """Tell whether a callback of skorch continues from a checkpoint on the disk."""
    is_checkpoint = hasattr(value, "dirname") and getattr(value, "load_best", False)
    return is_checkpoint or any(kind.__name__ == "LoadInitState" for kind in type(value).__mro__)


def _stays_fitted(value, cloned):
    if inspect.isclass(value):
        return False
    if hasattr(value, "fit"):
        if not cloned or not hasattr(value, "get_params"):
            return any(key.endswith("_") for key in vars(value) if not key.startswith("_"))
        cloning = getattr(type(value), "__sklearn_clone__", BaseEstimator.__sklearn_clone__)
        if cloning is BaseEstimator.__sklearn_clone__:
            return False
        again = clone(value)
        return again is value or any(key.endswith("_") for key in vars(again))
    is_module = hasattr(value, "state_dict") and hasattr(value, "parameters")
    return is_module and any(True for _ in value.parameters())
