"""The examples run to their end, on few faces and for one epoch; `make docs` runs them whole."""

import runpy
from functools import wraps
from pathlib import Path

import pytest

import skfer.datasets
from skfer.classifiers import NetworkClassifier

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("plot_*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.setattr(pyplot, "show", lambda: None)
    for name in ("make_faces", "make_face_sequences"):
        monkeypatch.setattr(skfer.datasets, name, _of_few(getattr(skfer.datasets, name)))
    fit = NetworkClassifier.fit

    @wraps(fit)
    def fit_briefly(self, *arguments, **parameters):
        return fit(self.set_params(max_epochs=1), *arguments, **parameters)

    monkeypatch.setattr(NetworkClassifier, "fit", fit_briefly)
    pyplot.switch_backend("Agg")
    runpy.run_path(str(path), run_name="__main__")
    pyplot.close("all")


def test_there_are_examples():
    assert EXAMPLES


def _of_few(make):
    """Return a maker of the data of six subjects or fewer, with one of each expression."""

    def make_few(n_subjects, n_per_expression=1, **parameters):
        return make(min(n_subjects, 6), 1, **parameters)

    return make_few
