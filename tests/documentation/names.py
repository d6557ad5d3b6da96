"""Names in the text of the pages that look like ones of skfer."""

import ast
import importlib
import inspect
import re
from functools import cache

from imblearn.utils.testing import all_estimators as all_samplers
from sklearn.utils.discovery import all_estimators

from skfer.cli._main import build_parser
from tests.documentation.pages import ROOT
from tests.test_api_surface import public_names

__all__ = ["unknown_names"]

# Of Dask, and places for a name of the reader's own.
_OTHERS = {"FutureCancelledError", "KilledWorker", "KubeCluster", "--lifetime", "--resources"}
_OTHERS |= {"MyNet", "load_NAME"}
_CLASS = re.compile(r"[A-Z]+[a-z]\w*[A-Z]\w*")
_OPTION = re.compile(r"(?<!\S)--[a-z][\w-]*")


def unknown_names(words):
    """Return the options, functions, classes and arguments that are nowhere."""
    public, known = _read_public(), _read_known()
    verbs = {name.partition("_")[0] for name, member in public.items() if inspect.isroutine(member)}
    found = {option for word in words for option in _OPTION.findall(word)}
    for node in _read_code(words):
        if isinstance(node, ast.Name):
            is_function = "_" in node.id and node.id.partition("_")[0] in verbs
            if is_function or _CLASS.fullmatch(node.id):
                found.add(node.id)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", None) in public:
            parameters = inspect.signature(public[node.func.id]).parameters.values()
            if all(parameter.kind != parameter.VAR_KEYWORD for parameter in parameters):
                names = {parameter.name for parameter in parameters}
                wrong = {word.arg for word in node.keywords if word.arg} - names
                found |= {f"{node.func.id}({name}=)" for name in wrong}
    return found - known


def _read_code(words):
    for word in words:
        try:
            yield from ast.walk(ast.parse(word.strip(), mode="eval"))
        except SyntaxError:
            continue


@cache
def _read_public():
    return {
        name: getattr(importlib.import_module(module), name)
        for module, names in public_names().items()
        for name in names
    }


@cache
def _read_known():
    """Return the words of the sources and the estimators of others."""
    known = {name for find in (all_estimators, all_samplers) for name, _ in find()} | _OTHERS
    for parser in build_parser()[1].values():
        known |= {*parser._option_string_actions}
    for file in (ROOT / "benchmarks").rglob("*.py"):
        known |= {*re.findall(r'"(--[\w-]+)"', file.read_text("utf-8"))}
    for file in (ROOT / "skfer").rglob("*.py"):
        known |= {*re.findall(r"\w+", file.read_text("utf-8"))}
    return known
