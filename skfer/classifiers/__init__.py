"""Classifiers over networks, trained by skorch."""

from skfer.classifiers._cspp import CSPPClassifier
from skfer.classifiers._network import NetworkClassifier

__all__ = ["CSPPClassifier", "NetworkClassifier"]
