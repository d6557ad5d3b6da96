"""Examples of the documentation on few faces and for one epoch."""

from functools import wraps

import pytest

import skfer.datasets
from skfer.classifiers import NetworkClassifier

__all__ = ["shorten"]


def shorten(monkeypatch, n_subjects=6):
    """Make `make_faces` draw few faces, networks train for one epoch, and figures stay hidden."""
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("Agg")
    monkeypatch.setattr(pyplot, "show", lambda: pyplot.close("all"))
    for name in ("make_faces", "make_face_sequences"):
        monkeypatch.setattr(skfer.datasets, name, _draw_few(name, n_subjects))
    monkeypatch.setattr(NetworkClassifier, "fit", _fit_briefly)


def _draw_few(name, most):
    draw = getattr(skfer.datasets, name)

    @wraps(draw)
    def draw_few(n_subjects=most, n_per_expression=1, **parameters):
        return draw(min(n_subjects, most), 1, **parameters)

    return draw_few


_fit = NetworkClassifier.fit


@wraps(_fit)
def _fit_briefly(self, *arguments, **parameters):
    return _fit(self.set_params(max_epochs=1), *arguments, **parameters)
