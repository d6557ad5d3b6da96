"""From images, folders and video to tables of predictions."""

from skfer.inference._baseline import subtract_baseline
from skfer.inference._dictionary import describe_predictions
from skfer.inference._inputs import find_inputs
from skfer.inference._smoothing import smooth_predictions
from skfer.inference._summary import summarize_predictions
from skfer.inference._tables import read_predictions, write_predictions

__all__ = [
    "describe_predictions",
    "find_inputs",
    "read_predictions",
    "smooth_predictions",
    "subtract_baseline",
    "summarize_predictions",
    "write_predictions",
]
