"""What a search over each system should try."""

import numpy as np
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def _inside(grids):
    """Name the parameters of the steps inside the calibration."""
    return [
        {f"classify__estimator__{name}": values for name, values in grid.items()} for grid in grids
    ]


def _machines(scales, **descriptor):
    """Return grids of a descriptor, of what scales its features, and of the machine behind it."""
    standardized = descriptor | {"scale": [StandardScaler()]}
    return _inside(
        [
            standardized | {"svm__kernel": ["linear"], "svm__C": [0.001, 0.01, 0.1, 1.0]},
            standardized | {"svm__kernel": ["rbf"], "svm__C": [1.0, 10.0, 100.0]},
            descriptor | {"scale": scales, "svm__kernel": ["linear"], "svm__C": [0.1, 1.0, 10.0]},
        ]
    )


_PLAIN = ["passthrough"]
# With the root, a linear machine compares histograms by Hellinger's distance.
_ROOT = [*_PLAIN, FunctionTransformer(np.sqrt, feature_names_out="one-to-one")]

#: Grids for ``GridSearchCV``, by the name of the system in ``skfer evaluate``.
PARAMETER_GRIDS = {
    "gabor-svm": _machines(_ROOT, describe__n_scales=[5, 6]),
    "hog-svm": _machines(_ROOT, describe__cell_size=[6, 8]),
    "lbp-svm": _machines(_ROOT, describe__radius=[1.0, 2.0]),
    "phog-svm": _machines(_ROOT, describe__n_levels=[3, 4]),
    "landmark-svm": _machines(_PLAIN),
    "joined-svm": _machines(_ROOT),
    "phog-top-svm": _machines(_ROOT, describe__flow__reference=["previous", "first"]),
    "expressionlet": _inside(
        [{"describe__n_components": [8, 16, 32], "reduce__n_components": [0.8, 0.95]}]
    ),
    "radial-encoding": [{"classify__shrinkage": [0.001, 0.01, 0.1]}],
    "sparse-representation": _inside(
        [{"reduce__n_components": [0.9, 0.95, 0.99], "code__alpha": [0.02, 0.03, 0.05, 0.1, 0.2]}]
    ),
    "sparse-local-fisher": _inside(
        [
            {
                "discriminate__alpha": [0.0, 0.05, 0.1],
                "discriminate__shrinkage": [0.2, 0.5],
                "vote__n_neighbors": [1, 5, 15],
            }
        ]
    ),
    "boosted-neural-ensemble": _inside(
        [
            {
                "boost__n_estimators": [20, 40],
                "boost__alpha": [0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03],
            }
        ]
    ),
    "boosted-belief": _inside([{"boost__n_estimators": [10, 20]}]),
    "action-unit-network": _inside([{"svm__C": [0.001, 0.01, 0.1]}]),
}
