"""Networks: plain PyTorch modules that know nothing of scikit-learn."""

from skfer.networks._cspp import CSPPNet
from skfer.networks._layers import (
    LocalContrastNormalization,
    SpatialPyramidPooling,
    gaussian_window,
)

__all__ = ["CSPPNet", "LocalContrastNormalization", "SpatialPyramidPooling", "gaussian_window"]
