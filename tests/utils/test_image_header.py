import struct
import zlib

import numpy as np
import pytest

from skfer.utils import _images, read_image
from skfer.utils._image_header import announced_shape
from skfer.utils._opencv import cv2

HUGE = 20_000


def encode(suffix, height=60, width=80, colour=True, parameters=()):
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.imencode(suffix, pixels if colour else pixels[:, :, 0], parameters)[1].tobytes()


def jpeg(height, width):
    start = encode(".jpg")
    frame = start.index(b"\xff\xc0")
    return start[: frame + 5] + struct.pack(">HH", height, width) + start[frame + 9 :]


def png(height, width):
    data = encode(".png")
    header = b"IHDR" + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]


def bmp(height, width):
    data = encode(".bmp")
    return data[:18] + struct.pack("<ii", width, -height) + data[26:]


def gif(height, width):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\xf0\x00\x00"


def webp(height, width):
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return b"RIFF\x00\x01\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + sides


def pgm(height, width):
    return b"P5\n# a comment 1 1\n%d %d\n255\n" % (width, height)


def tiff(height, width, extra=(), order="<"):
    entries = [(256, 4, 1, width), (257, 4, 1, height), *extra]
    return (
        {"<": b"II*\x00", ">": b"MM\x00*"}[order]
        + struct.pack(order + "IH", 8, len(entries))
        + b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    )


BUILDERS = {"bmp": bmp, "gif": gif, "jpg": jpeg, "pgm": pgm, "png": png, "tiff": tiff, "webp": webp}


@pytest.mark.parametrize(
    ("suffix", "parameters"),
    [(suffix, ()) for suffix in (".bmp", ".gif", ".jpg", ".pbm", ".pgm", ".png", ".ppm", ".tiff")]
    + [
        (".jpg", (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)),
        (".webp", (cv2.IMWRITE_WEBP_QUALITY, 50)),
        (".webp", (cv2.IMWRITE_WEBP_QUALITY, 101)),
    ],
)
def test_announced_shape_is_the_decoded_one(suffix, parameters, tmp_path):
    if suffix == ".gif" and not cv2.haveImageWriter("a.gif"):
        pytest.skip("this OpenCV knows no GIF")
    data = encode(suffix, colour=suffix not in (".pbm", ".pgm"), parameters=parameters)
    assert announced_shape(data) == (60, 80)
    (tmp_path / "misnamed.png").write_bytes(data)  # the content decides, not the extension
    assert read_image(tmp_path / "misnamed.png").shape == (60, 80)


@pytest.mark.parametrize("name", BUILDERS)
def test_huge_images_are_refused_undecoded(name, tmp_path, monkeypatch):
    path = tmp_path / f"bömb.{name}"
    path.write_bytes(BUILDERS[name](HUGE, HUGE + 1))
    monkeypatch.setattr(_images.cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(
        ValueError, match=rf"bömb\.{name}': it announces 20001 x 20000 .* 67 megapixels"
    ):
        read_image(path)


@pytest.mark.parametrize("name", BUILDERS)
def test_a_header_cut_anywhere_is_no_crash(name):
    data = BUILDERS[name](60, 80)[:80]
    assert {announced_shape(data[:length]) for length in range(len(data))} <= {None, (60, 80)}


def test_a_flat_image_that_is_too_large_never_reaches_the_decoder(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(encode(".png"))
    monkeypatch.setattr(_images, "MAX_PIXELS", 60 * 80 - 1)
    with pytest.raises(ValueError, match=r"a\.png': it announces 80 x 60 pixels"):
        read_image(tmp_path / "a.png")
    monkeypatch.setattr(_images, "MAX_PIXELS", 60 * 80)
    assert read_image(tmp_path / "a.png").shape == (60, 80)


def test_huge_tiles_of_a_small_tiff():
    tiles = [(322, 4, 1, HUGE), (323, 3, 1, 16)]
    assert announced_shape(tiff(8, 8, tiles)) == (16, HUGE)
    assert announced_shape(tiff(8, 9, order=">")) == (8, 9)


def test_jpeg_filling_and_thumbnails_are_skipped():
    data = jpeg(60, 80)
    thumbnail = b"\xff\xe1" + struct.pack(">H", 2 + len(jpeg(9, 9))) + jpeg(9, 9)
    assert announced_shape(data[:2] + thumbnail + b"\xff\xff" + data[2:]) == (60, 80)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"RIFF1234WAVE", b"P5 x", b"text"])
def test_other_content_has_no_shape(data):
    assert announced_shape(data) is None
