"""Normalization of the intensity of aligned faces, and difference to the neutral frame."""

from skfer.preprocessing._intensity import IntensityNormalizer
from skfer.preprocessing._neutral_difference import NeutralDifference

__all__ = ["IntensityNormalizer", "NeutralDifference"]
