"""Classifiers over networks, trained by skorch."""

from skfer.classifiers._augmentation import (
    eye_jitter_affine,
    mirror_half,
    random_affine,
    sample_affine,
    vary_brightness,
)
from skfer.classifiers._cspp import CSPPClassifier
from skfer.classifiers._network import NetworkClassifier

__all__ = [
    "CSPPClassifier",
    "NetworkClassifier",
    "eye_jitter_affine",
    "mirror_half",
    "random_affine",
    "vary_brightness",
    "sample_affine",
]
