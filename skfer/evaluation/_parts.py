"""What an estimator is made of, and the parts of it that cloning does not unfit."""

import inspect
import warnings
from functools import partial

from sklearn.base import BaseEstimator, clone, is_classifier


def walk_parts(estimator):
    """Yield name, value and whether ``set_params`` reaches it, for every parameter inside.

    Lists, dictionaries and partial functions are looked into: a grid may hold estimators.
    """
    parameters = estimator.get_params(deep=True)
    estimators = {id(value) for value in parameters.values() if hasattr(value, "get_params")}
    for name, value in parameters.items():
        yield name, value, True
        for key, part in _contents(name, value):
            if part is not value and id(part) not in estimators:
                yield key, part, False
                if hasattr(part, "get_params") and not inspect.isclass(part):
                    yield from ((f"{key}: {n}", v, False) for n, v, _ in walk_parts(part))


def refuse_fitted_parts(estimator):
    """Refuse classifiers inside `estimator` that stay fitted when they are cloned.

    They may have seen the people they are tested on. Of other such parts it warns.
    """
    for name, value, _ in [("", estimator, False), *walk_parts(estimator)]:
        part = value.__self__ if inspect.ismethod(value) else value
        if _reads_weights(part):
            raise ValueError(
                f"{name} holds {type(part).__name__}, which loads weights from a file that another "
                "fold may have written. validation_fraction keeps the weights of the best epoch."
            )
        if not _stays_fitted(part, cloned=part is value):
            continue
        place = f"{name}={part!r}" if name else repr(part)
        if is_classifier(part) or hasattr(part, "predict_proba"):
            raise ValueError(
                f"{place} stays as it was fitted before the evaluation, perhaps on the people of "
                "the test folds. Give it unfitted; each fold then fits a copy of its own."
            )
        if not hasattr(part, "predict"):  # a landmark model finds eyes, it tells no classes apart
            warnings.warn(
                f"{place} is not fitted anew in the folds. If it has seen the people of this data, "
                "the accuracy is not that on unknown people.",
                stacklevel=4,
            )


def _contents(name, value):
    if isinstance(value, partial):
        value = [value.args, value.keywords]
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _contents(str(key), item)
    elif isinstance(value, list | tuple) and not name.endswith("cv"):
        for item in value:
            yield from _contents(name, item)
    else:
        yield name, value


def _reads_weights(part):
    """Tell whether a callback of skorch continues from a checkpoint on the disk."""
    is_checkpoint = hasattr(part, "dirname") and getattr(part, "load_best", False)
    return is_checkpoint or type(part).__name__ == "LoadInitState"


def _stays_fitted(part, cloned):
    if inspect.isclass(part):
        return False
    if hasattr(part, "fit"):
        if not cloned or not hasattr(part, "get_params"):
            return any(key.endswith("_") for key in vars(part) if not key.startswith("_"))
        own = type(part).__sklearn_clone__ is not BaseEstimator.__sklearn_clone__
        return own and clone(part) is part
    return hasattr(part, "state_dict") and any(True for _ in part.parameters())
