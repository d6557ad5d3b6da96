"""Descriptors: transformers that take an image to a row of features."""

from skfer.descriptors._gabor import GaborDescriptor
from skfer.descriptors._hog import HOGDescriptor
from skfer.descriptors._landmarks import LandmarkDescriptor
from skfer.descriptors._pixel import PixelDescriptor

__all__ = ["GaborDescriptor", "HOGDescriptor", "LandmarkDescriptor", "PixelDescriptor"]
