"""The ladder of plain networks that leads to C-SPP: LopesNet, Plain5Net, Plain7Net, Plain8Net."""

from collections import OrderedDict
from typing import Literal

from torch import nn

from skfer._docstring import fill_docstring
from skfer._typing import Shape
from skfer.networks._base import BaseNetwork, count_features, hidden_classifier
from skfer.networks._convolution import Convolution, initialize_weights

_PARAMETERS = """
    Parameters
    ----------
    n_classes : int, default=6
        Number of expressions.
    image_size : tuple of (int, int), default={image_size}
        Height and width of the images; the hidden layer is connected to each of their places.
    padding : {{"same", "valid"}}, default="{padding}"
        ``"same"`` keeps the size of the maps in the convolutions, ``"valid"`` uses no pixels
        outside the image.
    contrast_window : int or None, default=7
        Width of the local contrast normalization in front of the network, in pixels; None where
        the images are normalized already.
    batch_norm : bool, default=True
        Batch normalization after each convolution. The papers have none.
    dropout : float, default=0.25
        Share of the hidden units dropped in training; half in the C-SPP paper.
    hidden_units : int, default=256
        Width of the hidden layer.
    initialization : {{"glorot", "truncated-normal"}} or None, default=None
        How the weights are drawn; None for torch's way.
"""


def _documented(**defaults):
    """Insert the parameters, which all plain networks share, into a docstring."""
    return fill_docstring(parameters=_PARAMETERS.format(**defaults))


def plain_stages(stages, *, padding="same", batch_norm=True):
    """Make named stages of convolutions with ReLU, a 2x2 max pooling after each.

    `stages` are pairs of a number of feature maps and the widths of the kernels. The last ReLU of a
    stage follows its pooling: that gives the same maps, and has a quarter of the work.

    >>> from skfer.networks._plain import plain_stages
    >>> list(plain_stages([(32, (3, 3)), (64, (5,))]))
    ['conv1', 'conv2', 'pool1', 'conv3', 'pool2']
    """
    layers, n_convolutions, n_in = OrderedDict(), 0, 1
    for stage, (n_maps, kernel_sizes) in enumerate(stages, 1):
        for place, kernel_size in enumerate(kernel_sizes, 1):
            n_convolutions += 1
            layers[f"conv{n_convolutions}"] = Convolution(
                n_in,
                n_maps,
                kernel_size,
                padding=padding,
                batch_norm=batch_norm,
                relu=place < len(kernel_sizes),
            )
            n_in = n_maps
        # ceil_mode leaves at least one pixel of the smallest images.
        pool = nn.MaxPool2d(2, ceil_mode=True)
        layers[f"pool{stage}"] = nn.Sequential(pool, nn.ReLU(inplace=True))
    return layers


class PlainNet(BaseNetwork):
    """Stages of convolutions and a hidden layer; a subclass names the stages."""

    _stages: tuple

    def __init__(
        self,
        n_classes: int = 6,
        *,
        image_size: Shape = (48, 48),
        padding: Literal["same", "valid"] = "same",
        contrast_window: int | None = 7,
        batch_norm: bool = True,
        dropout: float = 0.25,
        hidden_units: int = 256,
        initialization: Literal["glorot", "truncated-normal"] | None = None,
    ):
        super().__init__(contrast_window)
        self.trunk = nn.Sequential(
            plain_stages(self._stages, padding=padding, batch_norm=batch_norm)
        )
        self.classify = hidden_classifier(
            count_features(self.trunk, image_size),
            n_classes,
            hidden_units=hidden_units,
            dropout=dropout,
        )
        initialize_weights(self, initialization)


@_documented(image_size="(32, 32)", padding="valid")
class LopesNet(PlainNet):
    """Convolutional network of Lopes et al.

    Convolutions of 5x5 and 7x7, each followed by a pooling, and a hidden layer (Lopes et al.
    2017 [1]_). The benchmark of the C-SPP paper (Li et al. 2019 [2]_, Figure 2) is
    ``LopesNet(image_size=(48, 48), padding="same")``.

    %(parameters)s

    References
    ----------
    .. [1] Lopes et al. (2017). Facial expression recognition with convolutional neural networks:
       coping with few data and the training sample order. Pattern Recognition 61, 610-628.
    .. [2] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP, section 4.2.

    Examples
    --------
    >>> from skfer.networks import LopesNet
    >>> net = LopesNet(batch_norm=False)
    >>> sum(weights.numel() for weights in net.parameters())
    365190
    """

    _stages = ((32, (5,)), (64, (7,)))

    def __init__(
        self,
        n_classes: int = 6,
        *,
        image_size: Shape = (32, 32),
        padding: Literal["same", "valid"] = "valid",
        contrast_window: int | None = 7,
        batch_norm: bool = True,
        dropout: float = 0.25,
        hidden_units: int = 256,
        initialization: Literal["glorot", "truncated-normal"] | None = None,
    ):
        super().__init__(
            n_classes,
            image_size=image_size,
            padding=padding,
            contrast_window=contrast_window,
            batch_norm=batch_norm,
            dropout=dropout,
            hidden_units=hidden_units,
            initialization=initialization,
        )


@_documented(image_size="(48, 48)", padding="same")
class Plain5Net(PlainNet):
    """LopesNet with 3x3 and 3x3 instead of 5x5, and 3x3 and 5x5 instead of 7x7.

    The second step of Li et al. (2019, section 4.2, see :class:`CSPPNet`), without a name there;
    the five layers are counted as in Plain7CNN, the output not among them.

    %(parameters)s

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import Plain5Net
    >>> Plain5Net()(torch.rand(2, 1, 48, 48)).shape
    torch.Size([2, 6])
    """

    _stages = ((32, (3, 3)), (64, (3, 5)))


@_documented(image_size="(48, 48)", padding="same")
class Plain7Net(PlainNet):
    """Plain5Net with two more 3x3 convolutions of 128 maps and a pooling.

    Plain7CNN of Li et al. (2019, section 4.2 and Figure 3a, see :class:`CSPPNet`), the trunk of
    C-SPP.

    %(parameters)s

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import Plain7Net
    >>> Plain7Net().features(torch.rand(2, 1, 48, 48)).shape
    torch.Size([2, 4608])
    """

    _stages = ((32, (3, 3)), (64, (3, 5)), (128, (3, 3)))


@_documented(image_size="(48, 48)", padding="same")
class Plain8Net(PlainNet):
    """Plain7Net with three 3x3 convolutions in the second stage.

    Plain8CNN of Li et al. (2019, section 4.2 and Figure 3b, see :class:`CSPPNet`).

    %(parameters)s

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import Plain8Net
    >>> Plain8Net()(torch.rand(2, 1, 48, 48)).shape
    torch.Size([2, 6])
    """

    _stages = ((32, (3, 3)), (64, (3, 3, 3)), (128, (3, 3)))
