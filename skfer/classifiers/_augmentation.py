"""Augmentation on the device: one fresh warp for each face of each batch."""

import math

import torch
from torch.nn import functional as F

__all__ = ["random_affine", "warp_images"]


def random_affine(n_images, *, rotation, translation, scaling, flip, generator, device=None):
    """Draw random affine transforms about the centre of the image.

    Parameters
    ----------
    n_images : int
        Number of transforms.
    rotation : float
        Standard deviation of the angle, in degrees.
    translation : float
        Standard deviation of the shift along each axis, as a fraction of the width.
    scaling : float
        Standard deviation of the relative change of size.
    flip : bool
        Mirror each image with probability one half.
    generator : torch.Generator
        Source of randomness, on `device`.
    device : torch.device, default=None
        Where the transforms are drawn.

    Returns
    -------
    transforms : Tensor of shape (n_images, 2, 3), dtype float32
        Take places in the output to places in the image. The linear part acts on pixels, counted
        from the centres; the last column is a shift in widths and heights of the output.

    Examples
    --------
    >>> import torch
    >>> from skfer.classifiers import random_affine
    >>> generator = torch.Generator().manual_seed(0)
    >>> random_affine(
    ...     2, rotation=0, translation=0, scaling=0, flip=False, generator=generator
    ... )[0].abs().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    draw = torch.randn(4, n_images, generator=generator, device=device)
    angle = draw[0] * math.radians(rotation)
    size = 1 / (1 + draw[1] * scaling).clamp(0.5, 2.0)
    cosine, sine = size * angle.cos(), size * angle.sin()
    shift_x, shift_y = draw[2:] * translation
    rows = torch.stack([cosine, -sine, shift_x, sine, cosine, shift_y])
    transforms = rows.T.reshape(n_images, 2, 3)
    if flip:
        mirrored = torch.rand(n_images, generator=generator, device=device) < 0.5
        transforms[:, :, 0] *= torch.where(mirrored, -1.0, 1.0)[:, None]
    return transforms


def warp_images(images, transforms, output_size):
    """Warp images, bilinearly, with the border repeated outside.

    Parameters
    ----------
    images : Tensor of shape (n_images, 1, height, width)
        Grey images, float.
    transforms : Tensor of shape (n_images, 2, 3)
        As `random_affine` draws them; the identity takes the central `output_size` pixels.
    output_size : tuple of (int, int)
        Height and width of the result.

    Returns
    -------
    warped : Tensor of shape (n_images, 1, output_height, output_width)
        The warped images.

    Examples
    --------
    >>> import torch
    >>> from skfer.classifiers import warp_images
    >>> images = torch.arange(16.0).reshape(1, 1, 4, 4)
    >>> warp_images(images, torch.eye(2, 3)[None], (2, 2)).squeeze().round().tolist()
    [[5.0, 6.0], [9.0, 10.0]]
    """
    # affine_grid counts both images from -1 to 1, so pixels are scaled by the two sizes.
    height, width = images.shape[-2:]
    source = images.new_tensor([width, height])
    target = images.new_tensor([output_size[1], output_size[0]])
    linear = transforms[:, :, :2] * (target / source[:, None])
    shift = transforms[:, :, 2:] * (2 * target / source)[:, None]
    grid = F.affine_grid(
        torch.cat([linear, shift], dim=2), (len(images), 1, *output_size), align_corners=False
    )
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)
