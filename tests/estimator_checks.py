"""The one table of constructor arguments for the common checks, and of exemptions with reasons."""

import inspect
from functools import partial

from sklearn.svm import SVC

from skfer.descriptors import PixelDescriptor
from skfer.networks import CSPPNet
from skfer.utils import all_estimators
from tests.small_network import SmallNetwork

# The rows of the checks are tables of a few numbers, so local contrast, which is blind to offset
# and gain, would leave nothing of two features.
_CSPP = partial(
    CSPPNet, contrast_window=None, hidden_units=16, low_level_bins=(1,), high_level_bins=(1,)
)
_SMALL = partial(SmallNetwork, contrast_window=None, dropout=0.0)
_CHEAP = {
    "max_epochs": 6,
    "lr": 0.02,
    "batch_size": 64,
    "augmentation": None,
    "device": "cpu",
    "random_state": 0,
}
CHECK_PARAMETERS = {
    "BoostedNeuralEnsemble": {"n_estimators": 3},
    "CSPPClassifier": _CHEAP | {"network": _CSPP, "max_epochs": 4},
    "EyeJitterSampler": {"n_copies": 2, "random_state": 0},
    "NetworkClassifier": _CHEAP | {"network": _SMALL},
    "SubjectCalibratedClassifier": {"estimator": SVC(kernel="linear"), "n_splits": 3},
    # Scaled to their own range, as Gabor responses are, two features say nothing.
    "RadialEncodingClassifier": {"descriptor": PixelDescriptor()},
    "RadialGaborDescriptor": {"working_shape": (41, 32)},
    "SubjectNormalizer": {"subject": None},  # the checks bring no column of subjects
}

# Estimators whose input cannot be flattened rows, which the checks are made of.
CANNOT_TAKE_ROWS = {
    "EyeJitter": "warps a batch on the device; has parameters, but no fit",
    "ExpressionletDescriptor": "takes sequences; ExpressionletsOfRows is checked instead",
    "EyeLocator": "looks for faces in photographs of any size",
    "FramewiseClassifier": "takes sequences; FramewiseOfRows is checked instead",
    "HaarFaceDetector": "detects faces in one picture; has parameters, but no fit",
    "NeutralDifference": "takes sequences; NeutralDifferenceOfRows is checked instead",
    "OpticalFlowDescriptor": "takes sequences; FlowOfRows is checked instead",
    "PHOGTOPDescriptor": "takes sequences; PHOGTOPOfRows is checked instead",
    "PredictorAdapter": "its model knows its own labels, and the checks bring others",
    "RandomAffine": "warps a batch on the device; has parameters, but no fit",
    "SupervisedDescent": "takes images of any size to points in them",
    "YuNetFaceDetector": "detects faces in one picture; has parameters, but no fit",
}

_REPEATS = "a weight scales the loss of its image; repeating the image makes other batches"
_NETWORK_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": _REPEATS,
    "check_do_not_raise_errors_in_init_or_set_params": (
        "takes **parameters, as skorch does, and refuses unknown ones like any function"
    ),
}
EXPECTED_FAILURES = {
    "CSPPClassifier": _NETWORK_FAILURES,
    "NetworkClassifier": _NETWORK_FAILURES,
    "EyeJitterSampler": {
        "check_samplers_sparse": "images are dense",
        "check_samplers_pandas_sparse": "images are dense",
    },
    "SubjectNormalizer": {
        "check_methods_subset_invariance": "a row is centred by the others of its person",
    },
}


def estimators_to_check():
    """Make one instance of each estimator that takes rows."""
    for name, estimator in all_estimators():
        if name not in CANNOT_TAKE_ROWS and not name.startswith("Base"):
            yield estimator(**CHECK_PARAMETERS.get(name, {}))


def expected_failures(estimator):
    """Look up the exemptions of an estimator."""
    return EXPECTED_FAILURES.get(type(estimator).__name__, {})


def is_sampler(estimator):
    """Tell whether imbalanced-learn's checks apply."""
    return inspect.ismethod(getattr(estimator, "fit_resample", None))
