"""Alignment: from eye centres to faces of one size."""

from skfer.alignment._aligner import FaceAligner
from skfer.alignment._detection import Detections, FaceDetector
from skfer.alignment._eye_locator import EyeLocator, drop_missing
from skfer.alignment._geometry import LOPES_CROP, SQUARE_CROP
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
    "drop_missing",
    "load_landmark_model",
    "save_landmark_model",
]
