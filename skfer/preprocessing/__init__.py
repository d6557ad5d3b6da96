"""Normalization of the intensity of aligned faces."""

from skfer.preprocessing._intensity import IntensityNormalizer

__all__ = ["IntensityNormalizer"]
