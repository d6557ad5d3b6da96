"""Frames of videos, whole and broken, with their times."""

import struct

import numpy as np
import pytest

from skfer.utils._edit_list import is_fragmented, is_trimmed
from skfer.utils._opencv import cv2
from skfer.utils._video import (
    _number_frames,
    count_frames,
    is_video,
    read_frames,
    read_video,
    read_video_frames,
)
from tests.video_files import write_video


@pytest.fixture
def times():
    return np.cumsum(np.random.default_rng(0).integers(1, 300, 25)) - 1


@pytest.fixture
def pictures():
    """Frames that tell their number by their brightness."""
    return [np.full((48, 64, 3), 10 * number, np.uint8) for number in range(25)]


@pytest.fixture
def video(tmp_path, pictures, times):
    path = tmp_path / "varied.mkv"
    write_video(path, pictures, times)
    return path


def number_of(picture):
    return round(picture.mean() / 10)


def test_times_of_a_variable_frame_rate(video, times):
    frames = list(read_frames(video))
    assert [frame.number for frame in frames] == list(range(25))
    assert [number_of(frame.picture) for frame in frames] == list(range(25))
    stamps = np.array([frame.timestamp for frame in frames])
    np.testing.assert_allclose(stamps, (times - times[0]) / 1000, atol=0.0005)


@pytest.mark.parametrize(("every", "start"), [(4, 0), (1, 7), (4, 8), (30, 0)])
def test_some_frames(video, every, start):
    whole = {frame.number: frame for frame in read_frames(video)}
    some = list(read_frames(video, every=every, start=start))
    assert [frame.number for frame in some] == list(range(start, 25, every))
    for frame in some:
        assert frame.timestamp == whole[frame.number].timestamp
        np.testing.assert_array_equal(frame.picture, whole[frame.number].picture)


def test_a_frame_that_cannot_be_decoded_is_not_lost(tmp_path, pictures, times):
    """OpenCV reports it as the end of the video."""
    path = tmp_path / "hole.mkv"
    write_video(path, pictures, times)
    data = bytearray(path.read_bytes())
    starts = [index for index in range(len(data)) if data[index : index + 3] == b"\xff\xd8\xff"]
    data[starts[6] : starts[6] + 400] = bytes(400)
    path.write_bytes(data)
    frames = list(read_frames(path))
    assert [frame.number for frame in frames] == list(range(25))
    assert [frame.number for frame in frames if frame.problem] == [6]
    assert frames[6].timestamp == pytest.approx((times[6] - times[0]) / 1000)
    assert number_of(frames[7].picture) == 7
    levels = [number_of(frame) for frame in read_video(path, 1e9)]
    assert levels == [number for number in range(25) if number != 6]
    assert [number_of(frame) for frame in read_video_frames(path, [2, 7, 9])] == [2, 7, 9]
    for numbers, missing in (([6, 7], 6), ([24, 25], 25), ([30], 30)):
        with pytest.raises(ValueError, match=f"ends before its frame {missing}"):
            read_video_frames(path, numbers)


def test_a_video_that_breaks_off(video, times):
    data = video.read_bytes()
    video.write_bytes(data[: len(data) // 2])
    *frames, last = read_frames(video)
    assert 5 < len(frames) < 20
    assert all(number_of(frame.picture) == frame.number for frame in frames if not frame.problem)
    assert last.number == len(frames)
    assert np.isnan(last.timestamp)
    assert last.problem.startswith(f"the video breaks off: it announces {times[-1] / 1000:.1f}")
    with pytest.raises(ValueError, match=f"Cannot read video '{video}': the video breaks off"):
        read_video(video, 1e9)


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_a_short_video_that_breaks_off(tmp_path, suffix):
    path = tmp_path / f"short{suffix}"
    pictures = list(np.random.default_rng(0).integers(0, 256, (30, 96, 96, 3), np.uint8))
    if suffix == ".mkv":
        write_video(path, pictures)
    else:
        write_with_opencv(path, "MJPG", pictures, 25)
    assert [frame.problem for frame in read_frames(path)] == [""] * 30
    data = path.read_bytes()
    path.write_bytes(data[: int(0.35 * len(data))])
    *frames, last = read_frames(path)
    assert 5 < len(frames) < 15
    assert last.problem.startswith("the video breaks off: it announces 1.2 seconds")


def test_an_avi_of_which_one_frame_is_left(tmp_path, pictures):
    path = tmp_path / "one.avi"
    write_with_opencv(path, "MJPG", pictures, 25)
    data = path.read_bytes()
    first = data.index(b"00dc", data.index(b"movi"))
    path.write_bytes(data[: data.index(b"00dc", first + 4)])
    frame, last = read_frames(path)
    assert number_of(frame.picture) == 0
    assert last.problem.startswith("the video breaks off: it announces 1.0 seconds")


def test_a_fragmented_file_does_not_announce_its_frames(tmp_path, pictures):
    path = tmp_path / "whole.mp4"
    write_with_opencv(path, "mp4v", pictures, 25)
    assert not is_fragmented(path)
    data = path.read_bytes()
    index = data.index(b"moov") - 4
    size = struct.unpack_from(">I", data, index)[0]
    moov = box(b"moov", data[index + 8 : index + size] + box(b"mvex"))
    path.write_bytes(data[:index] + moov + data[index + size :])
    assert is_fragmented(path)


def test_a_last_frame_that_stays_is_no_loss(tmp_path, pictures):
    path = tmp_path / "stays.mkv"
    write_video(path, pictures)
    data = path.read_bytes()
    length = data.index(b"\x44\x89") + 10
    path.write_bytes(data[:length] + struct.pack(">d", 1600) + data[length + 8 :])
    assert count_frames(path) == 40
    assert [frame.problem for frame in read_frames(path)] == [""] * 25


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("nowhere.mp4", None, "No such file or directory"),
        ("empty.mp4", b"", "the file is empty"),
        ("text.mp4", b"no video at all" * 99, "not a video that OpenCV can decode"),
        ("folder.mp4", "folder", "Is a directory"),
    ],
)
def test_no_video(tmp_path, name, content, problem):
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    (frame,) = read_frames(path)
    assert (frame.number, frame.picture) == (0, None)
    assert frame.problem.startswith(f"Cannot read video '{path}': {problem}")


