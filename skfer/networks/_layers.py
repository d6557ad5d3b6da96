"""Layers that the networks share."""

import math
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F


def gaussian_window(size):
    """Compute the weights (size,), of sum one, of a Gaussian that fits a window of odd width."""
    sigma = 0.3 * ((size - 1) / 2 - 1) + 0.8
    distance = torch.arange(size, dtype=torch.float64) - (size - 1) / 2
    weights = torch.exp(-(distance**2) / (2 * sigma**2))
    return (weights / weights.sum()).float()


class LocalContrastNormalization(nn.Module):
    """Subtract the local mean and divide by the local deviation.

    The layer equals :class:`skfer.preprocessing.IntensityNormalizer` to rounding and stands
    inside a network so that an exported model carries its own preprocessing.

    Parameters
    ----------
    window : int, default=7
        Odd width of the neighbourhood in pixels.
    floor : float, default=0.05
        Least divisor, as a fraction of the deviation of the whole image.

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import LocalContrastNormalization
    >>> LocalContrastNormalization()(torch.rand(2, 1, 48, 48)).shape
    torch.Size([2, 1, 48, 48])
    """

    gaussian: torch.Tensor

    def __init__(self, window: int = 7, floor: float = 0.05):
        super().__init__()
        self.window = window
        self.floor = floor
        self.register_buffer("gaussian", gaussian_window(window), persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Normalize images.

        Parameters
        ----------
        images : Tensor of shape (n_images, 1, height, width)
            Grey images, float.

        Returns
        -------
        normalized : Tensor of shape (n_images, 1, height, width)
            Of zero local mean and, where there is contrast, unit local deviation.
        """
        if torch.is_autocast_enabled(images.device.type):
            # A local mean of eight bits would leave little of the difference from it.
            with torch.autocast(images.device.type, enabled=False):
                return self.forward(images.float())
        # Centred first: the variance is a difference of squares and would lose its digits.
        images = images - images.mean(dim=(2, 3), keepdim=True)
        deviation = images.square().mean(dim=(2, 3), keepdim=True).sqrt()
        pad = self.window // 2
        padded = F.pad(images, (pad, pad, pad, pad), mode="replicate")
        mean = F.conv2d(padded, self.gaussian.view(1, 1, 1, -1))
        mean = F.conv2d(mean, self.gaussian.view(1, 1, -1, 1))
        box_mean = F.avg_pool2d(padded, self.window, stride=1)
        box_square = F.avg_pool2d(padded.square(), self.window, stride=1)
        variance = box_square - 2 * mean * box_mean + mean.square()
        tiny = torch.finfo(images.dtype).tiny
        divisor = torch.maximum(variance.clamp_min(0).sqrt(), self.floor * deviation)
        return (images - mean) / divisor.clamp_min(tiny)

    def extra_repr(self) -> str:
        """Show the parameters in ``print(net)``.

        Returns
        -------
        text : str
            Names and values.
        """
        return f"window={self.window}, floor={self.floor}"


class SpatialPyramidPooling(nn.Module):
    """Pool feature maps of any size to a fixed number of cells.

    Parameters
    ----------
    bins : tuple of int, default=(3, 2, 1)
        Cells on a side for each level of the pyramid. Non-overlapping, as in Figure 5 of [1]_,
        where the sides of the map are multiples of the bins; overlapping by a row or a column
        elsewhere.
    pooling : {"max", "average"}, default="max"
        What is taken of each cell.

    Raises
    ------
    ValueError
        If a number of cells is not positive, or `pooling` is unknown.

    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP, section 4.2.
    .. [2] He et al. (2014). Spatial pyramid pooling in deep convolutional networks for visual
       recognition. ECCV.

    Examples
    --------
    >>> import torch
    >>> from skfer.networks import SpatialPyramidPooling
    >>> SpatialPyramidPooling((3, 2, 1))(torch.rand(5, 128, 6, 6)).shape
    torch.Size([5, 1792])
    """

    def __init__(
        self, bins: tuple[int, ...] = (3, 2, 1), *, pooling: Literal["max", "average"] = "max"
    ):
        super().__init__()
        if not bins or any(side < 1 for side in bins):
            raise ValueError(f"bins={bins!r}; expected one or more positive whole numbers.")
        if pooling not in _POOLINGS:
            raise ValueError(f"pooling={pooling!r}; expected one of {tuple(_POOLINGS)}.")
        self.bins = tuple(bins)
        self.pooling = pooling

    @property
    def n_cells(self) -> int:
        """Number of values that one feature map gives."""
        return sum(side * side for side in self.bins)

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Pool feature maps.

        Parameters
        ----------
        maps : Tensor of shape (n_images, n_maps, height, width)
            Feature maps.

        Returns
        -------
        features : Tensor of shape (n_images, n_maps * n_cells)
            The pooled values, level by level.
        """
        maps = self._shrink(maps)
        levels = [_pool(maps, side, *_POOLINGS[self.pooling]) for side in self.bins]
        return torch.cat([level.flatten(1) for level in levels], dim=1)

    def _shrink(self, maps):
        """Pool to the blocks that cells of all levels are made of, so as to read maps once."""
        blocks = math.lcm(*self.bins)
        height, width = maps.shape[-2:]
        if height % blocks or width % blocks:
            return maps
        pool, _ = _POOLINGS[self.pooling]
        return pool(maps, (height // blocks, width // blocks))

    def extra_repr(self) -> str:
        """Show the parameters in ``print(net)``.

        Returns
        -------
        text : str
            Names and values.
        """
        return f"bins={self.bins}, pooling={self.pooling!r}"


_POOLINGS = {"max": (F.max_pool2d, torch.amax), "average": (F.avg_pool2d, torch.mean)}


def _pool(maps, side, pool, reduce):
    height, width = maps.shape[-2:]
    if height % side == 0 and width % side == 0:
        return pool(maps, (height // side, width // side))
    # torch's adaptive pooling is slower, not deterministic on CUDA, and unknown to ONNX.
    cells = [
        reduce(maps[:, :, rows, columns], dim=(2, 3))
        for rows in _windows(height, side)
        for columns in _windows(width, side)
    ]
    return torch.stack(cells, dim=2)


def _windows(length, side):
    """Cut a side of a map into parts that overlap where they do not fit, as adaptive pooling."""
    return [slice(i * length // side, -(-(i + 1) * length // side)) for i in range(side)]
