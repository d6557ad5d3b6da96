"""Alignment: from eye centres to faces of one size."""

from skfer.alignment._aligner import FaceAligner
from skfer.alignment._cropper import FaceCropper
from skfer.alignment._eye_locator import EyeLocator
from skfer.alignment._geometry import (
    LOPES_CROP,
    SQUARE_CROP,
    crop_squeeze,
    eye_transforms,
    image_transform,
    nominal_eyes,
    transform_points,
    warp_image,
)

__all__ = [
    "LOPES_CROP",
    "SQUARE_CROP",
    "EyeLocator",
    "FaceAligner",
    "FaceCropper",
    "crop_squeeze",
    "eye_transforms",
    "image_transform",
    "nominal_eyes",
    "transform_points",
    "warp_image",
]
