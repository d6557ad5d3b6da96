"""Validation of images, reading of image files, discovery of estimators."""

from skfer.utils._discovery import all_estimators
from skfer.utils._image_batch import ImageBatch, restore_layout
from skfer.utils._images import read_image
from skfer.utils._validation import check_images

__all__ = [
    "ImageBatch",
    "all_estimators",
    "check_images",
    "read_image",
    "restore_layout",
]
