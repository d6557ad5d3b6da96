"""Damaged and hand-made image files through `read_image`."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.attack.attempt import Attempt, allowed_megabytes, judge
from benchmarks.attack.mutations import mutate_bytes
from benchmarks.attack.victim import run_victim
from skfer.utils import read_image
from skfer.utils._image_header import announced_shape
from skfer.utils._images import MAX_PIXELS
from skfer.utils._opencv import cv2

FULL_SIZE = 5000


def prepare(folder):
    """Encode images of every format in several kinds; return the folder and them by name."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (6, 8, 4), np.uint8)
    colour = cv2.resize(coarse, (80, 60), interpolation=cv2.INTER_CUBIC)
    rgba = Image.fromarray(colour)
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    frames = {"save_all": True, "append_images": [grey, grey.rotate(90)]}
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    files = {
        "png-grey": _encode(grey, "PNG"),
        "png-colour": _encode(rgb, "PNG"),
        "png-alpha": _encode(rgba, "PNG"),
        "png-palette": _encode(rgb.quantize(), "PNG"),
        "png-16-bit": _encode(deep, "PNG"),
        "jpeg-grey": _encode(grey, "JPEG"),
        "jpeg-colour": _encode(rgb, "JPEG", quality=95, exif=exif),
        "jpeg-progressive": _encode(rgb, "JPEG", progressive=True),
        "jpeg-optimized": _encode(rgb, "JPEG", quality=10, optimize=True),
        "gif": _encode(rgb, "GIF"),
        "gif-moving": _encode(grey, "GIF", **frames),
        "bmp-grey": _encode(grey, "BMP"),
        "bmp-colour": _encode(rgb, "BMP"),
        "tiff": _encode(rgb, "TIFF"),
        "tiff-lzw": _encode(grey, "TIFF", compression="tiff_lzw"),
        "tiff-deflate": _encode(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "tiff-16-bit": _encode(deep, "TIFF"),
        "tiff-pages": _encode(grey, "TIFF", **frames),
        "webp": _encode(rgb, "WEBP"),
        "webp-lossless": _encode(rgba, "WEBP", lossless=True),
        "webp-exif": _encode(rgb, "WEBP", exif=exif),
        "pgm": _encode(grey, "PPM"),
        "ppm": _encode(rgb, "PPM"),
        "pbm": _encode(grey.convert("1"), "PPM"),
        "pgm-text": b"P2\n# text\n80 60\n255\n"
        + " ".join(map(str, grey.tobytes())).encode()
        + b"\n",
    }
    return Path(folder), files


def attempt(context, number, rng):
    """Read one file: first those made by hand, then damaged ones."""
    folder, files = context
    path = folder / "image"
    if number < len(HAND_MADE):
        what = list(HAND_MADE)[number]
        HAND_MADE[what](path)
        truncated = False
    else:
        name = str(rng.choice(list(files)))
        data, kind = mutate_bytes(files[name], rng)
        if name.startswith("png") and rng.random() < 0.5:
            data, kind = _with_right_checksums(data), f"{kind}, checksums right"
        path.write_bytes(data)
        what = f"{name}: {kind}"
        truncated = kind == "truncated" and name.startswith(("png", "jpeg"))
    try:
        return _read(path, folder, what, truncated)
    finally:
        path.unlink()


def _read(path, folder, what, truncated):
    outcome = run_victim(lambda: read_image(path).shape, folder, seconds=20)
    regular = path.is_file() and not path.is_symlink()
    megabytes = allowed_megabytes(path, _announced_pixels(path)) if regular else 64
    result = judge(what, outcome, allowed=["ValueError"], megabytes=megabytes)
    if result.problem is None and outcome.ending == "returned":
        if truncated:
            return Attempt(what, "returned", "a truncated file was read")
        if np.prod(outcome.value) > MAX_PIXELS:
            return Attempt(what, "returned", f"more pixels than the limit: {outcome.value}")
    return result


def _announced_pixels(path):
    with open(path, "rb") as file:
        height, width = announced_shape(file.read(2**24)) or (0, 0)
    return height * width if height * width <= MAX_PIXELS else 0


def _encode(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _with_right_checksums(data):
    """Compute the checksums of a PNG anew, as far as its chunks can be followed."""
    data, position = bytearray(data), 8
    while position + 12 <= len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4], "big")
        if end + 4 > len(data):
            break
        data[end : end + 4] = zlib.crc32(data[position + 4 : end]).to_bytes(4, "big")
        position = end + 4
    return bytes(data)


def _chunk(name, content=b"", length=None):
    size = struct.pack(">I", len(content) if length is None else length)
    return size + name + content + struct.pack(">I", zlib.crc32(name + content))


def _png(*chunks, width=16, height=16):
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + _chunk(b"IEND")


