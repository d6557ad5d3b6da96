"""The limit of the machine: forward and backward passes of the convolutions of C-SPP alone."""

import torch
from torch.nn import functional as F

__all__ = ["run_convolutions"]

# Maps in, maps out, width of the kernel, width of the maps.
_SHAPES = [
    (1, 32, 3, 48),
    (32, 32, 3, 48),
    (32, 64, 3, 24),
    (64, 64, 5, 24),
    (64, 128, 3, 12),
    (128, 128, 3, 12),
]


def run_convolutions(n_images, *, batch_size=32, device="cpu", precision="float32"):
    """Run the convolutions of one epoch forward and backward, and nothing else.

    Parameters
    ----------
    n_images : int
        Images of the epoch.
    batch_size : int, default=32
        Images in a batch.
    device : str, default="cpu"
        Where to run.
    precision : {"float32", "bfloat16"}, default="float32"
        Type of maps and weights.
    """
    kind = {"device": device, "dtype": getattr(torch, precision)}
    for n_in, n_out, kernel, width in _SHAPES:
        maps = torch.rand(batch_size, n_in, width, width, **kind).contiguous(
            memory_format=torch.channels_last
        )
        maps.requires_grad_(n_in > 1)  # nothing flows back into the faces
        weight = torch.rand(n_out, n_in, kernel, kernel, **kind).contiguous(
            memory_format=torch.channels_last
        )
        weight.requires_grad_()
        gradient = torch.rand(batch_size, n_out, width, width, **kind).contiguous(
            memory_format=torch.channels_last
        )
        for _ in range(-(-n_images // batch_size)):
            F.conv2d(maps, weight, padding="same").backward(gradient)
            maps.grad = weight.grad = None
