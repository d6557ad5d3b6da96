"""The directions of the imports: what is light stays light."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import skfer", ["torch", "cv2", "sklearn", "pandas"]),
        ("import skfer.utils, skfer.base, skfer.faces", ["torch"]),
        ("import skfer.datasets, skfer.alignment, skfer.augmentation", ["torch", "matplotlib"]),
        ("import skfer.descriptors, skfer.features, skfer.preprocessing", ["torch", "matplotlib"]),
        ("import skfer.evaluation, skfer.cli", ["torch", "matplotlib", "imblearn"]),
        ("import skfer.inference", ["torch", "matplotlib", "imblearn"]),
        ("import skfer.networks", ["skorch", "sklearn", "cv2"]),
        ("import skfer.persistence", ["onnx", "onnxruntime", "matplotlib"]),
    ],
)
def test_import_is_light(statement, heavy):
    code = f"{statement}; import sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("module", "remedy"),
    [
        ("None", "opencv-python-headless"),  # libGL is missing
        ("types.SimpleNamespace(__version__='5.0.0')", "opencv-python<5"),
    ],
)
def test_unusable_opencv_gives_the_remedy(module, remedy):
    code = (
        f"import sys, types; sys.modules['cv2'] = {module}\n"
        "try:\n    import skfer.alignment\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert remedy in done.stdout


def run_with(compiled, statement):
    """Run a statement with the modules of skfer compiled in another way; return what it prints."""
    code = (
        "import ast, inspect\n"
        "from importlib.machinery import SourceFileLoader\n"
        "get_code = SourceFileLoader.get_code\n"
        "def compile_anew(self, name):\n"
        "    if not name.startswith('skfer'):\n"
        "        return get_code(self, name)\n"
        "    source = self.get_data(self.path)\n"
        f"{compiled}"
        "SourceFileLoader.get_code = compile_anew\n"
        f"{statement}"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def test_stripped_docstrings_do_no_harm():
    # As -OO does, which would compile all of numpy, pandas and scikit-learn too.
    printed = run_with(
        "    return compile(source, self.path, 'exec', dont_inherit=True, optimize=2)\n",
        "import skfer.datasets, skfer.classifiers\nprint(skfer.datasets.make_faces.__doc__)",
    )
    assert printed == "None\n"


def test_docstrings_without_indentation_are_filled():
    # As Python 3.13 compiles them.
    printed = run_with(
        "    tree = ast.parse(source)\n"
        "    for node in ast.walk(tree):\n"
        "        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)\n"
        "        if isinstance(node, kinds) and ast.get_docstring(node):\n"
        "            node.body[0].value.value = ast.get_docstring(node)\n"
        "    return compile(tree, self.path, 'exec', dont_inherit=True)\n",
        "from skfer.classifiers import CSPPClassifier\n"
        "from skfer.datasets import load_jaffe\n"
        "from skfer.networks import Plain7Net\n"
        "for documented in (CSPPClassifier, load_jaffe, Plain7Net):\n"
        "    print('%(' in documented.__doc__, documented.__doc__.count('Parameters\\n-----'))\n",
    )
    assert printed == "False 1\n" * 3


def test_the_folders_of_the_reference_are_attributes():
    reference = (Path(__file__).parents[1] / "docs" / "api.rst").read_text()
    names = re.findall(r"^   skfer\.(\w+)$", reference, re.MULTILINE)
    code = f"import skfer; print([name for name in {names} if not hasattr(skfer, name)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert names
    assert done.stdout.strip() == "[]"


ROOT = Path(__file__).parents[1]


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
