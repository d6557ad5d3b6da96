import json

import numpy as np
import pandas as pd
import pytest

from skfer.datasets import make_faces
from skfer.evaluation._report import _figures
from tests.prediction_files import write_picture


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
            for frame in range(2):
                image = look + rng.integers(0, 50, (16, 16))
                image[8:] += smile
                path = tmp_path / f"data/S{number}/{expression}/{frame}.png"
                write_picture(path, image.astype(np.uint8))
    return tmp_path / "data"


@pytest.fixture
def photographs(tmp_path):
    """Three people with two faces each, and a black picture of the third."""
    folder = tmp_path / "photographs"
    data = make_faces(3, 1, expressions=("happy", "sad"), image_size=(96, 96), random_state=0)
    rows = zip(data.subjects, data.target, data.images, strict=True)
    for number, (subject, label, image) in enumerate(rows):
        write_picture(folder / subject / label / f"{number}.png", image)
    write_picture(folder / "synthetic002/sad/6.png", np.zeros((60, 60), np.uint8))
    return folder


def assert_equal_results(folder, other):
    """Compare two folders of results, but for the times and the command."""
    for name in ("images.csv", "subjects.csv", "classes.csv"):
        assert (folder / name).read_bytes() == (other / name).read_bytes()
    frames = [
        pd.read_csv(out / "folds.csv").drop(columns=["fit_seconds", "predict_seconds"])
        for out in (folder, other)
    ]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    documents = [json.loads((out / "results.json").read_text()) for out in (folder, other)]
    for document in documents:
        document["metadata"].pop("date")
        document["metadata"]["command"] = document["metadata"]["command"].split(" --out")[0]
        for result in document["results"]:
            del result["fit_seconds"], result["predict_seconds"]
    assert documents[0] == documents[1]
