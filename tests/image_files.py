"""Files for the readers of images."""

import numpy as np

from skfer.utils._opencv import cv2

__all__ = ["write_image"]


def write_image(path, value=0, shape=(6, 5)):
    """Write an image of one grey level, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, np.full(shape, value, np.uint8))[1].tobytes())
