"""The directions of the imports: what is light stays light."""

import ast
import json
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.forks import forget_skfer, needs_fork, run_fork

ROOT = Path(__file__).parents[1]

# Each statement runs in a fork, and most of them after what they need anyway.
SCRIPT = """
import json, os, sys

def run(statement, heavy):
    read, write = os.pipe()
    if os.fork() == 0:
        exec(statement)
        os.write(write, json.dumps([name for name in heavy if name in sys.modules]).encode())
        os._exit(0)
    os.close(write)
    with open(read) as file:
        print(file.read() or '"failed"', flush=True)
    os.wait()

for arguments in json.loads(sys.argv[1]):
    run(*arguments)
import cv2, pandas, sklearn.metrics, sklearn.pipeline
for arguments in json.loads(sys.argv[2]):
    run(*arguments)
"""
BARE = [
    ("import skfer", ["torch", "cv2", "sklearn", "pandas"]),
    ("import skfer.networks", ["skorch", "sklearn", "cv2"]),
]
LIGHT = [
    ("import skfer.utils, skfer.base, skfer.faces", ["torch"]),
    ("import skfer.datasets, skfer.alignment, skfer.augmentation", ["torch", "matplotlib"]),
    ("import skfer.descriptors, skfer.features, skfer.preprocessing", ["torch", "matplotlib"]),
    ("import skfer.evaluation, skfer.cli", ["torch", "matplotlib", "imblearn"]),
    ("import skfer.inference", ["torch", "matplotlib", "imblearn"]),
    ("import skfer.persistence", ["onnx", "onnxruntime", "matplotlib"]),
]


@needs_fork
def test_imports_are_light():
    command = [sys.executable, "-c", SCRIPT, json.dumps(BARE), json.dumps(LIGHT)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    statements = [statement for statement, _ in BARE + LIGHT]
    assert dict(zip(statements, found, strict=True)) == dict.fromkeys(statements, []), done.stderr


def import_without_opencv(module, remedy):
    forget_skfer()
    sys.modules["cv2"] = module
    with pytest.raises(ImportError, match=remedy):
        import skfer.alignment  # noqa: F401


@needs_fork
@pytest.mark.parametrize(
    ("module", "remedy"),
    [
        (None, "opencv-python-headless"),  # libGL is missing
        (SimpleNamespace(__version__="5.0.0"), "opencv-python<5"),
    ],
)
def test_unusable_opencv_gives_the_remedy(module, remedy):
    assert run_fork(import_without_opencv, module, remedy) == 0


def compile_skfer(compiled):
    """Have the modules of skfer compiled from their source by a function."""
    get_code = SourceFileLoader.get_code

    def compile_anew(self, name):
        if not name.startswith("skfer"):
            return get_code(self, name)
        return compiled(self.get_data(self.path), self.path)

    forget_skfer()
    SourceFileLoader.get_code = compile_anew


def import_stripped():
    # As -OO does, which would compile all of numpy, pandas and scikit-learn too.
    compile_skfer(lambda *source: compile(*source, "exec", dont_inherit=True, optimize=2))
    import skfer.classifiers
    import skfer.datasets

    assert skfer.datasets.make_faces.__doc__ is None
    assert skfer.classifiers.CSPPClassifier.__doc__ is None


@needs_fork
def test_stripped_docstrings_do_no_harm():
    assert run_fork(import_stripped) == 0


def import_without_indentation():
    def compiled(source, path):  # as Python 3.13 does
        tree = ast.parse(source)
        for node in ast.walk(tree):
            kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
            if isinstance(node, kinds) and ast.get_docstring(node):
                node.body[0].value.value = ast.get_docstring(node)
        return compile(tree, path, "exec", dont_inherit=True)

    compile_skfer(compiled)
    from skfer.classifiers import CSPPClassifier
    from skfer.datasets import load_jaffe
    from skfer.networks import Plain7Net

    for documented in (CSPPClassifier, load_jaffe, Plain7Net):
        assert "%(" not in documented.__doc__
        assert documented.__doc__.count("Parameters\n-----") == 1


@needs_fork
def test_docstrings_without_indentation_are_filled():
    assert run_fork(import_without_indentation) == 0


def find_folders(names):
    forget_skfer()
    import skfer

    assert [name for name in names if not hasattr(skfer, name)] == []


@needs_fork
def test_the_folders_of_the_reference_are_attributes():
    reference = (ROOT / "docs" / "api.rst").read_text()
    names = re.findall(r"^   skfer\.(\w+)$", reference, re.MULTILINE)
    assert names
    assert run_fork(find_folders, names) == 0


def imports_by_file():
    """Yield each file of the package and the whole names that it imports, wherever in it."""
    for path in sorted((ROOT / "skfer").rglob("*.py")):
        names = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
        yield path.relative_to(ROOT / "skfer"), names


def read_tree():
    """Return what each folder or file may import, in the order of the table of the architecture."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8").split("## Where new")[0]
    allowed, common = {}, None
    for row in re.findall(r"^\| (.*?) \| .* \| ?(.*?) ?\|$", text, re.MULTILINE):
        own, others = (set(re.findall(r"`(\w+)(?:/|\.py)?`", cell)) for cell in row)
        if row[0] == "—":
            common = set(allowed)
        for name in own:
            allowed[name] = (set(allowed) if common is None else common | others) | own
        assert others <= set(allowed), f"{row[0]}: what is imported stands above"
    return allowed


def test_each_folder_imports_what_the_architecture_says():
    allowed, seen = read_tree(), {}
    for path, names in imports_by_file():
        own = path.with_suffix("").parts[0]
        imported = {name.split(".")[1] for name in names if name.startswith("skfer.")}
        seen[own] = seen.get(own, set()) | imported
        if not own.startswith("__"):
            assert imported <= allowed[own] | {"__version__"}, path
    assert set(allowed) == {name for name in seen if not name.startswith("__")}
    for own, others in allowed.items():
        assert others <= seen[own] | allowed["base"] | {own}, f"{own} does not import all that"


def test_torch_is_imported_where_the_architecture_says():
    (sentence,) = re.findall(
        r"Only (`networks`.*?) import torch,",
        (ROOT / "docs" / "architecture.md").read_text("utf-8"),
        re.DOTALL,
    )
    places = [Path(name) for name in re.findall("`(.*?)`", sentence)]
    users = {
        path
        for path, names in imports_by_file()
        if any(re.match(r"(torch|skorch)\b", name) for name in names)
    }
    for path in users:
        assert any(place in (path, *path.parents) for place in places), path
    for place in places:
        assert any(place in (path, *path.parents) for path in users), place
