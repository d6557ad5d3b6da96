"""Validation of images, reading of image files, discovery of estimators."""

from skfer.utils.discovery import all_estimators
from skfer.utils.images import as_grey, read_image
from skfer.utils.validation import ImageBatch, check_images, infer_image_shape, restore_layout

__all__ = [
    "ImageBatch",
    "all_estimators",
    "as_grey",
    "check_images",
    "infer_image_shape",
    "read_image",
    "restore_layout",
]
