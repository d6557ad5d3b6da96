"""Subject-independent facial expression recognition, scikit-learn compatible.

Importing the package is light: a subpackage, and torch or OpenCV with it, is imported when it is
first used.
"""

import importlib

from skfer._version import __version__

_SUBMODULES = [
    "alignment",
    "augmentation",
    "base",
    "classifiers",
    "datasets",
    "descriptors",
    "evaluation",
    "faces",
    "features",
    "inference",
    "inspection",
    "networks",
    "persistence",
    "pipelines",
    "preprocessing",
    "synthetic",
    "utils",
]

__all__ = ["__version__"]


def __getattr__(name):
    if name in _SUBMODULES:
        return importlib.import_module(f"skfer.{name}")
    raise AttributeError(f"module 'skfer' has no attribute {name!r}")


def __dir__():
    return [*globals(), *_SUBMODULES]
