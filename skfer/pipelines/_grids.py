"""What a search over each system should try."""

import numpy as np
from sklearn.preprocessing import StandardScaler


def _inside(**grid):
    """Name parameters of the steps inside the calibration."""
    return {f"classify__estimator__{name}": values for name, values in grid.items()}


_SCALES = [StandardScaler(), "passthrough"]

#: Grids for ``GridSearchCV`` by system; "svm" is that of all systems with a support vector machine.
PARAMETER_GRIDS = {
    "svm": [
        _inside(scale=_SCALES, svm__kernel=["linear"], svm__C=np.logspace(-3, 3, 7).tolist()),
        _inside(scale=_SCALES, svm__kernel=["rbf"], svm__C=[1.0, 10.0, 100.0]),
    ],
    "radial-encoding": {"classify__shrinkage": [0.03, 0.1, 0.3]},
    "sparse-representation": _inside(
        reduce__n_components=[0.9, 0.95, 0.99], code__alpha=[0.01, 0.03, 0.1]
    ),
    "sparse-local-fisher": _inside(
        discriminate__alpha=[0.0, 0.05, 0.2],
        discriminate__shrinkage=[0.03, 0.1, 0.3],
        vote__n_neighbors=[1, 5, 15],
    ),
}
