"""Find every public estimator of the package."""

import importlib
import inspect
import pkgutil

from sklearn.base import BaseEstimator

import skfer


def all_estimators() -> list[tuple[str, type]]:
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
        public = importlib.import_module(module.name)
        for name in public.__all__:
            member = getattr(public, name)
            if (
                inspect.isclass(member)
                and issubclass(member, BaseEstimator)
                and not inspect.isabstract(member)
            ):
                found[name] = member
    return sorted(found.items())
