"""The descriptors of sequences on rows of numbers, which is what scikit-learn's checks bring."""

import numpy as np
from sklearn.utils.validation import validate_data

from skfer.descriptors import ExpressionletDescriptor, OpticalFlowDescriptor, PHOGTOPDescriptor


class _OfRows:
    """Makes a sequence of each row: its numbers are the columns of frames, and they change."""

    def _check(self, X, *, reset):
        rows = validate_data(self, X, reset=reset, dtype=[np.float64, np.float32])
        wide = np.resize(rows.T, (max(6, rows.shape[1]), len(rows))).T
        frames = wide[:, None, None, :] * np.linspace(1, 2, 12).reshape(1, 3, 4, 1)
        batch = super()._check(list(frames), reset=reset)
        if reset:
            validate_data(self, X, reset=True)  # the names and numbers of columns, again
        return batch

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = False
        tags.input_tags.two_d_array = True
        return tags


class PHOGTOPOfRows(_OfRows, PHOGTOPDescriptor):
    """PHOG-TOP of rows."""


class FlowOfRows(_OfRows, OpticalFlowDescriptor):
    """Optical flow of rows."""


class ExpressionletsOfRows(_OfRows, ExpressionletDescriptor):
    """Expressionlets of rows."""


def descriptors_of_rows():
    """Make one instance of each, small."""
    yield PHOGTOPOfRows(n_levels=1)
    yield FlowOfRows(n_rows=1, n_columns=2)
    yield ExpressionletsOfRows(
        n_components=1, n_dimensions=2, cell_shape=(1, 1, 2), max_samples=200, random_state=0
    )
