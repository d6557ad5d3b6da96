"""What a search over each system should try."""

from sklearn.preprocessing import StandardScaler


def _inside(**grid):
    """Name parameters of the steps inside the calibration."""
    return {f"classify__estimator__{name}": values for name, values in grid.items()}


_SCALES = [StandardScaler(), "passthrough"]

#: Grids for ``GridSearchCV`` by system; "svm" is that of all systems with a support vector machine.
PARAMETER_GRIDS = {
    "svm": [
        _inside(scale=_SCALES, svm__C=[0.001, 0.01, 0.1, 1.0, 10.0]),
        _inside(svm__kernel=["rbf"], svm__C=[1.0, 10.0, 100.0]),
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
