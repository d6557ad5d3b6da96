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


@pytest.fixture(scope="session")
def model_file(tmp_path_factory):
    from tests.prediction_files import write_model

    return write_model(tmp_path_factory.mktemp("model") / "face.skfer")
