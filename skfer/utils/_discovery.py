"""Find every public estimator of the package."""

import importlib
import inspect
import pkgutil

from sklearn.base import BaseEstimator

import skfer


def all_estimators():
    """List the public estimators of skfer.

    Returns
    -------
    estimators : list of (str, type)
        Name and class, sorted by name.

    Examples
    --------
    >>> from skfer.utils import all_estimators
    >>> [name for name, _ in all_estimators() if name.startswith("Face")]
    ['FaceAligner']
    """
    found = {}
    for module in pkgutil.walk_packages(skfer.__path__, "skfer."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        for name, member in inspect.getmembers(importlib.import_module(module.name)):
            if (
                inspect.isclass(member)
                and issubclass(member, BaseEstimator)
                and member.__module__.startswith("skfer.")
                and not name.startswith("_")
                and not inspect.isabstract(member)
            ):
                found[name] = member
    return sorted(found.items())
