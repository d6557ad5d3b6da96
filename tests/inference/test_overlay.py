"""Annotated pictures and videos: their size, their time, and what is drawn."""

import numpy as np
import pandas as pd
import pytest

from skfer.inference import draw_predictions, write_overlay
from skfer.inference._overlay_files import _repeat_by_time, overlay_paths
from skfer.utils._opencv import cv2
from skfer.utils._video import read_frames
from tests.prediction_files import write_picture
from tests.video_files import write_video


def rows(frames=(0,), *, times=None, success=1, box=(60, 30, 80, 90), face=0, eyes=True):
    times = [frame / 25 for frame in frames] if times is None else times
    table = pd.DataFrame({"input": "x", "frame": list(frames), "timestamp": times})
    table = table.assign(face=face, success=success, expression="fr\u00f6h")
    for name, value in zip(("x", "y", "width", "height"), box, strict=True):
        table[f"box_{name}"] = float(value)
    places = {"left_eye_x": 85, "left_eye_y": 60, "right_eye_x": 115, "right_eye_y": 60}
    table = table.assign(**(places if eyes else dict.fromkeys(places, np.nan)))
    return table.assign(proba_sad=0.25, **{"proba_fr\u00f6h": 0.75}, problem="")


@pytest.mark.parametrize("shape", [(240, 320), (240, 320, 3), (240, 320, 4), (20, 30), (1500, 900)])
def test_size_stays_and_the_original_too(shape):
    image = np.full(shape, 50, np.uint8)
    drawn = draw_predictions(image, rows())
    assert drawn.shape == (*shape[:2], 3)
    assert drawn.dtype == np.uint8
    assert (image == 50).all()
    assert (drawn != 50).any()


def test_only_faces_are_drawn():
    image = np.full((240, 320), 50, np.uint8)
    assert (draw_predictions(image, rows(success=0)) == 50).all()
    drawn = draw_predictions(image, rows())
    assert (drawn[30, 140] != 50).any()  # a corner of the box
    assert (drawn[60, 85] != 50).any()  # an eye
    without = draw_predictions(image, rows(eyes=False))
    assert (without[60, 85] == 50).all()


def test_bars_are_as_long_as_the_probabilities():
    drawn = draw_predictions(np.zeros((480, 640), np.uint8), rows()).astype(int)
    colour = drawn[30, 100]  # of the box
    bars = (np.abs(drawn - colour).sum(axis=2) == 0)[:, 205:]
    lengths = sorted({length for length in bars.sum(axis=1) if length > 4})
    assert len(lengths) == 2
    assert lengths[1] / lengths[0] == pytest.approx(3, rel=0.15)


@pytest.mark.parametrize("box", [(280, 30, 80, 90), (-40, -40, 80, 90), (-50, -50, 900, 900)])
def test_boxes_beyond_the_picture(box):
    drawn = draw_predictions(np.full((240, 320), 50, np.uint8), rows(box=box))
    assert drawn.shape == (240, 320, 3)


def test_faces_differ_in_colour():
    image = np.zeros((240, 320), np.uint8)
    first, second = (draw_predictions(image, rows(face=face))[30, 100] for face in (0, 1))
    assert (first != second).any()


def test_predictions_without_probabilities():
    table = rows().drop(columns=["proba_sad", "proba_fr\u00f6h"])
    assert draw_predictions(np.zeros((240, 320), np.uint8), table).any()


@pytest.mark.parametrize("suffix", [".JPG", ".png"])
def test_a_picture_keeps_size_and_colours(tmp_path, suffix):
    pixels = np.full((240, 320, 3), (10, 60, 200), np.uint8)
    path, out = write_picture(tmp_path / f"a{suffix}", pixels), tmp_path / f"deep/out{suffix}"
    write_overlay(path, rows(), out)
    drawn = cv2.imread(str(out)).astype(int)
    assert drawn.shape == pixels.shape
    assert np.abs(drawn[200:, 200:] - (10, 60, 200)).max() < 6
    assert np.abs(drawn[30, 60:140] - (10, 60, 200)).max() > 50


def test_a_video_keeps_size_frames_and_time(tmp_path):
    path = write_video(
        tmp_path / "a.mp4", [np.full((240, 320), n * 5, np.uint8) for n in range(30)]
    )
    write_overlay(path, rows(range(30)), tmp_path / "out.mp4")
    frames, originals = (list(read_frames(tmp_path / name)) for name in ("out.mp4", "a.mp4"))
    assert [frame.number for frame in frames] == [frame.number for frame in originals]
    assert [f.timestamp for f in frames] == pytest.approx(
        [f.timestamp for f in originals], abs=1e-3
    )
    assert {frame.picture.shape for frame in frames} == {(240, 320, 3)}
    for frame, original in zip(frames, originals, strict=True):
        corner = (slice(200, None), slice(200, None))
        assert abs(frame.picture[corner].mean() - original.picture[corner].mean()) < 4
        assert (
            np.abs(frame.picture[30, 60:140].astype(int) - original.picture[30, 60:140]).max() > 50
        )


def test_frames_without_a_row_are_left_out(tmp_path):
    path = write_video(
        tmp_path / "a.mp4", [np.full((240, 320), n * 5, np.uint8) for n in range(30)]
    )
    write_overlay(path, rows(range(0, 30, 10)), tmp_path / "out.mp4")
    frames = list(read_frames(tmp_path / "out.mp4"))
    assert [frame.timestamp for frame in frames] == pytest.approx([0, 0.4, 0.8], abs=1e-3)


def test_a_variable_rate_is_kept_by_repeating():
    times = [0, 0.1, 0.2, 0.5, 0.52, 0.6, 0.9]
    frames = zip(times, "abcdefg", strict=True)
    shown = [name for name, n in _repeat_by_time(frames, 10) for _ in range(n)]
    assert "".join(shown) == "abcccefffg"
    for name, time in zip("abcefg", [0, 0.1, 0.2, 0.52, 0.6, 0.9], strict=True):
        assert abs(shown.index(name) / 10 - time) <= 0.05


def test_nothing_to_draw_on(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no video")
    with pytest.raises(ValueError, match="no frame"):
        write_overlay(path, rows(), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_a_video_that_lacks_frames_is_refused(tmp_path, monkeypatch):
    path = write_video(tmp_path / "a.mp4", [np.zeros((240, 320), np.uint8)] * 5)
    writer = cv2.VideoWriter

    class Forgetful:  # as OpenCV's on a full disk, which says nothing
        def __init__(self, *arguments):
            self.writer, self.left = writer(*arguments), 3
            self.isOpened, self.release = self.writer.isOpened, self.writer.release

        fourcc = staticmethod(writer.fourcc)

        def write(self, picture):
            self.left -= 1
            if self.left >= 0:
                self.writer.write(picture)

    monkeypatch.setattr(cv2, "VideoWriter", Forgetful)
    with pytest.raises(OSError, match="disk full"):
        write_overlay(path, rows(range(5)), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_each_input_has_a_file_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs = ["in/a.png", "in/a.jpg", "in/b/a.png", "in/c.avi", "in/c.mp4", "in/d.HEIC", "in/e.gif"]
    names = [str(path) for path in overlay_paths(inputs, "out").values()]
    assert names == [
        "out/a.png", "out/a.jpg", "out/b/a.png", "out/c.avi.mp4", "out/c.mp4", "out/d.HEIC.png",
        "out/e.gif.png",
    ]  # fmt: skip
