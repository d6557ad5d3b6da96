import numpy as np
import pytest

from skfer.datasets import make_faces
from skfer.reproduction import _methods
from skfer.reproduction._experiments import Settings, StudySet
from tests.reproduction.tiny_network import TinyNetwork


@pytest.fixture(autouse=True)
def plain_figures(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "agg")


@pytest.fixture(autouse=True)
def tiny_networks(monkeypatch):
    for name in _methods._NETWORKS:
        monkeypatch.setitem(_methods._NETWORKS, name, TinyNetwork)


@pytest.fixture
def settings(tmp_path):
    """Two folds and one epoch; the cache is there."""
    memory = tmp_path / "cache"
    memory.mkdir()
    return Settings(n_folds=2, max_epochs=1, memory=memory)


def make_set(seed, title="faces", n_images=1):
    data = make_faces(3, n_images, image_size=(48, 48), random_state=seed)
    return StudySet(
        title, data.faces, data.target, data.subjects, data.frame[["sequence"]], 3, cropped=True
    )


@pytest.fixture
def sets():
    """Crops that stand for CK+ and for JAFFE; the subjects have the same names in both."""
    sets = {"ckplus": make_set(1, "made up"), "jaffe": make_set(2)}
    assert np.array_equal(sets["ckplus"].subjects, sets["jaffe"].subjects)
    return sets
