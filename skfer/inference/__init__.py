"""Predictions for images and videos, by any fitted model."""

from skfer.inference._baseline import subtract_baseline
from skfer.inference._counts import PredictionCounts
from skfer.inference._csv import read_predictions, write_predictions
from skfer.inference._dictionary import describe_predictions
from skfer.inference._inputs import find_inputs
from skfer.inference._overlay import draw_predictions
from skfer.inference._overlay_files import write_overlay
from skfer.inference._predict import predict_images, predict_video
from skfer.inference._saving import save_predictions
from skfer.inference._smoothing import smooth_predictions
from skfer.inference._streaming import stream_predictions, stream_video
from skfer.inference._summary import summarize_predictions

__all__ = [
    "PredictionCounts",
    "describe_predictions",
    "draw_predictions",
    "find_inputs",
    "predict_images",
    "predict_video",
    "read_predictions",
    "save_predictions",
    "smooth_predictions",
    "stream_predictions",
    "stream_video",
    "subtract_baseline",
    "summarize_predictions",
    "write_overlay",
    "write_predictions",
]
