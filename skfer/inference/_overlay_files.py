"""Annotated copies of images and videos."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from skfer.inference._overlay import draw_predictions
from skfer.utils._files import atomic_path
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2
from skfer.utils._video import is_video, read_frames

_WRITTEN_AS_THEY_ARE = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_FALLBACK_RATE = 25.0


def overlay_paths(inputs, folder):
    """Return the annotated file of each input: its path below what all inputs have in common."""
    absolute = [os.path.abspath(path) for path in inputs]
    common = os.path.commonpath([os.path.dirname(path) for path in absolute])
    paths = {}
    for path, name in zip(inputs, absolute, strict=True):
        suffix = os.path.splitext(name)[1].lower()
        wanted = (".mp4",) if is_video(name) else _WRITTEN_AS_THEY_ARE
        added = "" if suffix in wanted else ".mp4" if is_video(name) else ".png"
        paths[path] = Path(folder, os.path.relpath(name, common) + added)
    return paths


def write_overlay(path: str | Path, predictions: pd.DataFrame, out: str | Path) -> None:
    """Write an annotated copy of an image or video, with the rows of `predictions` drawn on it.

    Parameters
    ----------
    path : str or Path
        The image or video.
    predictions : DataFrame
        Its rows.
    out : str or Path
        The file to write: for an image of a format that OpenCV writes, such as JPEG or PNG, for a
        video an MP4 file, without sound. An existing one is replaced when the new one is complete.

    Raises
    ------
    ValueError
        If the input cannot be read.
    OSError
        If the file cannot be written.

    Notes
    -----
    OpenCV writes videos of a constant frame rate: the median rate of the frames in `predictions`.
    Where the rate varies, frames are repeated or left out so that each is shown at its time, to
    half a frame. Only frames that have a row are shown, so a prediction of every tenth frame gives
    a video of these.

    Examples
    --------
    >>> from skfer.inference import predict_video, write_overlay
    >>> write_overlay("in.mp4", predict_video(model, "in.mp4"), "out.mp4")  # doctest: +SKIP
    """
    if is_video(path):
        _write_video(path, predictions, out)
        return
    drawn = draw_predictions(_read_colours(path), predictions)
    with atomic_path(out, one_of_many=True) as unfinished:
        unfinished.write_bytes(cv2.imencode(unfinished.suffix, drawn[..., ::-1])[1].tobytes())


def _read_colours(path):
    """Return RGB pixels; those of HEIC are grey."""
    grey = read_image(path)  # with all its checks
    colours = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    return grey if colours is None else colours[..., ::-1]


def _write_video(path, predictions, out):
    times = predictions.groupby("frame")["timestamp"].first().dropna()
    steps = np.diff(np.sort(times))
    rate = 1 / np.median(steps) if len(steps) else _FALLBACK_RATE
    frames = _draw_frames(path, predictions, set(times.index))
    with atomic_path(out) as unfinished:
        writer, n_written = None, 0
        try:
            for drawn, n_shown in _repeat_by_time(frames, rate):
                if writer is None:
                    size = drawn.shape[1::-1]
                    writer = cv2.VideoWriter(
                        str(unfinished), cv2.VideoWriter.fourcc(*"mp4v"), rate, size
                    )
                    if not writer.isOpened():
                        raise OSError(f"OpenCV cannot write a video of {size} to '{out}'.")
                for _ in range(n_shown):
                    writer.write(drawn)
                n_written += n_shown
        finally:
            if writer is not None:
                writer.release()
        if writer is None:
            raise ValueError(f"'{path}' has no frame to draw on.")
        _check_video(unfinished, n_written, out)


def _draw_frames(path, predictions, numbers):
    """Yield time and annotated picture, in OpenCV's order of colours, of each frame with a row."""
    by_frame = predictions.groupby("frame").indices
    for frame in read_frames(path):
        if frame.number in numbers and frame.picture is not None:
            rows = predictions.iloc[by_frame[frame.number]]
            drawn = draw_predictions(frame.picture[..., ::-1], rows)
            yield frame.timestamp, np.ascontiguousarray(drawn[..., ::-1])


def _repeat_by_time(frames, rate):
    """Yield each picture with the number of times it is shown at a constant rate."""
    start, shown, waiting = None, 0, None
    for time, picture in frames:
        start = time if start is None else start
        if waiting is not None:
            due = round((time - start) * rate)  # slots that are over when this frame begins
            yield waiting, max(0, due - shown)
            shown = max(shown, due)
        waiting = picture
    if waiting is not None:
        yield waiting, 1


def _check_video(path, n_written, out):
    """Refuse a file that lacks frames: OpenCV does not say so when the disk is full."""
    capture = cv2.VideoCapture(str(path))
    n_frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    if n_frames != n_written:
        raise OSError(f"'{out}' could not be written whole. Is the disk full?")
