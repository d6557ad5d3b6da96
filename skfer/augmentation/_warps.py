"""The warps on the device, by the convention of `skfer.alignment._geometry`.

Transforms are float64: they are drawn from output to source and inverted twice.
"""

import math

import torch
from torch.nn import functional as F


def random_affine(images, output_size, rotation, translation, scaling, generator):
    """Draw transforms (n_images, 2, 3) about the centre, by deviations as of `RandomAffine`."""
    n_images = len(images)
    draw = torch.randn(4, n_images, generator=generator, device=images.device)
    angle = draw[0] * math.radians(rotation)
    size = 1 / (1 + draw[1] * scaling).clamp(0.5, 2.0)
    cosine, sine = size * angle.cos(), size * angle.sin()
    shift = (draw[2:] * translation).T.double()
    linear = _invert(torch.stack([cosine, -sine, sine, cosine]).T.reshape(-1, 2, 2).double())
    output = shift.new_tensor(output_size[::-1])
    source = shift.new_tensor(images.shape[2:][::-1])
    place = (source - 1) / 2 + shift * output
    return _join(linear, (output - 1) / 2 - _apply(linear, place))


def mirror_half(transforms, output_width, generator):
    """Mirror the outputs of half of the transforms (n_images, 2, 3), drawn by chance."""
    draw = torch.rand(len(transforms), generator=generator, device=transforms.device)
    mirrored = transforms.clone()
    mirrored[:, 0] *= -1
    mirrored[:, 0, 2] += output_width - 1
    return torch.where(draw[:, None, None] < 0.5, mirrored, transforms)


def vary_brightness(images, deviation, generator):
    """Multiply each image by a factor drawn about one, between 0.5 and 2."""
    draw = torch.randn(len(images), 1, 1, 1, generator=generator, device=images.device)
    return images * (1 + deviation * draw).clamp(0.5, 2.0)


def exchange_halves(images, partners, share, generator):
    """Give a share of the images, drawn by chance, the lower half of their partners.

    Both are (n_images, 1, height, width). The seam is a ramp over a fifth of the height, in which
    the partner is made as bright as the image.
    """
    height = images.shape[2]
    row = (torch.arange(height, device=images.device) + 0.5) / height
    lower = ((row - 0.4) / 0.2).clamp(0, 1)
    seam = (row - 0.5).abs() <= max(0.1, 0.5 / height)
    difference = (images - partners)[:, :, seam].mean(dim=(2, 3), keepdim=True)
    mixed = torch.lerp(images, partners + difference, lower[:, None])
    draw = torch.rand(len(images), generator=generator, device=images.device)
    return torch.where((draw < share)[:, None, None, None], mixed, images)


def sample_affine(images, transforms, output_size):
    """Warp images (n_images, 1, height, width) bilinearly, with the border repeated outside."""
    theta = _to_affine_grid(transforms, images.shape[2:], output_size)
    # Not len(images), which an exported model would keep.
    grid = F.affine_grid(theta, (images.shape[0], 1, *output_size), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def _to_affine_grid(transforms, image_shape, output_size):
    """Convert to torch's convention: output to source, both counted from -1 to 1; float32."""
    source = transforms.new_tensor(image_shape[::-1])
    output = transforms.new_tensor(output_size[::-1])
    linear = _invert(transforms[:, :, :2])
    place = _apply(linear, (output - 1) / 2 - transforms[:, :, 2]) - (source - 1) / 2
    # Rounded before the scaling, which then is the same on every device.
    source, shift, output = source.float(), (place / output).float(), output.float()
    return _join(linear.float() * (output / source[:, None]), shift * (2 * output / source))


def _invert(linear):
    # torch.linalg would load another library on a GPU, and wait for it.
    (a, b), (c, d) = linear.permute(1, 2, 0)
    inverse = torch.stack([d, -b, -c, a]) / (a * d - b * c)
    return inverse.T.reshape(-1, 2, 2)


def _apply(linear, points):
    return (linear @ points[:, :, None])[:, :, 0]


def _join(linear, shift):
    return torch.cat([linear, shift[:, :, None]], dim=2)
