"""Folds on a cluster of Dask, whose workers die in the middle of a fold."""

import os
import pickle
import signal
from pathlib import Path
from tempfile import mkstemp

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from skfer.evaluation import evaluate_subject_independent
from skfer.evaluation._cross_validation import _evaluate_split

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.slow


class Mortal(LogisticRegression):
    """Kills its process in the fold that tests the image of the pixel `mark`, `n_deaths` times."""

    def __init__(self, folder=None, mark=None, n_deaths=0):
        super().__init__()
        self.folder, self.mark, self.n_deaths = folder, mark, n_deaths

    def fit(self, X, y):
        if not (X == self.mark).any() and len(deaths(self.folder)) < self.n_deaths:
            mkstemp(dir=self.folder)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().fit(X, y)


def deaths(folder):
    return list(Path(folder).iterdir())


@pytest.fixture(scope="module")
def data():
    # Enough images for the indices of a fold to be moved by themselves, if joblib has its way.
    rng = np.random.default_rng(0)
    y = np.tile(["happy", "sad"], 360)
    subjects = np.repeat([f"s{number:02d}" for number in range(12)], 60)
    return rng.normal(size=(720, 20)) + 0.5 * (y == "happy")[:, None], y, subjects


@pytest.fixture(scope="module")
def serial(data):
    return evaluate_subject_independent(LogisticRegression(), *data, cv=6)


@pytest.fixture
def client():
    import dask

    settings = {"distributed.scheduler.allowed-failures": 1}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config("dask"),
    ):
        yield client


def test_a_worker_that_dies_changes_nothing(client, data, serial, tmp_path):
    estimator = Mortal(tmp_path, mark=data[0][0, 0], n_deaths=1)
    result = evaluate_subject_independent(estimator, *data, cv=6)
    assert len(deaths(tmp_path)) == 1
    pd.testing.assert_frame_equal(result.images, serial.images)


def test_a_fold_that_kills_its_workers_is_an_error(client, data, serial, tmp_path):
    estimator = Mortal(tmp_path, mark=data[0][0, 0], n_deaths=2)
    with pytest.raises(distributed.KilledWorker):
        evaluate_subject_independent(estimator, *data, cv=6)
    assert len(deaths(tmp_path)) == 2


def test_the_images_do_not_travel_with_each_fold(client, data, serial, monkeypatch):
    sizes, submit = [], distributed.Client.submit

    def measure(self, function, *arguments, **options):
        if function is _evaluate_split:
            sizes.append(len(pickle.dumps(arguments[1:])))
            assert isinstance(arguments[0], distributed.Future)
        return submit(self, function, *arguments, **options)

    monkeypatch.setattr(distributed.Client, "submit", measure)
    result = evaluate_subject_independent(LogisticRegression(), *data, cv=6)
    pd.testing.assert_frame_equal(result.images, serial.images)
    assert len(sizes) == 6
    assert max(sizes) < data[0].nbytes
