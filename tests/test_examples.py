"""The examples run to their end, on few faces and for one epoch; `make docs` runs them whole."""

import runpy
from pathlib import Path

import pytest

from tests.short_runs import shorten

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("plot_*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path, monkeypatch):
    shorten(monkeypatch)
    runpy.run_path(str(path), run_name="__main__")
    pytest.importorskip("matplotlib.pyplot").close("all")


def test_there_are_examples():
    assert EXAMPLES
