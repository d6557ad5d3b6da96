import pytest

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces


@pytest.fixture(scope="module")
def data():
    X, y, subjects = make_faces(6, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    return FaceAligner((24, 24), margin=0.125).fit_transform(X), y, subjects
