"""Pictures as users bring them, each with its outcome."""

import numpy as np
import pytest
from joblib import Memory
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline

from skfer.alignment import (
    Detections,
    EyeLocator,
    FaceAligner,
    FaceDetector,
    HaarFaceDetector,
    SupervisedDescent,
    drop_missing,
    load_landmark_model,
    save_landmark_model,
)
from skfer.alignment._detection import rank_faces
from skfer.alignment._eye_cascades import mean_eyes_in_box
from skfer.alignment._eye_search import box_around_eyes, search_eyes
from skfer.faces import make_face_array, with_fields
from skfer.utils._opencv import cv2
from tests.eye_errors import relative_error


def locate(image, **parameters):
    locator = EyeLocator(on_missing="skip", **parameters)
    return locator.fit_transform([image])[0], locator.missing_["problem"].tolist()


@pytest.mark.parametrize(
    "change",
    [
        lambda image: np.dstack([image] * 3 + [np.zeros_like(image)]),
        lambda image: image.astype(np.uint16) * 257,
        lambda image: image.astype(np.float64) * 40 - 3000,
        lambda image: image.astype(np.float32) / 1e6,
        lambda image: image[:, :, None].repeat(3, axis=2),
    ],
    ids=["alpha", "16-bit", "float64 out of range", "tiny float32", "colour"],
)
def test_same_face_in_other_pixels(image, truth, change):
    found, problems = locate(change(image))
    assert problems == []
    assert relative_error(found["eyes"], truth) < 0.1
    assert 0.2 < found["confidence"] <= 1


def test_upside_down(image):
    """Haar may see a face in it; its eyes are missing or less sure."""
    upright, _ = locate(image)
    found, _ = locate(image[::-1])
    assert found["confidence"] < 0.5
    assert found["confidence"] < upright["confidence"]


def test_half_a_face(image, truth):
    found, _ = locate(image[:, : round(truth[:, 0].mean())])
    assert found["confidence"] < 0.5


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1)])
def test_hardly_a_picture(shape):
    found, problems = locate(np.full(shape, 7, np.uint8))
    assert np.isnan(found["eyes"]).all()
    assert problems == ["no face found"]


@pytest.mark.parametrize(("choose", "left"), [("largest", False), ("central", True)])
def test_one_of_several_faces(image, choose, left):
    picture = np.full((200, 420), 128, np.uint8)
    picture[40:168, 120:248] = image
    picture[10:200, 225:415] = cv2.resize(image, (190, 190))
    found, problems = locate(picture, choose=choose, detector=HaarFaceDetector(many=True))
    assert problems == []
    assert (found["eyes"][:, 0].mean() < 225) == left


def test_several_faces_where_one_is_asked_for(image):
    picture = np.hstack([image, image[:, ::-1]])
    found, problems = locate(picture, choose="only")
    assert problems == ["2 faces found"]
    assert np.isnan(found["eyes"]).all()


def test_rank_of_faces():
    boxes = np.array([[0, 0, 20, 20], [45, 45, 10, 10], [70, 0, 30, 30]])
    scores = np.array([9, 1, 2])
    for by, first in (("score", 0), ("largest", 2), ("central", 1)):
        assert rank_faces(boxes, scores, (100, 100), by)[0] == first


class StubDetector:
    """Answers with what it was given, as a user's own detector would."""

    def __init__(self, *answer):
        self.answer = answer

    def detect(self, image):
        return self.answer


def test_detector_of_the_user(image, truth):
    box = box_around_eyes(truth)[None]
    detector = StubDetector(box, np.ones(1))
    assert isinstance(detector, FaceDetector)
    found, _ = locate(image, detector=detector)
    assert relative_error(found["eyes"], truth) < 0.1


def test_points_of_the_detector_lead(image, truth):
    elsewhere = np.array([[0.0, 0.0, 9.0, 9.0]])
    detector = StubDetector(*Detections(elsewhere, np.ones(1), truth[None]))
    found, _ = locate(image, detector=detector)
    assert relative_error(found["eyes"], truth) < 0.1


def test_landmarks_where_no_face_is_are_not_trusted():
    noise = np.random.default_rng(0).integers(0, 255, (128, 128)).astype(np.uint8)
    box = np.array([[20.0, 20.0, 90.0, 90.0]])
    found = search_eyes(noise, [StubDetector(box, np.ones(1))], load_landmark_model())
    assert found.problem == "no plausible eyes in the face"
    assert found.confidence == 0
    assert np.isnan(found.landmarks).all()
    np.testing.assert_array_equal(found.eyes, mean_eyes_in_box(box[0]))


