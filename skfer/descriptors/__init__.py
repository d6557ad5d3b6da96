"""Descriptors: transformers that take an image, or a sequence of them, to a row of features."""

from skfer.descriptors._expressionlet import ExpressionletDescriptor
from skfer.descriptors._gabor import GaborDescriptor
from skfer.descriptors._hog import HOGDescriptor
from skfer.descriptors._landmarks import LandmarkDescriptor
from skfer.descriptors._lbp import LBPDescriptor
from skfer.descriptors._micro_action import MicroActionDescriptor
from skfer.descriptors._optical_flow import OpticalFlowDescriptor
from skfer.descriptors._phog import PHOGDescriptor
from skfer.descriptors._phog_top import PHOGTOPDescriptor
from skfer.descriptors._pixel import PixelDescriptor
from skfer.descriptors._radial_gabor import RadialGaborDescriptor

__all__ = [
    "ExpressionletDescriptor",
    "GaborDescriptor",
    "HOGDescriptor",
    "LBPDescriptor",
    "LandmarkDescriptor",
    "MicroActionDescriptor",
    "OpticalFlowDescriptor",
    "PHOGDescriptor",
    "PHOGTOPDescriptor",
    "PixelDescriptor",
    "RadialGaborDescriptor",
]
