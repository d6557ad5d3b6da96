"""Every public signature has types, and every public docstring is complete by numpydoc."""

import importlib
import inspect
import re

import pytest
from numpydoc.validate import validate

from tests.test_api_surface import public_names

CHECKS = {
    "GL07",  # sections in another order
    "PR01",  # parameters not documented
    "RT01",  # no section Returns
    "RT04",  # a returned value described without a capital letter
    "EX01",  # no section Examples
}
# The example of a class shows its methods, as in scikit-learn.
OF_METHODS = CHECKS - {"EX01"}
# A protocol has no constructor.
EXCEPTIONS = {"skfer.alignment.FaceDetector": {"PR01"}}
# scikit-learn writes these methods.
WRITTEN_BY_SKLEARN = re.compile(r"set_\w+_request")


def find_members():
    """Return the public functions and classes, and the methods of the classes, by full name."""
    names, methods = {}, {}
    for module, public in public_names().items():
        for name in public:
            member = getattr(importlib.import_module(module), name)
            if callable(member) and member not in names.values():
                names[f"{module}.{name}"] = member
    for path, member in names.items():
        for owner in member.__mro__ if inspect.isclass(member) else ():
            for name, method in vars(owner).items():
                if name.startswith("_") or WRITTEN_BY_SKLEARN.fullmatch(name):
                    continue
                method = method.fget if isinstance(method, property) else getattr(member, name)
                method = getattr(method, "__func__", method)
                if inspect.isfunction(method) and method.__module__.startswith("skfer."):
                    methods.setdefault(method.__qualname__, (f"{path}.{name}", method))
    return names, dict(methods.values())


NAMES, METHODS = find_members()


@pytest.mark.parametrize("path", [*NAMES, *METHODS])
def test_the_signature_has_types(path):
    member = (NAMES | METHODS)[path]
    constructs = inspect.isclass(member)
    signature = inspect.signature(member)
    without = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.annotation is parameter.empty and name not in ("self", "cls")
    ]
    assert path in EXCEPTIONS or without == []
    assert constructs or signature.return_annotation is not signature.empty


@pytest.mark.parametrize("path", [*NAMES, *METHODS])
def test_the_docstring_is_complete(path):
    checks = OF_METHODS if path in METHODS else CHECKS
    errors = {code for code, _ in validate(path)["errors"]}
    assert errors & checks - EXCEPTIONS.get(path, set()) == set()


def test_the_members_are_found():
    assert "skfer.evaluation.subject_folds" in NAMES
    assert "skfer.evaluation.EvaluationResult.folds" in METHODS
    assert "skfer.classifiers.PredictorAdapter.from_onnx" in METHODS
