"""More training faces: a sampler for pipelines, and fresh warps for each batch of a network."""

from skfer.augmentation._batch import EyeJitter, RandomAffine
from skfer.augmentation._eye_jitter import EyeJitterSampler

__all__ = ["EyeJitter", "EyeJitterSampler", "RandomAffine"]
