"""Every public signature has types, and every public docstring is complete by numpydoc."""

import importlib
import inspect

import pytest
from numpydoc.validate import validate

from tests.test_api_surface import public_names

CHECKS = {
    "GL07",  # sections in another order
    "PR01",  # parameters not documented
    "RT01",  # no section Returns
    "RT04",  # the return value without a capital letter
    "EX01",  # no section Examples
}


def public_members():
    """Yield the full name and the object of each public function, class and method, once."""
    seen = set()
    for module, names in public_names().items():
        for name in names:
            member = getattr(importlib.import_module(module), name)
            if not callable(member) or member in seen:
                continue
            seen.add(member)
            yield f"{module}.{name}", member
            if inspect.isclass(member):
                yield from _public_methods(f"{module}.{name}", member, seen)


def _public_methods(path, cls, seen):
    for owner in cls.__mro__:
        for name, method in vars(owner).items():
            if name.startswith("_") or not owner.__module__.startswith("skfer."):
                continue
            function = getattr(method, "fget", None) or inspect.unwrap(getattr(cls, name))
            function = getattr(function, "__func__", function)
            if callable(function) and function not in seen:
                seen.add(function)
                yield f"{path}.{name}", method
