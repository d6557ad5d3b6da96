"""Validation of images, reading of image files, discovery of estimators."""

from skfer.utils._discovery import all_estimators
from skfer.utils._images import read_image
from skfer.utils._validation import ImageBatch, check_images, restore_layout

__all__ = [
    "ImageBatch",
    "all_estimators",
    "check_images",
    "read_image",
    "restore_layout",
]
