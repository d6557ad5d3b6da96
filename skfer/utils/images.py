"""Read one image file or array as grey pixels."""

from pathlib import Path

import numpy as np

from skfer.utils._opencv import cv2

__all__ = ["as_grey", "read_image"]

_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND\xaeB`\x82"


def as_grey(image):
    """Return the grey pixels of an image array or file.

    Parameters
    ----------
    image : ndarray of shape (height, width), (height, width, 3) or (height, width, 4), or path
        Grey, RGB or RGBA pixels, or an image file to decode. Alpha is ignored.

    Returns
    -------
    grey : ndarray of shape (height, width)
        uint8 and float pixels keep their type and range; 16-bit pixels are scaled to uint8.

    Raises
    ------
    ValueError
        If the file cannot be decoded, or the array is no image.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.utils.images import as_grey
    >>> as_grey(np.full((2, 2, 3), 7, np.uint8)).tolist()
    [[7, 7], [7, 7]]
    """
    if not isinstance(image, np.ndarray):
        return read_image(image)
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    elif image.dtype != np.uint8:
        image = image.astype(np.float32 if image.dtype.itemsize < 8 else np.float64)
    if image.ndim == 2:
        return image
    if image.ndim == 3 and image.shape[2] in (3, 4):
        rgb = np.ascontiguousarray(image[:, :, :3])
        if rgb.dtype == np.float64:
            return rgb @ np.array([0.299, 0.587, 0.114])
        return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    raise ValueError(f"An image has shape {image.shape}; expected (height, width) or RGB.")


def read_image(path):
    """Decode an image file to grey pixels.

    Parameters
    ----------
    path : str or Path
        An image file of any format that OpenCV decodes.

    Returns
    -------
    grey : ndarray of shape (height, width), dtype uint8
        The pixels; an EXIF orientation is applied.

    Raises
    ------
    ValueError
        If the file is missing, empty, truncated or no image. The message names the file.

    Examples
    --------
    >>> from skfer.utils.images import read_image
    >>> read_image("nowhere.png")
    Traceback (most recent call last):
    ...
    ValueError: Cannot read image 'nowhere.png': No such file or directory.
    """
    try:
        # Not cv2.imread: it cannot open non-ASCII paths everywhere and says nothing on failure.
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"Cannot read image '{path}': {error.strerror}.") from error
    if _is_truncated(data):
        raise ValueError(f"Cannot read image '{path}': the file is truncated.")
    grey = None
    if data:
        try:
            grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        except cv2.error as error:
            raise ValueError(f"Cannot read image '{path}': {error.err}.") from error
    if grey is None:
        raise ValueError(f"Cannot read image '{path}': not an image, or an unknown format.")
    return grey


def _is_truncated(data):
    """Tell whether the end marker of a JPEG or PNG is missing; OpenCV would fill in grey."""
    if data.startswith(_JPEG):
        return data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")
    if data.startswith(_PNG):
        return _PNG_END not in data
    return False
