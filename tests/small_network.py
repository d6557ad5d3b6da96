"""Networks for tests of what is around a network."""

from torch import nn

from skfer.networks import SpatialPyramidPooling
from skfer.networks._base import BaseNetwork, hidden_classifier
from skfer.networks._convolution import Convolution


class SmallNetwork(BaseNetwork):
    """The layers of C-SPP, few and narrow."""

    def __init__(self, n_classes, *, contrast_window=7, dropout=0.5, hidden_units=16):
        super().__init__(contrast_window)
        self.convolutions = nn.Sequential(
            Convolution(1, 8, 3, batch_norm=True), nn.MaxPool2d(2, ceil_mode=True)
        )
        self.pyramid = SpatialPyramidPooling((3, 1))
        self.classify = hidden_classifier(
            8 * self.pyramid.n_cells, n_classes, hidden_units=hidden_units, dropout=dropout
        )

    def _describe(self, images):
        return self.pyramid(self.convolutions(images))


class OwnNet(nn.Module):
    """A network of a user's own, without features."""

    def __init__(self, n_classes=2, width=4):
        super().__init__()
        self.layers = nn.Sequential(
            nn.AdaptiveAvgPool2d(width), nn.Flatten(), nn.Linear(width**2, n_classes)
        )

    def forward(self, images):
        return self.layers(images)
