"""The Inception network of Mollahosseini et al."""

from collections import OrderedDict

import torch
from torch import nn

from skfer._typing import Shape
from skfer.networks._base import BaseNetwork, count_features
from skfer.networks._convolution import Convolution, halving_pool


class MollahosseiniNet(BaseNetwork):
    """Inception network of Mollahosseini et al.

    Two plain convolutions, three Inception modules with the widths of GoogLeNet's 3a, 3b and 4a,
    and two hidden layers (Mollahosseini et al. 2016 [1]_). The original has neither batch
    normalization nor local contrast.

    Parameters
    ----------
    n_classes : int, default=6
        Number of expressions.
    image_size : tuple of (int, int), default=(48, 48)
        Height and width of the images; the hidden layers are connected to each of their places.
    stem_stride : int, default=2
        Step of the first convolution, which the paper's figure does not print; GoogLeNet has 2.
    contrast_window : int or None, default=None
        Width of a local contrast normalization in front of the network, in pixels; None for none.
    batch_norm : bool, default=False
        Batch normalization after each convolution.
    dropout : float, default=0.5
        Share of the hidden units dropped in training.
    hidden_units : tuple of (int, int), default=(4096, 1024)
        Widths of the hidden layers.

    References
    ----------
    .. [1] Mollahosseini et al. (2016). Going deeper in facial expression recognition using deep
       neural networks. WACV, Figure 1.
    .. [2] Szegedy et al. (2015). Going deeper with convolutions. CVPR, Table 1.

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import MollahosseiniNet
    >>> MollahosseiniNet().features(torch.rand(2, 1, 48, 48)).shape
    torch.Size([2, 512])
    """

    def __init__(
        self,
        n_classes: int = 6,
        *,
        image_size: Shape = (48, 48),
        stem_stride: int = 2,
        contrast_window: int | None = None,
        batch_norm: bool = False,
        dropout: float = 0.5,
        hidden_units: tuple[int, int] = (4096, 1024),
    ):
        super().__init__(contrast_window)
        norm = {"batch_norm": batch_norm}
        self.trunk = nn.Sequential(
            OrderedDict(
                conv1=Convolution(1, 64, 7, stride=stem_stride, padding=3, **norm),
                pool1=halving_pool(),
                conv2=Convolution(64, 192, 3, **norm),
                pool2=halving_pool(),
                inception3a=Inception(192, 64, (96, 128), (16, 32), 32, **norm),
                inception3b=Inception(256, 128, (128, 192), (32, 96), 64, **norm),
                pool3=halving_pool(),
                inception4a=Inception(480, 192, (96, 208), (16, 48), 64, **norm),
                pool4=halving_pool(),
            )
        )
        wide, narrow = hidden_units
        self.classify = nn.Sequential(
            OrderedDict(
                hidden1=nn.Linear(count_features(self.trunk, image_size), wide),
                relu1=nn.ReLU(inplace=True),
                dropout1=nn.Dropout(dropout),
                hidden2=nn.Linear(wide, narrow),
                relu2=nn.ReLU(inplace=True),
                dropout2=nn.Dropout(dropout),
                output=nn.Linear(narrow, n_classes),
            )
        )


class Inception(nn.Module):
    """Branches of 1x1, 3x3 and 5x5 convolutions and a pooling, side by side.

    `n_3x3` and `n_5x5` are the maps of the 1x1 reduction and of the convolution behind it.
    """

    def __init__(self, n_in, n_1x1, n_3x3, n_5x5, n_pool, *, batch_norm=False):
        super().__init__()
        norm = {"batch_norm": batch_norm}
        self.branch1 = Convolution(n_in, n_1x1, 1, **norm)
        self.branch3 = nn.Sequential(
            Convolution(n_in, n_3x3[0], 1, **norm), Convolution(*n_3x3, 3, **norm)
        )
        self.branch5 = nn.Sequential(
            Convolution(n_in, n_5x5[0], 1, **norm), Convolution(*n_5x5, 5, **norm)
        )
        self.branch_pool = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), Convolution(n_in, n_pool, 1, **norm)
        )

    def forward(self, maps):
        """Join the maps of all branches."""
        branches = (self.branch1, self.branch3, self.branch5, self.branch_pool)
        return torch.cat([branch(maps) for branch in branches], dim=1)
