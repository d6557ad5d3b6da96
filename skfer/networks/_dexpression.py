"""DeXpression, the network of Burkert et al."""

from collections import OrderedDict

import torch
from torch import nn

from skfer._typing import Shape
from skfer.networks._base import BaseNetwork, count_features
from skfer.networks._convolution import Convolution, halving_pool


class DeXpressionNet(BaseNetwork):
    """DeXpression network of Burkert et al.

    A convolution, local response normalization, and two blocks that join a path of 1x1 and 3x3
    convolutions with one of pooling and 1x1 convolution (Burkert et al. 2015 [1]_). Its published
    99.6 % on CK+ comes from folds over frames, which share subjects.

    Parameters
    ----------
    n_classes : int, default=6
        Number of expressions.
    image_size : tuple of (int, int), default=(224, 224)
        Height and width of the images; the output is connected to each of their places.
    contrast_window : int or None, default=None
        Width of a local contrast normalization in front of the network, in pixels; None for none.
    batch_norm : bool, default=False
        Batch normalization after each convolution; the original has none.

    References
    ----------
    .. [1] Burkert et al. (2015). DeXpression: deep convolutional neural network for expression
       recognition. arXiv:1509.05371.

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import DeXpressionNet
    >>> DeXpressionNet(image_size=(96, 96))(torch.rand(2, 1, 96, 96)).shape
    torch.Size([2, 6])
    """

    def __init__(
        self,
        n_classes: int = 6,
        *,
        image_size: Shape = (224, 224),
        contrast_window: int | None = None,
        batch_norm: bool = False,
    ):
        super().__init__(contrast_window)
        self.trunk = nn.Sequential(
            OrderedDict(
                conv1=Convolution(1, 64, 7, stride=2, padding=3, batch_norm=batch_norm),
                pool1=halving_pool(),
                norm1=nn.LocalResponseNorm(5),
                block1=FeatureExtraction(64, batch_norm=batch_norm),
                block2=FeatureExtraction(272, batch_norm=batch_norm),
            )
        )
        self.classify = nn.Linear(count_features(self.trunk, image_size), n_classes)


class FeatureExtraction(nn.Module):
    """1x1 then 3x3 convolution beside pooling then 1x1 convolution; gives 272 maps."""

    def __init__(self, n_in, *, batch_norm=False):
        super().__init__()
        norm = {"batch_norm": batch_norm}
        self.convolve = nn.Sequential(
            Convolution(n_in, 96, 1, **norm), Convolution(96, 208, 3, **norm)
        )
        self.reduce = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1), Convolution(n_in, 64, 1, **norm)
        )
        self.pool = halving_pool()

    def forward(self, maps):
        """Extract features and halve the maps."""
        return self.pool(torch.cat([self.convolve(maps), self.reduce(maps)], dim=1))
