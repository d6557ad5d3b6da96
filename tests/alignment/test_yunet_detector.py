import os

import numpy as np
import pytest

from skfer.alignment import EyeLocator, YuNetFaceDetector
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2
from tests.eye_errors import relative_error

MODEL = os.environ.get("SKFER_YUNET")


class Network:
    """Stands for OpenCV's network, since skfer ships no weights; records what it is asked."""

    def __init__(self, rows):
        self.rows = rows

    def setInputSize(self, size):
        self.size = size

    def setScoreThreshold(self, threshold):
        self.threshold = threshold

    def detect(self, picture):
        assert picture.shape == (*self.size[::-1], 3)
        return 1, self.rows


@pytest.fixture
def network(monkeypatch):
    row = [10, 20, 30, 40, 15, 25, 30, 25, 22, 30, 17, 40, 28, 40, 0.9]
    network = Network(np.array([row], np.float32))
    monkeypatch.setattr("skfer.alignment._yunet_detector._load_network", lambda file: network)
    return network


def test_results_are_in_pixels_of_the_picture(network):
    detector = YuNetFaceDetector("any.onnx", score_threshold=0.7, max_side=100)
    boxes, scores, points = detector.detect(np.zeros((300, 400), np.uint8))
    assert network.size == (100, 75)
    assert network.threshold == 0.7
    np.testing.assert_allclose(boxes, [[40, 80, 120, 160]])
    np.testing.assert_allclose(scores, [0.9], rtol=1e-6)
    np.testing.assert_allclose(points[0, :2], [[61.5, 101.5], [121.5, 101.5]])


def test_small_picture_is_not_enlarged(network):
    YuNetFaceDetector("any.onnx").detect(np.zeros((48, 40), np.uint8))
    assert network.size == (40, 48)


def test_no_face(network):
    network.rows = None
    boxes, scores, points = YuNetFaceDetector("any.onnx").detect(np.zeros((48, 48), np.uint8))
    assert (boxes.shape, scores.shape, points.shape) == ((0, 4), (0,), (0, 5, 2))


def test_what_is_wrong_is_named(tmp_path):
    picture = np.zeros((48, 48), np.uint8)
    with pytest.raises(ValueError, match="no YuNet network at 'nowhere.onnx'"):
        YuNetFaceDetector("nowhere.onnx").detect(picture)
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ValueError, match="cannot read .*text.onnx"):
        YuNetFaceDetector(tmp_path / "text.onnx").detect(picture)
    with pytest.raises(ValueError, match="score_threshold"):
        YuNetFaceDetector("a.onnx", score_threshold=2).detect(picture)


@pytest.mark.skipif(MODEL is None, reason="SKFER_YUNET names no ONNX file of YuNet")
def test_real_network():
    data = make_faces(3, 1, expressions=("neutral",), image_size=(200, 200), random_state=0)
    faces = EyeLocator(detector=YuNetFaceDetector(MODEL)).fit_transform(data.images)
    assert relative_error(faces["eyes"], data.faces["eyes"]).max() < 0.1
    found = YuNetFaceDetector(MODEL).detect(cv2.resize(data.images[0], (3000, 3000)))
    assert len(found.boxes) == 1
