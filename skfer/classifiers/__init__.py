"""Classifiers: over networks, trained by skorch, and the classical ones of feature rows."""

from skfer.classifiers._boosted_neural_ensemble import BoostedNeuralEnsemble
from skfer.classifiers._cspp import CSPPClassifier
from skfer.classifiers._network import NetworkClassifier
from skfer.classifiers._sparse_representation import SparseRepresentationClassifier

__all__ = [
    "BoostedNeuralEnsemble",
    "CSPPClassifier",
    "NetworkClassifier",
    "SparseRepresentationClassifier",
]
