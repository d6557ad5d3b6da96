import numpy as np
import pytest

from skfer.utils import as_grey, read_image
from skfer.utils._opencv import cv2


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


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.99])
def test_truncated_files_are_named(tmp_path, picture, suffix, kept):
    path = write(tmp_path / f"cut{suffix}", picture)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(ValueError, match=f"cut{suffix}': the file is truncated"):
        read_image(path)


@pytest.mark.parametrize("content", [b"", b"no image at all", b"\x89PNG\r\n\x1a\nIEND"])
def test_what_is_no_image_is_named(tmp_path, content):
    path = tmp_path / "face.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"face\.png'"):
        read_image(path)


def test_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match="Is a directory"):
        read_image(tmp_path)


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
