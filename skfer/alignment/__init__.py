"""Alignment: from eye centres to faces of one size."""

from skfer.alignment._aligner import FaceAligner
from skfer.alignment._cropper import FaceCropper, image_transform
from skfer.alignment._eye_locator import EyeLocator
from skfer.alignment._geometry import (
    eye_transforms,
    nominal_eyes,
    transform_points,
    warp_image,
)

__all__ = [
    "EyeLocator",
    "FaceAligner",
    "FaceCropper",
    "eye_transforms",
    "image_transform",
    "nominal_eyes",
    "transform_points",
    "warp_image",
]
