"""Classifiers over networks, trained by skorch."""

from skfer.classifiers._augmentation import random_affine, warp_images
from skfer.classifiers._cspp import CSPPClassifier

__all__ = ["CSPPClassifier", "random_affine", "warp_images"]
