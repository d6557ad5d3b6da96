"""HEIC pictures, read by pillow-heif where it is installed."""

from io import BytesIO

import numpy as np

from skfer.utils._optional import require

_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")


def is_heif(data):
    """Tell a HEIC file by its first box."""
    return data[4:8] == b"ftyp" and data[8:12] in _BRANDS


def decode_heif(data, check_size):
    """Return the upright pixels of a HEIC file, after ``check_size(width, height)``."""
    pillow_heif = require("pillow_heif", extra="heif", needed_by="A HEIC picture")
    try:
        picture = pillow_heif.open_heif(BytesIO(data))
        check_size(*picture.size)
        return np.asarray(picture)
    except (EOFError, IndexError, RuntimeError, SyntaxError) as error:
        raise ValueError(f"the image is damaged or truncated ({error})") from error
