"""The limit of the machine: forward and backward passes of the convolutions of C-SPP alone."""

import torch
from torch.nn import functional as F

__all__ = ["make_convolutions", "run_convolutions"]

# Maps in, maps out, width of the kernel, width of the maps.
_SHAPES = [
    (1, 32, 3, 48),
    (32, 32, 3, 48),
    (32, 64, 3, 24),
    (64, 64, 5, 24),
    (64, 128, 3, 12),
    (128, 128, 3, 12),
]


def make_convolutions(*, batch_size=32, device="cpu", precision="float32"):
    """Make what the convolutions of a batch work on: maps, weights and gradients of each.

    Parameters
    ----------
    batch_size : int, default=32
        Images in a batch.
    device : str, default="cpu"
        Where to run.
    precision : {"float32", "bfloat16"}, default="float32"
        Type of maps and weights.

    Returns
    -------
    layers : list of tuple of Tensor
        Maps, weight and gradient of each convolution.
    """
    kind = {"device": device, "dtype": getattr(torch, precision)}

    def random(*shape):
        return torch.rand(shape, **kind).contiguous(memory_format=torch.channels_last)

    return [
        (
            random(batch_size, n_in, width, width).requires_grad_(n_in > 1),  # not for the faces
            random(n_out, n_in, kernel, kernel).requires_grad_(),
            random(batch_size, n_out, width, width),
        )
        for n_in, n_out, kernel, width in _SHAPES
    ]


def run_convolutions(layers, n_images):
    """Run the convolutions of one epoch forward and backward, and nothing else.

    Parameters
    ----------
    layers : list of tuple of Tensor
        As :func:`make_convolutions` makes them.
    n_images : int
        Images of the epoch.
    """
    for maps, weight, gradient in layers:
        for _ in range(-(-n_images // len(maps))):
            F.conv2d(maps, weight, padding="same").backward(gradient)
            maps.grad = weight.grad = None
