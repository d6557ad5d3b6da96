"""The frames of a video, each with its number and its presentation time."""

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skfer.faces import VIDEO_SUFFIXES
from skfer.utils._edit_list import is_fragmented, is_trimmed
from skfer.utils._images import MAX_PIXELS
from skfer.utils._opencv import cv2

_SAME = 0.5  # milliseconds within which two times are those of one frame
# It knows no times of presentation, only of decoding: with frames that refer to later ones, OpenCV
# counts from the delay of the decoder.
_AVI = b"RIFF"
# These announce how many frames there are, unless they are in fragments. Others announce how long
# the file is, and the sound or the last frame may stay for longer than the others.
_COUNTS_FRAMES = (_AVI, b"ftyp")
_MAX_SECONDS_MISSING = 1.0


class VideoFrame(NamedTuple):
    """One frame.

    Attributes
    ----------
    number : int
        From 0, in the order of presentation.
    timestamp : float
        Seconds from the first frame; NaN where unknown.
    picture : ndarray of shape (height, width, 3), dtype uint8, or None
        Pixels in the order blue, green, red.
    problem : str
        Why there is no picture.
    """

    number: int
    timestamp: float
    picture: np.ndarray | None
    problem: str = ""

    def grey(self):
        """Return the grey pixels, (height, width), or None without a picture."""
        return None if self.picture is None else cv2.cvtColor(self.picture, cv2.COLOR_BGR2GRAY)


def is_video(path):
    """Tell by the suffix whether a path is that of a video."""
    return isinstance(path, str | os.PathLike) and str(path).lower().endswith(VIDEO_SUFFIXES)


def read_frames(path, *, every=1, start=0):
    """Yield each `every`-th frame from the one of number `start` on.

    What the file holds but OpenCV cannot decode comes as a frame without a picture, and so does
    the end of a file that announces more. Frames that are passed over are not converted to pixels.
    """
    start_of_file, problem = _read_start(path)
    if problem:
        yield VideoFrame(0, np.nan, None, str(_unreadable(path, problem)))
        return
    times, trimmed = _packet_times(path), is_trimmed(path)
    capture = _open(path)
    n_frames, time = 0, 0.0
    frames = _number_frames(capture, times, trimmed, start_of_file.startswith(_AVI))
    try:
        for number, time, decoded in frames:
            n_frames = number + 1
            if number < start or number % every:
                continue
            ok, picture = capture.retrieve() if decoded else (False, None)
            problem = "" if ok else "the frame cannot be decoded"
            yield VideoFrame(number, round(time / 1000, 6), picture, problem)
        if not trimmed:
            longest = np.diff(times, prepend=0).max(initial=0) / 1000
            known = any(name in start_of_file for name in _COUNTS_FRAMES)
            counts_frames = known and not is_fragmented(path)
            problem = _find_missing_end(capture, n_frames, time / 1000, longest, counts_frames)
    finally:
        capture.release()
    if problem and n_frames >= start:
        yield VideoFrame(n_frames, np.nan, None, problem)


def check_video(path):
    """Refuse a file that cannot be opened as a video; nothing is decoded."""
    _, problem = _read_start(path)
    if problem:
        raise _unreadable(path, problem)


def count_frames(path):
    """Return how many frames a video announces; 0 if it cannot be opened."""
    capture = _open(path)
    n_frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    return max(0, int(n_frames))


def count_video_frames(path):
    """Return how many frames a video announces; ValueError if it cannot be opened."""
    check_video(path)
    n_frames = count_frames(path)
    if n_frames < 1:
        raise _unreadable(path, "it announces no frames")
    return n_frames


def read_video(path, max_pixels):
    """Decode all frames to grey pixels of uint8, (n_frames, height, width).

    Frames within the video that cannot be decoded are left out.
    """
    frames, n_pixels = [], 0
    for frame in read_frames(path):
        _check_goes_on(path, frame)
        if frame.picture is None:
            continue
        frames.append(frame.grey())
        n_pixels += frames[-1].size
        if n_pixels > max_pixels:
            raise _unreadable(
                path,
                f"it has more than {max_pixels:.2g} pixels; cut it to the sequence of one "
                "expression, or make it smaller",
            )
    if not frames:
        raise _unreadable(path, "it has no frames")
    return np.stack(frames)


