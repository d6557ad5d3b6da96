import numpy as np
import pytest
from safetensors.numpy import save_file
from sklearn.exceptions import NotFittedError

from benchmarks.landmark_data import face_box
from skfer.alignment import SupervisedDescent, load_landmark_model, save_landmark_model
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2
from tests.eye_errors import relative_error


@pytest.fixture(scope="module")
def data():
    return make_faces(10, 1, expressions=("happy", "fear"), random_state=0)


@pytest.fixture(scope="module")
def model(data):
    points = data.landmarks[:, ::8]
    return SupervisedDescent(n_stages=2, n_perturbations=4, random_state=0).fit(data.images, points)


def test_a_saved_model_predicts_the_same(model, data, tmp_path):
    file = tmp_path / "model.safetensors"
    with pytest.raises(NotFittedError):
        save_landmark_model(SupervisedDescent(), file, ["a", "b"])
    with pytest.raises(ValueError, match="2 names for 9 points"):
        save_landmark_model(model, file, ["a", "b"])
    save_landmark_model(model, file, "abcdefghi")
    loaded = load_landmark_model(file)
    assert loaded.point_names_ == list("abcdefghi")
    # Half precision: a hundredth of a pixel.
    np.testing.assert_allclose(loaded.predict(data.images), model.predict(data.images), atol=0.02)


def test_the_shipped_model_finds_the_eyes_of_drawn_faces_which_it_has_never_seen(data):
    pictures = [
        cv2.copyMakeBorder(cv2.resize(image, None, fx=2, fy=2), 32, 32, 32, 32, 1)
        for image in data.images
    ]
    boxes = np.array([face_box(picture) for picture in pictures])
    eyes = load_landmark_model().predict(pictures, boxes)[:, :2]
    truth = (data.faces["eyes"] + 0.5) * 2 - 0.5 + 32
    assert np.mean(relative_error(eyes, truth) < 0.1) >= 0.9


def test_what_is_not_a_model_is_refused(tmp_path):
    file = tmp_path / "model.safetensors"
    with pytest.raises(FileNotFoundError, match="There is no file"):
        load_landmark_model(file)
    file.write_bytes(b"something else")
    with pytest.raises(ValueError, match="is not a landmark model"):
        load_landmark_model(file)
    save_file({"weights": np.zeros(3)}, file, {"format": "another"})
    with pytest.raises(ValueError, match="in the format 'skfer landmark model 1'"):
        load_landmark_model(file)
