"""Networks: plain PyTorch modules that know nothing of scikit-learn."""

from skfer.networks._cspp import CSPPNet
from skfer.networks._dexpression import DeXpressionNet
from skfer.networks._layers import LocalContrastNormalization, SpatialPyramidPooling
from skfer.networks._mollahosseini import MollahosseiniNet
from skfer.networks._plain import LopesNet, Plain5Net, Plain7Net, Plain8Net
from skfer.networks._song import SongNet

__all__ = [
    "CSPPNet",
    "DeXpressionNet",
    "LocalContrastNormalization",
    "LopesNet",
    "MollahosseiniNet",
    "Plain5Net",
    "Plain7Net",
    "Plain8Net",
    "SongNet",
    "SpatialPyramidPooling",
]
