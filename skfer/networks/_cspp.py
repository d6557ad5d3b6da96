"""CSPPNet: cross-connection and spatial pyramid pooling."""

from collections import OrderedDict

import torch
from torch import nn

from skfer.networks._layers import LocalContrastNormalization, SpatialPyramidPooling

__all__ = ["CSPPNet"]


class CSPPNet(nn.Module):
    """Convolutional network with cross-connection and spatial pyramid pooling (C-SPP).

    Three stages of two convolutions and a pooling, the trunk of the paper's Plain7CNN. The maps
    after the last pooling and those of the second convolution are pooled over a spatial pyramid;
    both are joined and classified by two fully connected layers (Li et al. 2019 [1]_, section 4.2
    and Figure 6). Images of any size are accepted.

    Parameters
    ----------
    n_classes : int, default=6
        Number of expressions.
    contrast_window : int or None, default=7
        Width of the local contrast normalization in front of the network, in pixels; None where
        the images are normalized already.
    batch_norm : bool, default=True
        Batch normalization after each convolution. The paper has none.
    dropout : float, default=0.5
        Share of the hidden units dropped in training.
    hidden_units : int, default=256
        Width of the hidden layer.

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
        self, n_classes=6, *, contrast_window=7, batch_norm=True, dropout=0.5, hidden_units=256
    ):
        super().__init__()
        self.contrast = (
            nn.Identity()
            if contrast_window is None
            else LocalContrastNormalization(contrast_window)
        )
        self.low_level = nn.Sequential(
            OrderedDict(
                conv1=_convolution(1, 32, 3, batch_norm),
                conv2=_convolution(32, 32, 3, batch_norm),
            )
        )
        self.high_level = nn.Sequential(
            OrderedDict(
                # ceil_mode keeps at least one pixel of images smaller than 8 x 8.
                pool1=nn.MaxPool2d(2, ceil_mode=True),
                conv3=_convolution(32, 64, 3, batch_norm),
                conv4=_convolution(64, 64, 5, batch_norm),
                pool2=nn.MaxPool2d(2, ceil_mode=True),
                conv5=_convolution(64, 128, 3, batch_norm),
                conv6=_convolution(128, 128, 3, batch_norm),
                pool3=nn.MaxPool2d(2, ceil_mode=True),
            )
        )
        self.low_level_pyramid = SpatialPyramidPooling((3, 2, 1))
        self.high_level_pyramid = SpatialPyramidPooling((3, 2, 1))
        n_features = 32 * self.low_level_pyramid.n_cells + 128 * self.high_level_pyramid.n_cells
        self.classify = nn.Sequential(
            OrderedDict(
                hidden=nn.Linear(n_features, hidden_units),
                relu=nn.ReLU(inplace=True),
                dropout=nn.Dropout(dropout),
                output=nn.Linear(hidden_units, n_classes),
            )
        )
        self.to(memory_format=torch.channels_last)

    def forward(self, images):
        """Compute the class scores.

        Parameters
        ----------
        images : Tensor of shape (n_images, 1, height, width)
            Grey images, float.

        Returns
        -------
        logits : Tensor of shape (n_images, n_classes)
            Unnormalized log-probabilities.
        """
        low = self.low_level(self.contrast(images))
        high = self.high_level(low)
        joined = torch.cat([self.low_level_pyramid(low), self.high_level_pyramid(high)], dim=1)
        return self.classify(joined)


def _convolution(n_in, n_out, kernel_size, batch_norm):
    layers = OrderedDict(
        conv=nn.Conv2d(n_in, n_out, kernel_size, padding="same", bias=not batch_norm)
    )
    if batch_norm:
        layers["norm"] = nn.BatchNorm2d(n_out)
    layers["relu"] = nn.ReLU(inplace=True)
    return nn.Sequential(layers)
