"""Rows of images: what is in them, and in which order."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skfer.faces import make_face_array
from skfer.inference import predict_images, stream_predictions
from skfer.utils._opencv import cv2
from tests.image_files import write_image
from tests.inference.conftest import paste


def test_rows_equal_those_of_the_model(model, paths):
    table = predict_images(model, paths)
    assert table["input"].tolist() == paths
    assert table["success"].tolist() == [1, 1, 1]
    assert table["face"].tolist() == [0, 0, 0]
    assert table["expression"].tolist() == model.predict(paths).tolist()
    proba = table[["proba_happy", "proba_sad"]].to_numpy()
    np.testing.assert_allclose(proba, model.predict_proba(paths), atol=1e-12)
    eyes = model["locate"].transform(paths)["eyes"].reshape(-1, 4)
    found = table[["left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y"]]
    np.testing.assert_allclose(found, eyes, atol=0.006)
    assert (table["frame"] == 0).all()
    assert table["timestamp"].isna().all()


def test_colour_is_seen_as_in_a_photograph(model, photographs, tmp_path):
    grey = photographs[0]
    # With red and blue exchanged this would be a negative.
    rgb = np.dstack([grey, np.full_like(grey, 90), 255 - grey])
    cv2.imwrite(str(tmp_path / "colour.png"), rgb[:, :, ::-1])
    table = predict_images(model, [tmp_path / "colour.png", rgb])
    assert table["success"].tolist() == [1, 1]
    boxes = table[["box_x", "box_y", "box_width", "box_height"]].to_numpy()
    np.testing.assert_allclose(boxes[0], boxes[1], atol=2)


def test_what_cannot_be_read_is_a_row(model, photographs, tmp_path):
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("no image")
    write_image(tmp_path / "whole.png", shape=(60, 60))
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:-20])
    names = ["folder.jpg", "empty.jpg", "text.jpg", "cut.png", "nowhere.png", "whole.png"]
    table = predict_images(model, [tmp_path / name for name in names] + [photographs[0]])
    assert table["success"].tolist() == [0] * 6 + [1]
    assert table["face"].isna().tolist() == [True] * 6 + [False]
    for problem, words in zip(
        table["problem"],
        ["directory", "empty", "known format", "truncated", "No such file", "no face found", ""],
        strict=True,
    ):
        assert words in problem
    values = table.drop(columns=["input", "problem", "frame", "success", "face", "confidence"])
    assert values.iloc[:6].isna().all(axis=None)
    assert table.loc[6, "input"] == "6"


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.zeros((0, 5, 3), np.uint8), "no pixels"),
        (np.full((40, 40), np.nan), "NaN"),
        (np.zeros((4, 4, 7)), "expected .height, width. or RGB"),
        (np.full((20, 20), -5), "between 0 and 255"),
        (np.zeros((1, 1), np.uint8), "no face found"),
    ],
)
def test_what_is_no_picture_is_a_row(model, image, words):
    table = predict_images(model, [image])
    assert table["success"].tolist() == [0]
    assert table["problem"].str.contains(words).all()


def test_two_faces(model, data):
    small = cv2.resize(data.images[1], (100, 100))
    picture = paste(data.images[3], (180, 60), shape=(240, 320))
    picture[60:160, 30:130] = small
    everyone = predict_images(model, [picture], faces="all")
    assert everyone["face"].tolist() == [0, 1]
    assert everyone["box_width"].is_monotonic_decreasing
    assert (everyone["left_eye_x"] > 160).tolist() == [True, False]
    assert (everyone["box_x"] + everyone["box_width"] / 2 > 160).tolist() == [True, False]


def test_orientation_of_a_photograph(model, photographs, tmp_path):
    turned = np.rot90(photographs[0]).copy()
    data = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()
    # Orientation 6: to be turned a quarter clockwise.
    exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "turned.jpg").write_bytes(data[:2] + segment + data[2:])
    table = predict_images(model, [tmp_path / "turned.jpg", photographs[0]])
    assert table["success"].tolist() == [1, 1]
    boxes = table[["box_x", "box_y", "box_width", "box_height"]].to_numpy()
    np.testing.assert_allclose(boxes[0], boxes[1], atol=3)


def test_threads_change_nothing(model, paths, photographs):
    images = [*paths, "nowhere.png", np.zeros((60, 60), np.uint8), *photographs]
    one, two = (predict_images(model, images, batch_size=3, n_jobs=n) for n in (1, 2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_known_eyes_are_kept(model, data):
    faces = make_face_array([data.images[6]], [data.faces["eyes"][6]])
    table = predict_images(model, faces)
    assert table["confidence"].tolist() == [1]
    assert table.loc[0, "left_eye_x"] == pytest.approx(data.faces["eyes"][6, 0, 0], abs=0.006)


def test_eyes_that_the_aligner_refuses_are_a_row(model, data):
    faces = make_face_array(list(data.images[:2]), data.faces["eyes"][:2] + [[[500, 0]], [[0, 0]]])
    table = predict_images(model, faces)
    assert table["success"].tolist() == [0, 1]
    assert "outside the picture" in table.loc[0, "problem"]


def test_no_images(model):
    table = predict_images(model, [])
    assert len(table) == 0
    assert list(table.columns)[-4:] == ["expression", "proba_happy", "proba_sad", "problem"]


def test_progress(model, photographs, capsys):
    predict_images(model, photographs[:1], verbose=1)
    assert "1/1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"faces": "some"}, "faces='some'; expected 'largest' or 'all'"),
        ({"every": 0}, "every=0; expected a whole number"),
        ({"batch_size": 1.5}, "batch_size=1.5; expected a whole number"),
        ({"inputs": "one.png"}, "inputs is a single picture or path"),
        ({"inputs": np.zeros((9, 9))}, "inputs is a single picture or path"),
    ],
)
def test_wrong_parameters_are_refused_at_once(model, parameters, words):
    with pytest.raises(ValueError, match=words):
        stream_predictions(model, **{"inputs": [], **parameters})


def test_a_model_must_be_fitted(model):
    with pytest.raises(NotFittedError):
        predict_images(clone(model), [])
