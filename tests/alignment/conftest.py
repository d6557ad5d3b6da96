import pytest

from skfer.datasets import make_faces


@pytest.fixture(scope="module")
def face():
    """A picture with one face, and its eyes."""
    faces = make_faces(1, 1, expressions=("neutral",), image_size=(128, 128), random_state=0).faces
    return faces["image"][0], faces["eyes"][0]


@pytest.fixture
def image(face):
    return face[0]


@pytest.fixture
def truth(face):
    return face[1]
