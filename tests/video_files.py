"""Videos with times of one's own: Motion JPEG in Matroska, written by hand."""

import struct

import numpy as np

from skfer.utils._opencv import cv2

__all__ = ["write_video"]


def write_video(path, pictures, times=None):
    """Write pictures, grey or BGR, that are shown at whole milliseconds; 25 a second by default.

    The suffix does not matter to FFmpeg, which looks at the content.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    rate = b""
    if times is None:
        times = range(0, 40 * len(pictures), 40)
        rate = _number(0x23E383, 40_000_000)  # else FFmpeg guesses it, and so how many frames
    height, width = pictures[0].shape[:2]
    head = _element(
        0x1A45DFA3,
        _element(0x4282, b"matroska") + _number(0x4287, 4) + _number(0x4285, 2),
    )
    times = [int(time) for time in times]
    duration = _element(0x4489, struct.pack(">d", times[-1] + 40))
    info = _element(0x1549A966, _number(0x2AD7B1, 1_000_000) + duration)
    size = _element(0xE0, _number(0xB0, width) + _number(0xBA, height))
    kind = _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1) + _element(0x86, b"V_MJPEG")
    tracks = _element(0x1654AE6B, _element(0xAE, kind + rate + size))
    clusters = b"".join(
        _element(0x1F43B675, _number(0xE7, time) + _element(0xA3, b"\x81\0\0\x80" + _jpeg(picture)))
        for picture, time in zip(pictures, times, strict=True)
    )
    path.write_bytes(head + _element(0x18538067, info + tracks + clusters))
    return path


def _jpeg(picture):
    return cv2.imencode(".jpg", np.asarray(picture), [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def _element(name, content):
    name = name.to_bytes((name.bit_length() + 7) // 8, "big")
    return name + (len(content) | 1 << 56).to_bytes(8, "big") + content


def _number(name, value):
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))
