"""Classifiers that take images: networks, trained by skorch, and classical systems."""

from skfer.classifiers._cspp import CSPPClassifier
from skfer.classifiers._network import NetworkClassifier
from skfer.classifiers._radial_encoding import RadialEncodingClassifier

__all__ = ["CSPPClassifier", "NetworkClassifier", "RadialEncodingClassifier"]
