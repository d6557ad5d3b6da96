import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.utils import _images, read_image
from skfer.utils._images import as_grey
from skfer.utils._opencv import cv2

FUZZ = settings(max_examples=50, deadline=None, derandomize=True, database=None)


@pytest.fixture
def picture():
    y, x = np.mgrid[:60, :80]
    return ((x * 3 + y) % 256).astype(np.uint8)


def write(path, image):
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tiff"])
def test_lossless_files_come_back(tmp_path, picture, suffix):
    np.testing.assert_array_equal(read_image(write(tmp_path / f"ä{suffix}", picture)), picture)


def test_alpha_and_colour_become_grey(tmp_path, picture):
    colour = np.dstack([picture] * 4)
    np.testing.assert_array_equal(read_image(write(tmp_path / "a.png", colour)), picture)


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\nIEND"])
def test_what_is_no_image_is_named(tmp_path, content):
    path = tmp_path / "face.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"face\.png'"):
        read_image(path)


def test_folder_is_named(tmp_path):
    (tmp_path / "x.png").mkdir()
    with pytest.raises(ValueError, match=r"x\.png': Is a directory"):
        read_image(tmp_path / "x.png")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "x.png")
    with pytest.raises(ValueError, match=r"x\.png': not a regular file"):
        read_image(tmp_path / "x.png")


def test_unreadable_file_is_named(tmp_path, monkeypatch):
    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", path)

    (tmp_path / "x.png").touch()
    monkeypatch.setattr(_images, "open", refuse, raising=False)
    with pytest.raises(ValueError, match=r"x\.png': Permission denied"):
        read_image(tmp_path / "x.png")


def test_oversized_file_is_not_read(tmp_path, monkeypatch):
    with open(tmp_path / "x.png", "wb") as file:
        file.truncate(10**12)  # takes no space
    with pytest.raises(ValueError, match=r"x\.png': the file has 1000000 MB"):
        read_image(tmp_path / "x.png")


@pytest.mark.parametrize("path", ["a\0.png", "\udcff.png"])
def test_strange_path_is_named(path):
    with pytest.raises(ValueError, match="Cannot read image"):
        read_image(path)


@pytest.mark.parametrize("suffix", [".bmp", ".jpg", ".png", ".tiff", ".webp"])
@FUZZ
@given(data=st.data())
def test_damaged_files_give_pixels_or_a_named_error(tmp_path_factory, suffix, data):
    y, x = np.mgrid[:24, :32]
    content = bytearray(cv2.imencode(suffix, (x * 8 + y).astype(np.uint8))[1].tobytes())
    position = st.integers(0, len(content) - 1) | st.integers(0, 64)
    for place, byte in data.draw(
        st.lists(st.tuples(position, st.integers(0, 255)), min_size=1, max_size=8)
    ):
        content[min(place, len(content) - 1)] = byte
    content = content[: data.draw(st.just(len(content)) | position)]
    path = tmp_path_factory.getbasetemp() / f"damaged{suffix}"
    path.write_bytes(content)
    try:
        grey = read_image(path)
    except ValueError as error:
        assert f"damaged{suffix}'" in str(error)
    else:
        assert grey.dtype == np.uint8
        assert grey.ndim == 2
        assert grey.size <= _images.MAX_PIXELS


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_rgb_weights_are_those_of_luma(dtype):
    red = np.zeros((2, 2, 3), dtype)
    red[..., 0] = 100
    assert as_grey(red).dtype == dtype
    np.testing.assert_allclose(as_grey(red), 29.9, atol=0.5)


def test_sixteen_bits_become_eight():
    assert as_grey(np.full((2, 2), 0xFFFF, np.uint16)).tolist() == [[255, 255], [255, 255]]


def test_strange_shapes_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2, 2, 2\)"):
        as_grey(np.zeros((2, 2, 2), np.uint8))
