"""The parts of `data`, where a module or folder has such a fixture."""

import pytest


@pytest.fixture
def X(data):
    return data[0]


@pytest.fixture
def y(data):
    return data[1]


@pytest.fixture
def subjects(data):
    return data[2]