def write_with_opencv(path, codec, pictures, rate=10):
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), rate, (width, height))
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return bytearray(path.read_bytes())


def test_rotation_of_a_phone_is_applied(tmp_path):
    path = tmp_path / "phone.mp4"
    picture = np.zeros((48, 64, 3), np.uint8)
    picture[:, :32] = 255
    data = write_with_opencv(path, "mp4v", [picture] * 3)
    matrix = data.index(b"tkhd") + 44
    quarter = np.array([0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30], ">i4").tobytes()
    data[matrix : matrix + 36] = quarter
    path.write_bytes(data)
    frames = list(read_frames(path))
    assert frames[0].picture.shape == (64, 48, 3)
    assert frames[0].picture[:20].mean() > 240  # the left half is the upper half now
    assert frames[0].picture[-20:].mean() < 15


@pytest.mark.parametrize("cut", ["head", "tail"])
def test_what_a_phone_has_trimmed_is_not_missed(tmp_path, pictures, cut):
    """The file holds 25 frames and announces as many, but shows 15."""
    path = tmp_path / "phone.mp4"
    data = write_with_opencv(path, "mp4v", pictures)
    assert not is_trimmed(path)
    edit = data.index(b"elst") + 12
    duration, _ = np.frombuffer(data[edit : edit + 8], ">i4")
    unit = data.index(b"mdhd") + 16
    (per_second,) = np.frombuffer(data[unit : unit + 4], ">u4")
    entry = np.array([round(0.6 * duration), per_second if cut == "head" else 0], ">i4")
    data[edit : edit + 8] = entry.tobytes()
    path.write_bytes(data)
    assert is_trimmed(path)
    frames = list(read_frames(path))
    begin = 10 if cut == "head" else 0
    assert [number_of(frame.picture) for frame in frames] == list(range(begin, begin + 15))
    np.testing.assert_allclose([frame.timestamp for frame in frames], np.arange(15) / 10, atol=5e-4)


def box(kind, content=b""):
    return struct.pack(">I4s", 8 + len(content), kind) + content


@pytest.mark.parametrize(
    "content",
    [
        b"",
        box(b"moov"),
        b"\0\0\0\1moov",
        b"moov" * 9,
        box(b"moov", box(b"mvhd", struct.pack(">4I", 0, 0, 0, 1000)) + box(b"trak")),
    ],
)
def test_no_edit_list(tmp_path, content):
    (tmp_path / "a.mp4").write_bytes(content)
    assert not is_trimmed(tmp_path / "a.mp4")


class FakeCapture:
    """Answers with the times of frames, None for a packet that cannot be decoded."""

    def __init__(self, times):
        self.times = iter(times)

    def grab(self):
        self.time = next(self.times, None)
        return self.time is not None

    def get(self, name):
        return self.time


@pytest.mark.parametrize(
    ("packets", "decoded", "from_first", "frames"),
    [
        ([0, 40, 80], [0, 40, 80], False, [(0, 0), (1, 40), (2, 80)]),
        ([0, 40, 80], [0, None, 80], False, [(0, 0), (1, None), (2, 80)]),
        ([0, 40, 80], [0, 40, None], False, [(0, 0), (1, 40), (2, None)]),
        # A decoder that is one frame late, and does not know the time of the last one.
        ([0, 40, 80], [40, 80, 0], True, [(0, 0), (1, 40), (2, 80)]),
        # Times of something else.
        ([0, 40, 80], [0, 33, 66, 99], False, [(0, 0), (1, 33), (2, 66), (3, 99)]),
        ([], [0, 33], False, [(0, 0), (1, 33)]),
        ([0, 40], [], False, [(0, None), (1, None)]),
    ],
)
def test_numbers_of_frames(packets, decoded, from_first, frames):
    found = _number_frames(FakeCapture(decoded), np.array(packets, float), False, from_first)
    told = [(number, time if decoded else None) for number, time, decoded in found]
    assert told == frames


def test_times_of_a_constant_frame_rate(tmp_path, pictures):
    path = tmp_path / "constant.avi"
    write_with_opencv(path, "MJPG", pictures[:5], 12.5)
    stamps = [frame.timestamp for frame in read_frames(path)]
    np.testing.assert_allclose(stamps, np.arange(5) / 12.5, atol=1e-6)
    assert count_frames(path) == 5


def test_videos_are_told_by_their_suffix():
    assert is_video("a/B.MP4")
    assert not is_video("a/b.png")
    assert not is_video(np.zeros((2, 2)))
