"""Read image files and arrays as grey pixels."""

import os
import stat
from pathlib import Path

import numpy as np

from skfer._typing import Array
from skfer.utils._heif import decode_heif, is_heif
from skfer.utils._image_header import KNOWN_FORMATS, announced_shape, check_whole
from skfer.utils._opencv import cv2
from skfer.utils._pixels import as_pixels

# A small file may announce any size and decode to it; 2**26 pixels take 67 MB, up to five times
# that while they are decoded.
MAX_PIXELS = 2**26
MAX_BYTES = 8 * MAX_PIXELS  # what colours and alpha of 16 bits take

_ASCII_PNM = (b"P1", b"P2", b"P3")
_TIFF = (b"II*\x00", b"MM\x00*")


def as_grey(image):
    """Return the grey pixels of an image array or file.

    Parameters
    ----------
    image : ndarray of shape (height, width), (height, width, 3) or (height, width, 4), or path
        Grey, RGB or RGBA pixels, or an image file to decode. Alpha is ignored.

    Returns
    -------
    grey : ndarray of shape (height, width)
        uint8 for integers, uint16 scaled down; floats keep their range.

    Raises
    ------
    ValueError
        If the file cannot be decoded, or the array is no image.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.utils._images import as_grey
    >>> as_grey(np.full((2, 2, 3), 7, np.uint8)).tolist()
    [[7, 7], [7, 7]]
    """
    if not isinstance(image, np.ndarray):
        return read_image(image)
    image = as_pixels(image)
    if image.ndim == 2:
        return image
    if image.ndim == 3 and image.shape[2] in (3, 4):
        rgb = np.ascontiguousarray(image[:, :, :3])
        if rgb.dtype == np.float64:
            return rgb @ np.array([0.299, 0.587, 0.114])
        return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    raise ValueError(f"An image has shape {image.shape}; expected (height, width) or RGB.")


def read_image(path: str | Path) -> Array:
    """Decode an image file to grey pixels.

    Parameters
    ----------
    path : str or Path
        A BMP, GIF, JPEG, PNG, PBM, PGM, PPM, TIFF or WebP file, or, where pillow-heif is installed
        (the extra ``heif``), HEIC; the content counts, not the extension.

    Returns
    -------
    grey : ndarray of shape (height, width), dtype uint8
        The pixels; an EXIF orientation is applied.

    Raises
    ------
    ValueError
        If the file is missing, unreadable, empty, truncated, no image, or announces more than
        ``MAX_PIXELS``, 2**26 pixels, which is known before it is decoded. The message names the
        file.

    Notes
    -----
    Only PNG has checksums: bytes that were changed within another file give other pixels, not
    an error.

    Examples
    --------
    >>> from skfer.utils._images import read_image
    >>> read_image("nowhere.png")
    Traceback (most recent call last):
    ...
    ValueError: Cannot read image 'nowhere.png': No such file or directory.
    """
    try:
        return _decode(_read_bytes(path))
    except (OSError, ValueError, ImportError, cv2.error) as error:
        problem = getattr(error, "strerror", None) or getattr(error, "err", None) or error
        raise ValueError(f"Cannot read image '{path}': {str(problem).rstrip('.')}.") from error


def to_uint8(pixels):
    """Return pixels as uint8; other types than uint8 are stretched to the full range."""
    if pixels.dtype == np.uint8:
        return pixels
    return cv2.normalize(pixels, None, 0, 255, cv2.NORM_MINMAX, cv2.CV_8U)


def scale_image(image, scale, enlarge=cv2.INTER_LINEAR):
    """Resize an image by a factor; pixels are averaged where it shrinks."""
    height, width = (max(1, round(scale * side)) for side in image.shape[:2])
    interpolation = cv2.INTER_AREA if scale < 1 else enlarge
    return cv2.resize(image, (width, height), interpolation=interpolation)


def _read_bytes(path):
    status = os.stat(path)
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        raise ValueError("not a regular file")  # to open a pipe would wait for ever
    if status.st_size > MAX_BYTES:
        raise ValueError(f"the file has {status.st_size / 1e6:.0f} MB")
    with open(path, "rb") as file:  # not cv2.imread: it cannot open non-ASCII paths everywhere
        return file.read(status.st_size)  # to read on in /proc, of size 0, may wait for ever


def _decode(data):
    if not data:
        raise ValueError("the file is empty")
    if is_heif(data):
        return as_grey(decode_heif(data, _check_size))
    shape = announced_shape(data)
    if shape is None:
        raise ValueError(f"not an image of a known format ({KNOWN_FORMATS})")
    _check_size(*shape[::-1])
    check_whole(data)
    if data.startswith(_ASCII_PNM):
        data += b"\n"  # OpenCV reads on after the last number
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        bits = ", or its pixels have more than 16 bits" if data.startswith(_TIFF) else ""
        raise ValueError(f"the image is damaged or truncated{bits}")
    return grey


def _check_size(width, height):
    if height * width > MAX_PIXELS:
        raise ValueError(
            f"it announces {width} x {height} pixels, more than the limit of "
            f"{MAX_PIXELS / 1e6:.0f} megapixels; make it smaller"
        )
