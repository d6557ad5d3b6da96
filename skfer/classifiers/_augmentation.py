"""Augmentation on the device: one fresh warp for each face of each batch."""

import math

import numpy as np
import torch
from torch.nn import functional as F

from skfer.alignment import eye_transforms, pixel_aspect, template_eyes
from skfer.alignment._geometry import check_eyes
from skfer.augmentation import jitter_eyes

__all__ = ["eye_jitter_affine", "mirror_half", "random_affine", "vary_brightness", "sample_affine"]


def random_affine(n_images, *, rotation, translation, scaling, generator, device=None):
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
    >>> random_affine(2, rotation=0, translation=0, scaling=0, generator=generator)[
    ...     0
    ... ].abs().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    draw = torch.randn(4, n_images, generator=generator, device=device)
    angle = draw[0] * math.radians(rotation)
    size = 1 / (1 + draw[1] * scaling).clamp(0.5, 2.0)
    cosine, sine = size * angle.cos(), size * angle.sin()
    shift_x, shift_y = draw[2:] * translation
    rows = torch.stack([cosine, -sine, shift_x, sine, cosine, shift_y])
    return rows.T.reshape(n_images, 2, 3)


def eye_jitter_affine(eyes, image_shape, output_size, *, sigma, random_state=None):
    """Draw the transforms that noise on the eyes would have made at the alignment.

    The distribution is that of :class:`~skfer.augmentation.EyeJitterSampler` before a
    :class:`~skfer.alignment.FaceAligner`, by the same functions.

    Parameters
    ----------
    eyes : ndarray of shape (n_images, 2, 2)
        Eye centres (x, y) in the aligned images.
    image_shape : tuple of (int, int)
        Height and width of the aligned images.
    output_size : tuple of (int, int)
        Height and width of the result, a crop of the geometry of Lopes et al.
    sigma : float
        Standard deviation of the noise, as a fraction of the distance between the eyes.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise.

    Returns
    -------
    transforms : Tensor of shape (n_images, 2, 3), dtype float32
        As `random_affine` draws them.

    Raises
    ------
    ValueError
        If eyes are not finite or coincide. The message names the samples.

    Examples
    --------
    >>> from skfer.alignment import template_eyes
    >>> from skfer.classifiers import eye_jitter_affine
    >>> eye_jitter_affine(template_eyes((48, 48))[None], (48, 48), (48, 48), sigma=0)[
    ...     0
    ... ].round().abs().tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    # The noise is the same in all directions on the face, not in the squeezed crop.
    stretch = np.diag([1.0, pixel_aspect(output_size)])
    eyes = np.asarray(eyes) @ stretch
    still, moved = (
        eye_transforms(places, output_size)
        for places in (eyes, jitter_eyes(eyes, sigma, random_state))
    )
    inverse = np.linalg.inv(moved[:, :, :2] @ stretch)
    linear = inverse @ still[:, :, :2] @ stretch
    centre = (np.array(image_shape[::-1]) - 1) / 2
    shift = (inverse @ (still - moved)[:, :, 2:])[:, :, 0] + linear @ centre - centre
    shift /= output_size[::-1]
    return torch.from_numpy(np.concatenate([linear, shift[:, :, None]], axis=2)).float()


def eyes_of_crops(batch, size):
    """Tell where the eyes are in aligned images.

    Parameters
    ----------
    batch : ImageBatch
        Those of a face array have their own eyes, others the nominal ones.
    size : tuple of (int, int)
        Height and width of the central crop that nominal eyes belong to.

    Returns
    -------
    eyes : ndarray of shape (n_images, 2, 2)
        Eye centres (x, y) in pixels of the whole images.
    """
    if batch.faces is not None:
        return check_eyes(batch.faces["eyes"])
    margin = np.subtract(batch.images.shape[1:], size)[::-1] / 2
    return np.broadcast_to(template_eyes(size) + margin, (len(batch.images), 2, 2))


def mirror_half(transforms, *, generator):
    """Mirror the images of half of the transforms, drawn by chance.

    Parameters
    ----------
    transforms : Tensor of shape (n_images, 2, 3)
        As `random_affine` draws them.
    generator : torch.Generator
        Source of randomness, on the device of the transforms.

    Returns
    -------
    transforms : Tensor of shape (n_images, 2, 3)
        The transforms, mirrored or not.

    Examples
    --------
    >>> import torch
    >>> from skfer.classifiers import mirror_half
    >>> generator = torch.Generator().manual_seed(0)
    >>> mirror_half(torch.eye(2, 3).repeat(4, 1, 1), generator=generator)[:, 0, 0].tolist()
    [-1.0, 1.0, -1.0, -1.0]
    """
    draw = torch.rand(len(transforms), generator=generator, device=transforms.device)
    sign = torch.where(draw < 0.5, -1.0, 1.0)
    return torch.cat([transforms[:, :, :1] * sign[:, None, None], transforms[:, :, 1:]], dim=2)


def vary_brightness(images, deviation, *, generator):
    """Multiply the brightness of each image by a random factor.

    Parameters
    ----------
    images : Tensor of shape (n_images, 1, height, width)
        Images, float.
    deviation : float
        Standard deviation of the factor about one; it stays between 0.5 and 2.
    generator : torch.Generator
        Source of randomness, on the device of the images.

    Returns
    -------
    images : Tensor of shape (n_images, 1, height, width)
        Darker and brighter images.

    Examples
    --------
    >>> import torch
    >>> from skfer.classifiers import vary_brightness
    >>> generator = torch.Generator().manual_seed(0)
    >>> vary_brightness(torch.ones(3, 1, 2, 2), 0.0, generator=generator).unique().tolist()
    [1.0]
    """
    draw = torch.randn(len(images), 1, 1, 1, generator=generator, device=images.device)
    return images * (1 + deviation * draw).clamp(0.5, 2.0)


def sample_affine(images, transforms, output_size):
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
    >>> from skfer.classifiers import sample_affine
    >>> images = torch.arange(16.0).reshape(1, 1, 4, 4)
    >>> sample_affine(images, torch.eye(2, 3)[None], (2, 2)).squeeze().round().tolist()
    [[5.0, 6.0], [9.0, 10.0]]
    """
    # affine_grid counts both images from -1 to 1, so pixels are scaled by the two sizes.
    height, width = images.shape[-2:]
    source = images.new_tensor([width, height])
    target = images.new_tensor([output_size[1], output_size[0]])
    linear = transforms[:, :, :2] * (target / source[:, None])
    shift = transforms[:, :, 2:] * (2 * target / source)[:, None]
    grid = F.affine_grid(
        torch.cat([linear, shift], dim=2), (images.shape[0], 1, *output_size), align_corners=False
    )
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)
