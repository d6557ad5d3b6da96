"""Files that end too early, too late or nowhere, or say more of themselves than they hold."""

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.utils import _images, read_image
from skfer.utils._image_header import MAX_SCANS, announced_shape
from skfer.utils._opencv import cv2

FUZZ = settings(max_examples=60, deadline=None, derandomize=True, database=None)
PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
RESTARTS = (cv2.IMWRITE_JPEG_RST_INTERVAL, 2)


def encode(suffix, parameters=()):
    pixels = np.random.default_rng(0).integers(0, 256, (40, 48, 3), np.uint8)
    return cv2.imencode(suffix, pixels, parameters)[1].tobytes()


def read(folder, data):
    path = folder / "x.png"
    path.write_bytes(data)
    return read_image(path)


@pytest.fixture
def undecoded(monkeypatch):
    monkeypatch.setattr(_images.cv2, "imdecode", lambda *_: pytest.fail("decoded"))


def chunk(kind, content, length=None):
    length = struct.pack(">I", len(content) if length is None else length)
    return length + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize("length", [20, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("kind", [b"IDAT", b"tEXt", b"IEND"])
def test_a_png_chunk_that_reaches_beyond_the_file_costs_no_memory(
    tmp_path, undecoded, kind, length
):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0))
    end = chunk(b"IEND", b"") if kind != b"IEND" else b""
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(kind, b"", length) + end
    with pytest.raises(ValueError, match="the file is truncated"):
        read(tmp_path, data)


@pytest.mark.parametrize(
    ("suffix", "parameters"),
    [(".png", ()), (".jpg", ()), (".jpg", PROGRESSIVE), (".jpg", RESTARTS)],
)
def test_every_cut_of_a_file_is_refused_undecoded(undecoded, suffix, parameters):
    data = encode(suffix, parameters)
    for length in range(len(data)):
        with pytest.raises(ValueError, match="truncated|known format|empty"):
            _images._decode(data[:length])


@FUZZ
@given(st.integers(0, 2**32 - 1), st.sampled_from([(), PROGRESSIVE, RESTARTS]))
def test_motion_photos_are_read(tmp_path_factory, seed, parameters):
    folder = tmp_path_factory.getbasetemp()
    video = b"\0\0\0\x18ftypmp42" + np.random.default_rng(seed).bytes(1_000) + b"\xff\xda\xff\xd8"
    data = encode(".jpg", parameters)
    np.testing.assert_array_equal(read(folder, data + video), read(folder, data))


def test_a_jpeg_of_hundreds_of_scans_is_refused_undecoded(tmp_path, undecoded):
    data = encode(".jpg", PROGRESSIVE)
    last = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(ValueError, match=f"more than {MAX_SCANS} scans"):
        read(tmp_path, data[:-2] + MAX_SCANS * last + data[-2:])


def test_the_comment_of_a_pnm_ends_where_opencv_ends_it(tmp_path, undecoded):
    with pytest.raises(ValueError, match="announces 9000 x 9000 pixels"):
        read(tmp_path, b"P5 #\r9000 9000 255 \n8 8 255\n" + bytes(64))


gaps = st.lists(st.sampled_from(["#", " ", "\r", "\n", "\t", "7", "x"]), max_size=6).map("".join)


@FUZZ
@given(gaps, gaps)
def test_a_pnm_has_the_size_that_it_announces(first, second):
    data = f"P5{first}8{second}9 255\n".encode() + bytes(20_000)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    announced = announced_shape(data)
    assert announced is None or decoded is None or announced == decoded.shape


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        (b"P1 2 1\n0 1", [[255, 0]]),
        (b"P2 2 1 255\n7 200", [[7, 200]]),
        (b"P3 1 1 255\n90 90 90", [[90]]),
    ],
)
def test_text_needs_no_newline_at_its_end(tmp_path, text, pixels):
    assert read(tmp_path, text).tolist() == pixels
    assert read(tmp_path, text + b"\n").tolist() == pixels


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc here")
def test_files_of_the_kernel_are_not_read(tmp_path, monkeypatch):
    (tmp_path / "x.png").symlink_to("/proc/self/status")
    with pytest.raises(ValueError, match=r"x\.png': the file is empty\."):
        read_image(tmp_path / "x.png")


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_a_tiff_of_32_bits_is_not_called_damaged_alone(tmp_path, dtype):
    data = cv2.imencode(".tiff", np.zeros((8, 8), dtype))[1].tobytes()
    with pytest.raises(ValueError, match="or its pixels have more than 16 bits"):
        read(tmp_path, data)


def test_heic_says_what_it_needs(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    message = r"x\.png': A HEIC picture needs .*'\.\[heif\]' in the skfer repository\.$"
    with pytest.raises(ValueError, match=message):
        read(tmp_path, b"\0\0\0\x1cftypheic" + bytes(16))


@pytest.fixture
def heic(tmp_path):
    pillow_heif = pytest.importorskip("pillow_heif")
    from PIL import Image

    y, x = np.mgrid[:60, :80]
    pixels = (x * 2 + y).astype(np.uint8)
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(tmp_path / "x.heic", quality=95)
    return (tmp_path / "x.heic").read_bytes(), pixels


def test_heic_is_read(tmp_path, heic):
    data, pixels = heic
    np.testing.assert_allclose(read(tmp_path, data), pixels, atol=2)


def test_a_damaged_heic_gives_pixels_or_a_named_error(tmp_path, heic):
    rng = np.random.default_rng(0)
    for _ in range(200):
        data = bytearray(heic[0][: rng.integers(12, 2 * len(heic[0]))])
        data[rng.integers(len(data))] = rng.integers(256)
        try:
            assert read(tmp_path, data).size <= _images.MAX_PIXELS
        except ValueError as error:
            assert "x.png'" in str(error)
