import importlib

import pytest

from benchmarks import collection, evaluation_cost


@pytest.fixture
def here(monkeypatch):
    """Have benchmarks measure here what they measure in a process that imports all of skfer."""

    def measure(module, call):
        return eval(call, vars(importlib.import_module(module)))

    for benchmark in (collection, evaluation_cost):
        monkeypatch.setattr(benchmark, "in_a_process", measure)
