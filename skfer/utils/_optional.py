"""Packages that only some parts of skfer need."""

import importlib


def require(module, *, extra, needed_by):
    """Import a module of an optional package, or say which extra of skfer brings it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{needed_by} needs {package}. Install it with skfer's extra '{extra}': "
            f"pip install '.[{extra}]' in the skfer repository."
        ) from error
