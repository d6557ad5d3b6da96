"""Samplers that add training faces: steps of an imbalanced-learn pipeline."""

from skfer.augmentation._eye_jitter import EyeJitterSampler, jitter_eyes

__all__ = ["EyeJitterSampler", "jitter_eyes"]
