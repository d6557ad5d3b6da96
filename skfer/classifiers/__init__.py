"""Classifiers over networks, trained by skorch, and an adapter for models trained elsewhere."""

from skfer.classifiers._cspp import CSPPClassifier
from skfer.classifiers._network import NetworkClassifier
from skfer.classifiers._predictor_adapter import PredictorAdapter

__all__ = ["CSPPClassifier", "NetworkClassifier", "PredictorAdapter"]