_IDAT = _chunk(b"IDAT", zlib.compress(bytes(16 * 17)))


def _tiff(*entries):
    content = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + content + bytes(4)


def _many_scans(n_scans):
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 256, (1024, 1024), np.uint8))
    data = _encode(image, "JPEG", progressive=True)
    start = data.rfind(b"\xff\xda")
    return data[:start] + data[start:-2] * n_scans + data[-2:]


def _bytes_of(data):
    return lambda path: path.write_bytes(data() if callable(data) else data)


def _sparse(path):
    with open(path, "wb") as file:
        file.write(_png(_IDAT))
        file.truncate(6 * 2**30)


def _zip_of_zeros(length):
    """Make a text of whole megabytes of zeros; one is compressed and repeated."""
    compressor = zlib.compressobj(9)
    start = compressor.compress(b"") + compressor.flush(zlib.Z_FULL_FLUSH)
    megabyte = compressor.compress(bytes(2**20)) + compressor.flush(zlib.Z_FULL_FLUSH)
    end = b"\3\0" + struct.pack(">HH", length % 65521, 1)  # an empty block, and the checksum
    return _chunk(b"zTXt", b"a\0\0" + start + length // 2**20 * megabyte + end)


HAND_MADE = {
    "empty": _bytes_of(b""),
    "png: IDAT of 2 GB announced": _bytes_of(_png(_chunk(b"IDAT", bytes(8), 0x7FFFFFFF), _IDAT)),
    "png: IDAT of 4 GB announced": _bytes_of(_png(_chunk(b"IDAT", bytes(8), 0xFFFFFFFF), _IDAT)),
    "png: tEXt of 2 GB announced": _bytes_of(_png(_chunk(b"tEXt", bytes(8), 0x7FFFFFFF), _IDAT)),
    "png: eXIf of 1 GB announced": _bytes_of(_png(_IDAT, _chunk(b"eXIf", bytes(8), 0x40000000))),
    "png: zTXt that unpacks to 1 GB": _bytes_of(lambda: _png(_zip_of_zeros(2**30), _IDAT)),
    "png: more pixels than the limit": _bytes_of(_png(_IDAT, width=8193, height=8192)),
    "png: 2**31 pixels wide": _bytes_of(_png(_IDAT, width=2**31 - 1, height=1)),
    "png: second header, larger": _bytes_of(
        _png(_chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 0, 0, 0, 0)), _IDAT)
    ),
    "pgm: comment that ends at CR": _bytes_of(
        lambda: b"P5 #\r9000 9000 255 \n8 8 255\n" + bytes(9000 * 9000)
    ),
    "pbm: comment that ends at CR": _bytes_of(
        lambda: b"P4 #\r30000 30000 \n8 8\n" + bytes(30000 * 3750)
    ),
    "pgm: text of a long number": _bytes_of(b"P2 " + b"9" * 100_000 + b" 1 255\n0\n"),
    "pgm: 16 bits": _bytes_of(b"P5 2 2 65535\n" + bytes(8)),
    "jpeg: 200 scans": _bytes_of(lambda: _many_scans(200)),
    "jpeg: segments without end": _bytes_of(b"\xff\xd8" + b"\xff\xe1\xff\xff" * 50_000),
    "gif: frame larger than the screen": _bytes_of(
        b"GIF89a\x08\0\x08\0\x80\0\0" + bytes(6) + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;"
    ),
    "tiff: strip of 4 GB": _bytes_of(
        _tiff((256, 4, 1, 64), (257, 4, 1, 64), (278, 4, 1, 2**32 - 1), (279, 4, 1, 2**32 - 1))
    ),
    "tiff: directory that leads to itself": _bytes_of(b"II*\0" + struct.pack("<IHI", 8, 0, 8)),
    "tiff: 65535 samples": _bytes_of(
        _tiff((256, 4, 1, 8000), (257, 4, 1, 8000), (277, 3, 1, 65535), (258, 3, 1, 16))
    ),
    "bmp: palette of 4 GB": _bytes_of(
        b"BM" + struct.pack("<IIIIiiHHIIiiII", 70, 0, 54, 40, 8, 8, 1, 8, 0, 64, 1, 1, 2**32 - 1, 0)
        + bytes(64)
    ),
    "webp: canvas larger than the frame": _bytes_of(
        b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff" + bytes(12)
    ),
    "a file of 6 GB": _sparse,
    "a folder": lambda path: path.symlink_to(path.parent),
    "a pipe": os.mkfifo,
    "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
    "a link to a file of /proc without an end": lambda path: path.symlink_to("/proc/self/pagemap"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a page of HTML": _bytes_of(b"<html><script>alert(1)</script></html>"),
    "SVG": _bytes_of(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
}  # fmt: skip
