"""Alignment: from eye centres to faces of one size."""

from skfer.alignment._aligner import FaceAligner
from skfer.alignment._detection import Detections, FaceDetector, rank_faces
from skfer.alignment._eye_locator import EyeLocator, drop_missing
from skfer.alignment._geometry import (
    LOPES_CROP,
    SQUARE_CROP,
    eye_transforms,
    pixel_aspect,
    resize_transform,
    template_eyes,
    transform_points,
    warp_affine,
)
from skfer.alignment._haar_detector import HaarFaceDetector
from skfer.alignment._landmark_model import load_landmark_model, save_landmark_model
from skfer.alignment._supervised_descent import SupervisedDescent
from skfer.alignment._yunet_detector import YuNetFaceDetector

__all__ = [
    "LOPES_CROP",
    "SQUARE_CROP",
    "Detections",
    "EyeLocator",
    "FaceAligner",
    "FaceDetector",
    "HaarFaceDetector",
    "SupervisedDescent",
    "YuNetFaceDetector",
    "rank_faces",
    "pixel_aspect",
    "drop_missing",
    "eye_transforms",
    "resize_transform",
    "load_landmark_model",
    "template_eyes",
    "save_landmark_model",
    "transform_points",
    "warp_affine",
]
