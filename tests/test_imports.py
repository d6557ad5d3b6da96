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
        ("import skfer.descriptors, skfer.preprocessing", ["torch", "matplotlib"]),
        ("import skfer.evaluation, skfer.cli", ["torch", "matplotlib"]),
        ("import skfer.networks", ["skorch", "sklearn", "cv2"]),
        ("import skfer.persistence", ["onnx", "onnxruntime", "matplotlib"]),
    ],
)
def test_import_is_light(statement, heavy):
    code = f"{statement}; import sys; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_missing_libgl_gives_the_remedy():
    code = (
        "import sys; sys.modules['cv2'] = None\n"
        "try:\n    import skfer.alignment\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "opencv-python-headless" in done.stdout


def test_opencv_5_gives_the_remedy():
    code = (
        "import sys, types; sys.modules['cv2'] = types.SimpleNamespace(__version__='5.0.0')\n"
        "try:\n    import skfer.alignment\n"
        "except ImportError as error:\n    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "opencv-python<5" in done.stdout
