"""Normalization of the intensity of aligned faces."""

from skfer.preprocessing._intensity import IntensityNormalizer, normalize_intensity

__all__ = ["IntensityNormalizer", "normalize_intensity"]