def test_cascades_help_where_the_box_is_wrong(image, truth, monkeypatch):
    """Landmarks from the first box are distrusted; those around the eyes of the cascades count."""
    boxes = []

    def find(grey, box, model):
        boxes.append(box)
        return truth, 0.9 if len(boxes) == 2 else 0.0

    monkeypatch.setattr("skfer.alignment._eye_search.find_landmarks", find)
    found = search_eyes(image, [HaarFaceDetector()], load_landmark_model())
    assert len(boxes) == 2
    assert found.confidence == 0.9
    np.testing.assert_array_equal(found.eyes, truth)


def test_confidence_falls_with_distance_from_the_face(image, truth):
    model = load_landmark_model()
    right = box_around_eyes(truth)
    boxes = np.stack([right, right + (0.8 * right[2], 0.5 * right[2], 0, 0)])
    _, confidence = model.predict([image, image], boxes, return_confidence=True)
    assert confidence[1] < 0.3 < confidence[0]


def test_landmarks_ride_along(image):
    faces = EyeLocator(landmarks=True).fit_transform([image])
    assert faces["landmarks"].shape == (1, 32, 2)
    np.testing.assert_array_equal(faces["landmarks"][:, :2], faces["eyes"])
    aligned = FaceAligner().fit_transform(faces)
    np.testing.assert_allclose(aligned["landmarks"][:, :2], aligned["eyes"])


def test_landmarks_of_another_model_give_way(image):
    faces = with_fields(make_face_array([image]), landmarks=np.zeros((1, 5, 2)))
    assert EyeLocator(landmarks=True).fit_transform(faces)["landmarks"].shape == (1, 32, 2)


def test_given_eyes_are_certain_and_found_ones_keep_their_confidence(image, truth):
    located = EyeLocator().fit_transform(make_face_array([image, image], [truth, truth * np.nan]))
    assert located["confidence"][0] == 1
    assert 0 < located["confidence"][1] < 1
    again = EyeLocator().fit_transform(located)
    np.testing.assert_array_equal(again["confidence"], located["confidence"])


def test_drop_missing(image):
    images = [np.zeros((48, 48), np.uint8), image]
    faces = EyeLocator(on_missing="skip").fit_transform(images)
    (kept, y), dropped = drop_missing(faces, ["sad", "happy"])
    assert (len(kept), y.tolist(), dropped.tolist()) == (1, ["happy"], [0])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        drop_missing(faces, ["sad"])


def test_model_from_a_file_or_frozen(image, tmp_path):
    model = load_landmark_model()
    save_landmark_model(model, tmp_path / "points.safetensors", model.point_names_)
    shipped = EyeLocator().fit_transform([image])["eyes"]
    for given in (tmp_path / "points.safetensors", FrozenEstimator(model)):
        locator = clone(EyeLocator(landmark_model=given))
        np.testing.assert_allclose(locator.fit_transform([image])["eyes"], shipped, atol=0.05)


def test_unfitted_model_is_refused_with_advice(image):
    locator = EyeLocator(landmark_model=SupervisedDescent())
    with pytest.raises(ValueError, match="not fitted.*FrozenEstimator"):
        locator.fit_transform([image])


def test_cached_in_a_pipeline(image, tmp_path, monkeypatch):
    locator, aligner = EyeLocator(on_missing="skip"), FaceAligner(crop=None, rotate=False)
    pipeline = make_pipeline(locator, aligner, memory=Memory(tmp_path, verbose=0))
    images = make_face_array([image, np.zeros_like(image)])
    first = pipeline.fit_transform(images)
    monkeypatch.setattr("skfer.alignment._eye_locator._search", None)  # a second search would fail
    again = clone(pipeline)
    np.testing.assert_array_equal(again.fit_transform(images)["image"], first["image"])
    assert again[0].missing_["sample"].tolist() == [1]


def test_a_face_without_eyes_gives_way_to_the_next(image, truth):
    picture = np.full((128, 256), 128, np.uint8)
    picture[:, 128:] = image
    boxes = np.stack([[0.0, 0.0, 100.0, 100.0], box_around_eyes(truth + (128, 0))])
    found, problems = locate(picture, detector=StubDetector(boxes, np.array([9.0, 1.0])))
    assert problems == []
    assert relative_error(found["eyes"], truth + (128, 0)) < 0.1
