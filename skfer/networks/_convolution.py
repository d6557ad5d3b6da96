"""The building block of all networks: a convolution and what follows it."""

from copy import deepcopy

from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


class Convolution(nn.Sequential):
    """Convolution, optional batch normalization and optional ReLU, shown as one line.

    >>> from skfer.networks._convolution import Convolution
    >>> Convolution(1, 32, 3, batch_norm=True)
    Convolution 3x3, 1 -> 32, same, batch norm, ReLU
    """

    def __init__(
        self, n_in, n_out, kernel_size, *, stride=1, padding="same", batch_norm=False, relu=True
    ):
        super().__init__()
        self.conv = nn.Conv2d(
            n_in, n_out, kernel_size, stride, padding=padding, bias=not batch_norm
        )
        if batch_norm:
            self.norm = nn.BatchNorm2d(n_out)
        if relu:
            self.relu = nn.ReLU(inplace=True)

    def __repr__(self):
        conv = self.conv
        size = "x".join(map(str, conv.kernel_size))
        stride = f" / {conv.stride[0]}" if conv.stride[0] > 1 else ""
        padding = conv.padding if isinstance(conv.padding, str) else f"padding {conv.padding[0]}"
        norm = ", batch norm" if hasattr(self, "norm") else ""
        relu = ", ReLU" if hasattr(self, "relu") else ""
        return (
            f"Convolution {size}{stride}, {conv.in_channels} -> {conv.out_channels}, "
            f"{padding}{norm}{relu}"
        )


def halving_pool():
    """Make the 3x3 max pooling by which Inception networks halve their maps."""
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)


def fuse_batch_norm(network):
    """Copy a network for prediction, with batch normalization inside each `Convolution`.

    The copy gives the same to rounding, in less time; where there is nothing to fuse, the network
    itself is returned.
    """
    if not _normalized(network):
        return network.eval()  # of the user's own, perhaps, and not made to be copied
    fused = deepcopy(network).eval()
    for block in _normalized(fused):
        block.conv = fuse_conv_bn_eval(block.conv, block.norm)
        del block.norm
    return fused


def _normalized(network):
    """List the convolutions with batch normalization."""
    blocks = (block for block in network.modules() if isinstance(block, Convolution))
    return [block for block in blocks if hasattr(block, "norm")]


_INITIALIZATIONS = {
    "glorot": nn.init.xavier_uniform_,
    "truncated-normal": lambda weight: nn.init.trunc_normal_(weight, std=0.1, a=-0.2, b=0.2),
}


def initialize_weights(network, initialization):
    """Draw the weights of convolutions and linear layers again, in place, with biases of zero.

    "glorot" is uniform; "truncated-normal" has a deviation of 0.1 and is cut off at two deviations,
    both customary in TensorFlow, which the paper used. None keeps what torch drew.
    """
    if initialization is None:
        return
    if initialization not in _INITIALIZATIONS:
        known = sorted(_INITIALIZATIONS)
        raise ValueError(f"initialization={initialization!r}; expected None or one of {known}.")
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            _INITIALIZATIONS[initialization](layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
