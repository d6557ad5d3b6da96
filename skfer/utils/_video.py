"""Frames of a video file."""

from contextlib import contextmanager
from pathlib import Path

import numpy as np

from skfer.utils._images import MAX_PIXELS, as_grey
from skfer.utils._opencv import cv2


def count_video_frames(file):
    """Return how many frames a video file announces; none is decoded."""
    with _open_video(file) as video:
        n_frames = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
    if n_frames < 1:
        raise ValueError(f"Cannot read video '{file}': it announces no frames.")
    return n_frames


def read_video_frames(file, numbers):
    """Decode the frames with these numbers, from 0 and increasing, to grey pixels of uint8."""
    frames, position = [], 0
    with _open_video(file) as video:
        for number in numbers:
            # Frame by frame, because a jump lands on a neighbour in some compressed videos.
            while position < number and video.grab():
                position += 1
            done, frame = video.read() if position == number else (False, None)
            if not done:
                raise ValueError(
                    f"Cannot read video '{file}': it is damaged or ends before its frame {number}."
                )
            position += 1
            frames.append(as_grey(frame[:, :, ::-1]))
    return frames


def read_video(file, max_pixels):
    """Decode all frames to grey pixels of uint8, (n_frames, height, width)."""
    frames, n_pixels = [], 0
    with _open_video(file) as video:
        while True:
            done, frame = video.read()
            if not done:
                break
            frames.append(as_grey(frame[:, :, ::-1]))
            n_pixels += frames[-1].size
            if n_pixels > max_pixels:
                raise ValueError(
                    f"Cannot read video '{file}': it has more than {max_pixels:.2g} pixels; cut it "
                    "to the sequence of one expression, or make it smaller."
                )
    if not frames:
        raise ValueError(f"Cannot read video '{file}': it has no frames.")
    return np.stack(frames)


@contextmanager
def _open_video(file):
    if not Path(file).is_file():
        raise ValueError(f"Cannot read video '{file}': no such file.")
    video = cv2.VideoCapture(str(file))
    try:
        if not video.isOpened():
            raise ValueError(f"Cannot read video '{file}': no video, or of an unknown format.")
        width, height = video.get(cv2.CAP_PROP_FRAME_WIDTH), video.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if width * height > MAX_PIXELS:
            raise ValueError(
                f"Cannot read video '{file}': it announces frames of {width:.0f} x {height:.0f} "
                "pixels."
            )
        yield video
    finally:
        video.release()
