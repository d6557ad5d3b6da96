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
    make_faces = skfer.datasets.make_faces

    def make_few_faces(n_subjects, n_per_expression=2, **parameters):
        return make_faces(min(n_subjects, 6), 1, **parameters)

    monkeypatch.setattr(skfer.datasets, "make_faces", make_few_faces)
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
