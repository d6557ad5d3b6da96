"""The directions of the imports: what is light stays light."""

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
        ("import skfer.evaluation, skfer.cli", ["torch", "matplotlib"]),
        ("import skfer.inference", ["torch", "matplotlib"]),
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
