"""What a search over each system should try."""

import numpy as np
from sklearn.preprocessing import FunctionTransformer, StandardScaler


def _inside(grids):
    """Name the parameters of the steps inside the calibration."""
    return [
        {f"classify__estimator__{name}": values for name, values in grid.items()} for grid in grids
    ]


def _machines(**descriptor):
    """Return grids of a descriptor, of what scales its features, and of the machine behind it."""
    # The root of a histogram makes a linear machine compare histograms by Hellinger's distance.
    root = FunctionTransformer(np.sqrt, feature_names_out="one-to-one")
    linear = descriptor | {"svm__kernel": ["linear"]}
    return _inside(
        [
            linear | {"scale": [StandardScaler()], "svm__C": [0.001, 0.01, 0.1]},
            linear | {"scale": ["passthrough", root], "svm__C": [0.1, 1.0, 10.0]},
            descriptor | {"svm__kernel": ["rbf"], "svm__C": [10.0]},
        ]
    )


#: Grids for ``GridSearchCV``, by the name of the system in ``skfer evaluate``.
PARAMETER_GRIDS = {
    "gabor-svm": _machines(describe__n_scales=[5, 6]),
    "hog-svm": _machines(describe__cell_size=[6, 8, 12], describe__n_orientations=[7, 9]),
    "lbp-svm": _machines(describe__radius=[1.0, 2.0], describe__n_rows=[7, 9]),
    "phog-svm": _machines(describe__edges=[True, False], describe__n_levels=[3, 4]),
    "landmark-svm": _machines(),
    "joined-svm": _machines(),
    "radial-encoding": {"classify__shrinkage": [0.01, 0.1]},
    "sparse-representation": _inside(
        [{"reduce__n_components": [0.95, 0.99], "code__alpha": [0.02, 0.05]}]
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
        [{"boost__n_estimators": [20, 40], "boost__alpha": [0.0003, 0.001]}]
    ),
}
