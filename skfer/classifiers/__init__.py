"""Classifiers: networks trained by skorch, over feature rows, over frames, trained elsewhere."""

from skfer.classifiers._boosted_belief_network import BoostedBeliefNetwork
from skfer.classifiers._boosted_neural_ensemble import BoostedNeuralEnsemble
from skfer.classifiers._cspp import CSPPClassifier
from skfer.classifiers._framewise import FramewiseClassifier
from skfer.classifiers._network import NetworkClassifier
from skfer.classifiers._pairwise_svc import PairwiseSVC
from skfer.classifiers._predictor_adapter import PredictorAdapter
from skfer.classifiers._radial_encoding import RadialEncodingClassifier
from skfer.classifiers._sparse_representation import SparseRepresentationClassifier
from skfer.classifiers._subject_calibrated import SubjectCalibratedClassifier

__all__ = [
    "BoostedBeliefNetwork",
    "BoostedNeuralEnsemble",
    "CSPPClassifier",
    "FramewiseClassifier",
    "NetworkClassifier",
    "PairwiseSVC",
    "PredictorAdapter",
    "RadialEncodingClassifier",
    "SparseRepresentationClassifier",
    "SubjectCalibratedClassifier",
]
