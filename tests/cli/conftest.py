import numpy as np
import pytest

from skfer.evaluation._report import _figures
from skfer.utils._opencv import cv2


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def drawn():
    """Have the figures of the report drawn."""


@pytest.fixture(autouse=True)
def plain_figures(monkeypatch, request):
    """Draw no figure of a report, which takes longest, but for tests that ask for it."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    if "drawn" not in request.fixturenames:
        plain = '<svg class="plot"></svg>'
        monkeypatch.setattr(_figures, "_render", lambda *arguments: plain)


@pytest.fixture
def image_folder(tmp_path):
    """Six subjects with two happy and two sad crops each, told apart by the lower half."""
    rng = np.random.default_rng(0)
    for number in range(6):
        look = rng.integers(0, 100, (16, 16))
        for expression, smile in (("happy", 100), ("sad", 0)):
            folder = tmp_path / "data" / f"S{number}" / expression
            folder.mkdir(parents=True)
            for frame in range(2):
                image = look + rng.integers(0, 50, (16, 16))
                image[8:] += smile
                cv2.imwrite(str(folder / f"{frame}.png"), image.astype(np.uint8))
    return tmp_path / "data"
