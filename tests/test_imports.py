"""The directions of the imports: what is light stays light."""

import subprocess
import sys

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


def test_stripped_docstrings_do_no_harm():
    # As -OO does, which would compile all of numpy, pandas and scikit-learn too.
    code = (
        "from importlib.machinery import SourceFileLoader\n"
        "get_code = SourceFileLoader.get_code\n"
        "def strip(self, name):\n"
        "    if not name.startswith('skfer'):\n"
        "        return get_code(self, name)\n"
        "    source = self.get_data(self.path)\n"
        "    return compile(source, self.path, 'exec', dont_inherit=True, optimize=2)\n"
        "SourceFileLoader.get_code = strip\n"
        "import skfer.datasets\n"
        "print(skfer.datasets.make_faces.__doc__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"