def read_video_frames(path, numbers):
    """Decode the frames with these numbers, from 0 and increasing, to grey pixels of uint8."""
    numbers, pictures = list(numbers), {}
    for frame in read_frames(path, start=numbers[0]):
        _check_goes_on(path, frame)
        if frame.picture is not None and frame.number in numbers:
            pictures[frame.number] = frame.grey()
        if frame.number >= numbers[-1]:
            break
    missing = [number for number in numbers if number not in pictures]
    if missing:
        raise _unreadable(path, f"it is damaged or ends before its frame {missing[0]}")
    return [pictures[number] for number in numbers]


def _check_goes_on(path, frame):
    """Refuse a video that cannot be opened or breaks off; such a frame has no time."""
    if frame.problem.startswith("Cannot read"):
        raise ValueError(frame.problem)
    if np.isnan(frame.timestamp):
        raise _unreadable(path, frame.problem)


def _unreadable(path, problem):
    return ValueError(f"Cannot read video '{path}': {problem}.")


def _read_start(path):
    """Return the first bytes of a file, and what is wrong with it."""
    try:
        with open(path, "rb") as file:
            start = file.read(8)
    except OSError as error:
        return b"", error.strerror
    if not start:
        return start, "the file is empty"
    capture = _open(path)
    opened = capture.isOpened()
    width, height = (
        int(capture.get(side)) for side in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
    )
    capture.release()
    if not opened:
        return start, "not a video that OpenCV can decode, or damaged or cut off"
    if width * height > MAX_PIXELS:
        return start, f"it announces frames of {width} x {height} pixels"
    return start, ""


def _open(path):
    # Absolute, since FFmpeg takes what is before a colon for a protocol.
    return cv2.VideoCapture(str(Path(path).absolute()), cv2.CAP_FFMPEG)


def _packet_times(path):
    """Return the times in milliseconds at which the packets of a video are to be shown, sorted.

    Nothing is decoded for it.
    """
    capture = _open(path)
    times = []
    if capture.set(cv2.CAP_PROP_FORMAT, -1):
        while capture.grab():
            times.append(capture.get(cv2.CAP_PROP_POS_MSEC))
    capture.release()
    return np.unique(np.round(times, 3))


def _number_frames(capture, times, trimmed, from_first):
    """Yield number, time and whether it was decoded of each frame that the packets tell of.

    They do not in a video that is trimmed, whose packets are more than its frames.
    """
    n_packets, times = len(times), times[:0] if trimmed else times
    number, first, before, n_failures = 0, None, -1.0, 0
    # After a packet that cannot be decoded OpenCV goes on, if it is asked again.
    while n_failures <= max(0, n_packets - number):
        if not capture.grab():
            n_failures += 1
            continue
        n_failures = 0
        time = capture.get(cv2.CAP_PROP_POS_MSEC)
        first = time if first is None and from_first else first or 0
        time -= first
        if time <= before:  # the decoder does not know it
            time = float(times[number]) if number < len(times) else before
        here = max(number, int(np.searchsorted(times, time - _SAME)))
        if here >= len(times) or times[here] > time + _SAME:
            here, times = number, times[:0]  # they are times of something else
        yield from ((lost, float(times[lost]), False) for lost in range(number, here))
        yield here, time, True
        number, before = here + 1, time
    yield from ((lost, float(times[lost]), False) for lost in range(number, len(times)))


def _find_missing_end(capture, n_frames, last, longest, counts_frames):
    """Tell what is missing, if the file announces that it is longer than its frames.

    The last frame, at `last` seconds, may stay as long as the `longest` of the others. A share of
    the length, of a second at most, is no loss: small if the file announces its frames, half if it
    announces its length.
    """
    if n_frames == 0:
        return "the video has no frames"
    n_announced, rate = (capture.get(name) for name in (cv2.CAP_PROP_FRAME_COUNT, cv2.CAP_PROP_FPS))
    seconds = n_announced / rate if rate > 0 else 0
    share = 0.1 if counts_frames else 0.5
    tolerance = max(min(_MAX_SECONDS_MISSING, share * seconds), 2 * longest)
    if n_frames == 1 and not counts_frames:  # nothing tells how long it stays
        tolerance = _MAX_SECONDS_MISSING
    if n_announced <= n_frames or seconds - last < tolerance:
        return ""
    return f"the video breaks off: it announces {seconds:.1f} seconds, and ends after {last:.1f}"
