import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor
from skfer.pipelines import make_svm_pipeline
from skfer.utils._opencv import cv2
from tests.prediction_files import write_picture


@pytest.fixture(scope="session")
def data():
    return make_faces(6, 1, expressions=("happy", "sad"), image_size=(128, 128), random_state=0)


@pytest.fixture(scope="session")
def model(data):
    """A pipeline for photographs, fitted on known eyes so that nothing is searched."""
    return make_svm_pipeline("hog").fit(data.faces, data.target)


@pytest.fixture(scope="session")
def crops(data):
    return np.stack([cv2.resize(image, (48, 48)) for image in data.images])


@pytest.fixture(scope="session")
def crops_model(data, crops):
    return make_pipeline(HOGDescriptor(), LogisticRegression()).fit(crops, data.target)


@pytest.fixture(scope="session")
def photographs(data):
    """Photographs of one face each, larger than the face."""
    return [paste(data.images[index], (80 + 10 * index, 40)) for index in (1, 2, 3)]


@pytest.fixture(scope="session")
def paths(photographs, tmp_path_factory):
    """The files of the photographs."""
    folder = tmp_path_factory.mktemp("photographs")
    return [
        str(write_picture(folder / f"{number}.png", photograph))
        for number, photograph in enumerate(photographs)
    ]


def paste(face, *places, shape=(240, 320)):
    """Return a grey picture with a face, its upper left corner (x, y) at each of the places."""
    picture = np.full(shape, 128, np.uint8)
    for x, y in places:
        picture[y : y + len(face), x : x + len(face)] = face
    return picture
