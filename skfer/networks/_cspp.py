"""The C-SPP network."""

import math
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F

from skfer.networks._base import BaseNetwork, hidden_classifier
from skfer.networks._convolution import initialize_weights
from skfer.networks._layers import SpatialPyramidPooling
from skfer.networks._plain import plain_stages

_LOW_LEVEL_TAPS = {"conv2": 32, "pool1": 32, "conv4": 64, "pool2": 64}
_HIGH_LEVEL_TAPS = ("conv6", "pool3")
_DROPOUT_PLACES = ("hidden", "features", "both")
_BRANCH_NORMS = ("l2", "layer", None)


class CSPPNet(BaseNetwork):
    """Convolutional network with cross-connection and spatial pyramid pooling (C-SPP).

    Three stages of two convolutions and a pooling, the trunk of the paper's Plain7CNN. The maps
    after the last pooling and those of the second convolution are pooled over a spatial pyramid;
    both are joined and classified by two fully connected layers (Li et al. 2019 [1]_, section 4.2
    and Figure 6). Images of any size are accepted. What the paper leaves open is a parameter.

    Parameters
    ----------
    n_classes : int, default=6
        Number of expressions.
    contrast_window : int or None, default=7
        Width of the local contrast normalization in front of the network, in pixels; None where
        the images are normalized already.
    batch_norm : bool, default=True
        Batch normalization after each convolution. The paper has none.
    dropout : float, default=0.25
        Share of the units dropped in training; half in the paper.
    dropout_place : {"hidden", "features", "both"}, default="hidden"
        Drop hidden units, joined features, or both.
    hidden_units : int or None, default=256
        Width of the hidden layer; None for none, and then `dropout` acts on the features.
    kernel_sizes : tuple of (int, int), default=(3, 5)
        Kernels of the second stage; the paper names a 3x3 and a 5x5, but no order.
    low_level_tap : {"conv2", "pool1", "conv4", "pool2"}, default="conv2"
        Layer whose maps the cross-connection takes, "the second convolution layer".
    low_level_bins : tuple of int, default=(3, 2, 1)
        Cells on a side for each level of its pyramid.
    high_level_tap : {"conv6", "pool3"}, default="pool3"
        Last layer of the trunk; Figure 5 shows maps of 6x6, those after the last pooling.
    high_level_bins : tuple of int, default=(3, 2, 1)
        Cells on a side for each level of its pyramid.
    pyramid_pooling : {"max", "average"}, default="max"
        What the pyramids take of each cell.
    branch_norm : {"l2", "layer"} or None, default=None
        Bring both branches to one scale before they are joined: by their length, or by layer
        normalization with learned gains.
    initialization : {"glorot", "truncated-normal"} or None, default=None
        How the weights are drawn; None for torch's way.

    Raises
    ------
    ValueError
        If a parameter has none of its values.

    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP.
       https://doi.org/10.1145/3317640.3317662

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import CSPPNet
    >>> CSPPNet(n_classes=6)(torch.rand(2, 1, 48, 48)).shape
    torch.Size([2, 6])
    """

    def __init__(
        self,
        n_classes: int = 6,
        *,
        contrast_window: int | None = 7,
        batch_norm: bool = True,
        dropout: float = 0.25,
        dropout_place: Literal["hidden", "features", "both"] = "hidden",
        hidden_units: int | None = 256,
        kernel_sizes: tuple[int, int] = (3, 5),
        low_level_tap: Literal["conv2", "pool1", "conv4", "pool2"] = "conv2",
        low_level_bins: tuple[int, ...] = (3, 2, 1),
        high_level_tap: Literal["conv6", "pool3"] = "pool3",
        high_level_bins: tuple[int, ...] = (3, 2, 1),
        pyramid_pooling: Literal["max", "average"] = "max",
        branch_norm: Literal["l2", "layer"] | None = None,
        initialization: Literal["glorot", "truncated-normal"] | None = None,
    ):
        super().__init__(contrast_window)
        _check_option("low_level_tap", low_level_tap, tuple(_LOW_LEVEL_TAPS))
        _check_option("high_level_tap", high_level_tap, _HIGH_LEVEL_TAPS)
        _check_option("dropout_place", dropout_place, _DROPOUT_PLACES)
        _check_option("branch_norm", branch_norm, _BRANCH_NORMS)
        first, second = kernel_sizes
        layers = plain_stages(
            [(32, (3, 3)), (64, (first, second)), (128, (3, 3))], batch_norm=batch_norm
        )
        names, trunk = list(layers), nn.Sequential(layers)
        low_end, high_end = names.index(low_level_tap) + 1, names.index(high_level_tap) + 1
        self.low_level, self.high_level = trunk[:low_end], trunk[low_end:high_end]
        self._pooled_next = low_level_tap.startswith("conv")
        self.low_level_pyramid = SpatialPyramidPooling(low_level_bins, pooling=pyramid_pooling)
        self.high_level_pyramid = SpatialPyramidPooling(high_level_bins, pooling=pyramid_pooling)
        n_low = _LOW_LEVEL_TAPS[low_level_tap] * self.low_level_pyramid.n_cells
        n_high = 128 * self.high_level_pyramid.n_cells
        self.low_level_norm = _branch_norm(branch_norm, n_low)
        self.high_level_norm = _branch_norm(branch_norm, n_high)
        drop_features = dropout_place != "hidden" or hidden_units is None
        self.dropout = nn.Dropout(dropout) if drop_features else nn.Identity()
        self.classify = (
            nn.Linear(n_low + n_high, n_classes)
            if hidden_units is None
            else hidden_classifier(
                n_low + n_high,
                n_classes,
                hidden_units=hidden_units,
                dropout=0.0 if dropout_place == "features" else dropout,
            )
        )
        initialize_weights(self, initialization)

    def _describe(self, images):
        low = self.low_level(images)
        layers = iter(self.high_level)
        high = halved = next(layers)(low)
        for layer in layers:
            high = layer(high)
        low = halved if self._has_the_maxima_of_halved(low) else low
        branches = [
            self.low_level_norm(_pool_with_relu(self.low_level_pyramid, low)),
            self.high_level_norm(_pool_with_relu(self.high_level_pyramid, high)),
        ]
        return self.dropout(torch.cat(branches, dim=1))

    def _has_the_maxima_of_halved(self, low):
        """Tell whether all cells are made of 2x2 blocks, whose maxima the next layer takes."""
        pyramid = self.low_level_pyramid
        blocks = 2 * math.lcm(*pyramid.bins)
        even = all(side % blocks == 0 for side in low.shape[-2:])
        return self._pooled_next and pyramid.pooling == "max" and even


def _pool_with_relu(pyramid, maps):
    """Pool maps and apply ReLU, which may follow a maximum: there are fewer values then."""
    return pyramid(maps).relu() if pyramid.pooling == "max" else pyramid(maps.relu())


class _UnitLength(nn.Module):
    def forward(self, features):
        return F.normalize(features)


def _branch_norm(branch_norm, n_features):
    if branch_norm is None:
        return nn.Identity()
    return nn.LayerNorm(n_features) if branch_norm == "layer" else _UnitLength()


def _check_option(name, value, options):
    if value not in options:
        raise ValueError(f"{name}={value!r}; expected one of {options}.")
