"""Predictions for images and videos, by any fitted model."""

from skfer.inference._predict import (
    predict_images,
    predict_video,
    stream_predictions,
    stream_video,
)

__all__ = ["predict_images", "predict_video", "stream_predictions", "stream_video"]
