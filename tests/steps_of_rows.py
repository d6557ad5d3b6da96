"""Steps on sequences, on rows of numbers, which is what scikit-learn's checks bring."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.utils.validation import validate_data

from skfer.classifiers import FramewiseClassifier
from skfer.descriptors import (
    ExpressionletDescriptor,
    OpticalFlowDescriptor,
    PHOGTOPDescriptor,
    PixelDescriptor,
)
from skfer.preprocessing import NeutralDifference


class _OfRows:
    """Makes a sequence of each row: its numbers are the columns of frames, and they change."""

    def _check(self, X, *labels, reset):
        checked = validate_data(self, X, *labels, reset=reset, dtype=[np.float64, np.float32])
        rows, *labels = checked if labels else (checked,)
        wide = np.resize(rows.T, (max(6, rows.shape[1]), len(rows))).T
        frames = wide[:, None, None, :] * np.linspace(1, 2, 12).reshape(1, 3, 4, 1)
        batch = super()._check(list(frames.astype(rows.dtype)), *labels, reset=reset)
        if reset:
            validate_data(self, X, reset=True)  # the names and numbers of columns, again
        return batch

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = False
        tags.input_tags.two_d_array = True
        return tags


class FramewiseOfRows(_OfRows, FramewiseClassifier):
    """A still classifier on rows, three frames each."""


class NeutralDifferenceOfRows(_OfRows, NeutralDifference):
    """The difference to the first frame of rows, as rows."""

    def transform(self, X):
        images = super().transform(X)["image"]
        return np.stack([frames.ravel() for frames in images])


class PHOGTOPOfRows(_OfRows, PHOGTOPDescriptor):
    """PHOG-TOP of rows."""


class FlowOfRows(_OfRows, OpticalFlowDescriptor):
    """Optical flow of rows."""


class ExpressionletsOfRows(_OfRows, ExpressionletDescriptor):
    """Expressionlets of rows."""


def steps_of_rows():
    """Make one instance of each."""
    still = make_pipeline(PixelDescriptor(), LogisticRegression())
    yield FramewiseOfRows(still)
    yield NeutralDifferenceOfRows()
    yield PHOGTOPOfRows(n_levels=1)
    yield FlowOfRows(n_rows=1, n_columns=2)
    yield ExpressionletsOfRows(
        n_components=1, n_dimensions=2, cell_shape=(1, 1, 2), max_samples=200, random_state=0
    )
