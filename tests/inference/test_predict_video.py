"""Rows of videos: faces that come and go, resuming, and how much is held at a time."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest

from skfer.alignment import Detections
from skfer.inference import (
    _prediction_stream,
    predict_images,
    predict_video,
    stream_predictions,
    stream_video,
)
from skfer.utils._opencv import cv2
from skfer.utils._video import VideoFrame
from tests.inference.conftest import paste
from tests.video_files import write_video

N_FRAMES = 14


@pytest.fixture(scope="module")
def times():
    return np.cumsum(np.random.default_rng(1).integers(5, 60, N_FRAMES))


@pytest.fixture(scope="module")
def video(tmp_path_factory, data, times):
    """A face that moves to the right, is away in frames 4 and 5, and comes back."""
    pictures = [
        paste(data.images[1], (60 + 3 * number, 40)) if number not in (4, 5) else paste([])
        for number in range(N_FRAMES)
    ]
    path = tmp_path_factory.mktemp("videos") / "face.mkv"
    write_video(path, pictures, times)
    return path


@pytest.fixture(scope="module")
def whole(model, video):
    return predict_video(model, video)


def test_one_row_for_each_frame(whole, video, times):
    assert whole["input"].unique().tolist() == [str(video)]
    assert whole["frame"].tolist() == list(range(N_FRAMES))
    np.testing.assert_allclose(whole["timestamp"], (times - times[0]) / 1000, atol=0.0005)
    seen = [number not in (4, 5) for number in range(N_FRAMES)]
    assert whole["success"].astype(bool).tolist() == seen
    assert whole["problem"].eq("").tolist() == seen
    assert whole.loc[4, "problem"] == "no face found"
    assert whole.loc[seen, "face"].tolist() == [0] * (N_FRAMES - 2)
    assert whole["face"].isna().sum() == 2
    assert whole.loc[seen, "box_x"].is_monotonic_increasing


def test_frames_are_seen_as_photographs(model, whole, video, tmp_path):
    capture = cv2.VideoCapture(str(video))
    cv2.imwrite(str(tmp_path / "0.png"), capture.read()[1])
    photograph = predict_images(model, [tmp_path / "0.png"])
    assert photograph.loc[0, "expression"] == whole.loc[0, "expression"]
    columns = ["box_x", "box_y", "left_eye_x", "right_eye_y"]
    np.testing.assert_allclose(
        photograph.loc[0, columns].astype(float), whole.loc[0, columns].astype(float), atol=1
    )


def test_colours_are_not_exchanged(model, data, tmp_path):
    grey = paste(data.images[1], (60, 40))
    # Blue, green, red; with red and blue exchanged this would be a negative.
    write_video(tmp_path / "c.mkv", [np.dstack([255 - grey, np.full_like(grey, 90), grey])], [0])
    assert predict_video(model, tmp_path / "c.mkv")["success"].tolist() == [1]


@pytest.fixture(scope="module")
def in_batches(model, video):
    return pd.concat(stream_video(model, video, batch_size=4), ignore_index=True)


@pytest.mark.parametrize("n_done", [1, 3, 4, 5, 8, 12, N_FRAMES])
def test_going_on_equals_no_interruption(model, video, in_batches, n_done, tmp_path):
    """The rows that were written come from a file, as they do after an interruption."""
    in_batches.head(n_done).to_csv(tmp_path / "rows.csv", index=False)
    done = pd.read_csv(tmp_path / "rows.csv")
    rest = list(stream_video(model, video, batch_size=4, done=done))
    again = pd.concat([in_batches.head(n_done), *rest], ignore_index=True)
    pd.testing.assert_frame_equal(again, in_batches)


def test_no_rows_done_is_the_whole(model, video, whole):
    tables = stream_video(model, video, done=whole.head(0))
    pd.testing.assert_frame_equal(pd.concat(tables, ignore_index=True), whole)


def test_each_third_frame(model, video, whole):
    table = predict_video(model, video, every=3)
    assert table["frame"].tolist() == list(range(0, N_FRAMES, 3))
    columns = ["timestamp", "success", "box_x"]
    expected = whole.loc[table["frame"], columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(table[columns], expected)
    rest = pd.concat(stream_video(model, video, every=3, batch_size=2, done=table.head(3)))
    assert rest["frame"].tolist() == [9, 12]


def test_threads_change_nothing(model, video, whole):
    two = predict_video(model, video, n_jobs=2)
    pd.testing.assert_frame_equal(two, whole, check_exact=True)


class StubDetector:
    """Finds faces at fixed places, without a search."""

    def __init__(self, *boxes):
        self.boxes = np.reshape(boxes, (-1, 4)).astype(float)

    def detect(self, image):
        return Detections(self.boxes, np.ones(len(self.boxes)))


def with_detector(model, detector):
    model = deepcopy(model)
    model["locate"].set_params(detector=detector)
    return model


def test_ids_of_two_faces_persist(model, data, tmp_path):
    left, right = (10, 40), (170, 40)
    pictures = [
        paste(data.images[1], *places) for places in ([left, right], [right], [left], [left, right])
    ]
    write_video(tmp_path / "two.mkv", pictures, [0, 40, 80, 120])
    model = with_detector(model, StubDetector([10, 44, 120, 120], [174, 44, 120, 120]))
    table = predict_video(model, tmp_path / "two.mkv", faces="all")
    found = table[table["success"] == 1]
    assert found["frame"].tolist() == [0, 0, 1, 2, 3, 3]
    sides = np.where(found["box_x"] < 100, "left", "right").tolist()
    of_face = dict(zip(found["face"], sides, strict=True))
    assert sorted(of_face.values()) == ["left", "right"]
    assert [of_face[face] for face in found["face"]] == sides


def test_a_video_that_breaks_off(model, tmp_path):
    path = tmp_path / "cut.mkv"
    write_video(path, [np.zeros((240, 320), np.uint8)] * 4, [0, 500, 1000, 5000])
    path.write_bytes(path.read_bytes()[:-300])
    table = predict_video(with_detector(model, StubDetector()), path)
    assert table["success"].eq(0).all()
    assert "breaks off" in table["problem"].iloc[-1]
    assert np.isnan(table["timestamp"].iloc[-1])


def test_inputs_keep_their_order(model, video, whole, photographs):
    inputs = [photographs[0], photographs[1], video, "nowhere.mp4", photographs[2]]
    tables = list(stream_predictions(model, inputs, n_jobs=2))
    assert [table["input"].unique().tolist() for table in tables] == [
        ["0", "1"],
        [str(video)],
        ["nowhere.mp4"],
        ["4"],
    ]
    pd.testing.assert_frame_equal(tables[1], whole)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_few_frames_are_in_memory(model, monkeypatch, n_jobs):
    """Counted: frames that were read, less those whose rows have been given out."""
    n_read = 0

    def endless(path, *, every, start):
        nonlocal n_read
        for number in range(start, 10**9, every):
            n_read += 1
            yield VideoFrame(number, number / 25, np.zeros((60, 80, 3), np.uint8))

    monkeypatch.setattr(_prediction_stream, "read_frames", endless)
    n_given = 0
    model = with_detector(model, StubDetector())
    stream = stream_video(model, "endless.mp4", batch_size=5, n_jobs=n_jobs)
    for _ in range(6):
        n_given += len(next(stream))
        assert n_read - n_given <= 4 * n_jobs
    stream.close()


def test_few_images_are_in_memory(model):
    n_read = 0

    def endless():
        nonlocal n_read
        while True:
            n_read += 1
            yield np.zeros((60, 80), np.uint8)

    model = with_detector(model, StubDetector())
    stream = stream_predictions(model, endless(), batch_size=5, n_jobs=2)
    for n_batches in range(1, 5):
        assert len(next(stream)) == 5
        assert n_read - 5 * n_batches <= 8 + 1  # one more is looked at, whether it is a video
    stream.close()
