"""The one geometry: from two eye centres to a crop of the face.

Convention, for every transform in the package: a transform of shape (2, 3) takes points of the
source image to points of the output. Points are (x, y) in pixels, x right and y down; the centre of
the upper left pixel is (0, 0). `warp_affine` here and, on the device, `sample_affine` of
`skfer.augmentation._warps` warp by it.

A crop is measured in `alpha`, half the distance between the eyes: its width, and how far it
reaches above and below the eyes. That of Lopes et al. (2017), Figure 5, is 2.4 alpha wide, from
1.3 alpha above to 3.2 alpha below; it is taller than wide, and squeezed to a square image.

Lopes, A. T., de Aguiar, E., De Souza, A. F. and Oliveira-Santos, T. (2017). Facial expression
recognition with convolutional neural networks: coping with few data and the training sample
order. Pattern Recognition, 61, 610-628.
"""

import math

import numpy as np

from skfer.utils._opencv import cv2
from skfer.utils._text import join_some

__all__ = [
    "LOPES_CROP",
    "SQUARE_CROP",
    "pixel_aspect",
    "eye_transforms",
    "resize_transform",
    "template_eyes",
    "transform_points",
    "warp_affine",
]

LOPES_CROP = (2.4, 1.3, 3.2)
# As wide as high, with cheeks and jaw: nothing is squeezed in a square image.
SQUARE_CROP = (4.0, 1.2, 2.8)

BORDERS = {
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "constant": cv2.BORDER_CONSTANT,
}


def eye_transforms(eyes, output_size, *, crop=LOPES_CROP, margin=(0, 0), rotate=True):
    """Compute the transforms that take eye centres to their places in the crop.

    Parameters
    ----------
    eyes : array-like of shape (n_faces, 2, 2)
        Eye centres (x, y) in pixels, the eye on the left of the picture first.
    output_size : tuple of (int, int)
        Height and width of the crop in pixels, margins not counted.
    crop : tuple of (float, float, float), default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.
    margin : tuple of (int, int), default=(0, 0)
        Pixels added above and below, and left and right, of the crop.
    rotate : bool, default=True
        Turn the line between the eyes to the horizontal; False crops upright.

    Returns
    -------
    transforms : ndarray of shape (n_faces, 2, 3)
        Affine transforms from pixels of the image to pixels of the output.

    Raises
    ------
    ValueError
        If eyes are not finite or coincide. The message names the samples.

    Examples
    --------
    >>> from skfer.alignment import eye_transforms, transform_points
    >>> transforms = eye_transforms([[[100, 120], [160, 120]]], (48, 48))
    >>> transform_points([[[100, 120], [160, 120]]], transforms).round(1).tolist()
    [[[3.5, 13.4], [43.5, 13.4]]]
    """
    eyes = check_eyes(eyes)
    height, width = output_size
    crop_width, above, below = crop
    across = eyes[:, 1] - eyes[:, 0]
    distance = np.hypot(*across.T)
    alpha = distance / 2
    unit = across / distance[:, None] if rotate else np.broadcast_to([1.0, 0.0], across.shape)
    scale_x = width / (crop_width * alpha)
    scale_y = height / ((above + below) * alpha)
    linear = np.empty((len(eyes), 2, 2))
    linear[:, 0, 0], linear[:, 0, 1] = scale_x * unit[:, 0], scale_x * unit[:, 1]
    linear[:, 1, 0], linear[:, 1, 1] = -scale_y * unit[:, 1], scale_y * unit[:, 0]
    # Pixel centres have whole coordinates, so the picture begins at -0.5.
    centre = np.array(
        [
            width / 2 - 0.5 + margin[1],
            height * above / (above + below) - 0.5 + margin[0],
        ]
    )
    shift = centre - np.einsum("nij,nj->ni", linear, eyes.mean(axis=1))
    return np.concatenate([linear, shift[:, :, None]], axis=2)


def template_eyes(image_shape, crop=LOPES_CROP):
    """Compute the eye centres of a face that is cropped already by this geometry.

    Parameters
    ----------
    image_shape : tuple of (int, int)
        Height and width of the crop in pixels.
    crop : tuple of (float, float, float), default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.

    Returns
    -------
    eyes : ndarray of shape (2, 2)
        Eye centres (x, y) in pixels.

    Examples
    --------
    >>> from skfer.alignment import template_eyes
    >>> template_eyes((48, 48)).round(1).tolist()
    [[3.5, 13.4], [43.5, 13.4]]
    """
    height, width = image_shape
    crop_width, above, below = crop
    x = width * (0.5 + np.array([-1, 1]) / crop_width) - 0.5
    y = height * above / (above + below) - 0.5
    return np.stack([x, np.full(2, y)], axis=1)


def resize_transform(image_shape, output_size, margin=(0, 0), roll=0.0):
    """Compute the transform that takes a whole picture to the output.

    Parameters
    ----------
    image_shape : tuple of (int, int)
        Height and width of the picture.
    output_size : tuple of (int, int)
        Height and width of the crop, margins not counted.
    margin : tuple of (int, int), default=(0, 0)
        Pixels added above and below, and left and right, of the crop.
    roll : float, default=0.0
        Angle in radians, clockwise on the screen, by which the picture is turned back about its
        centre.

    Returns
    -------
    transform : ndarray of shape (2, 3)
        Affine transform from pixels of the picture to pixels of the output.

    Examples
    --------
    >>> from skfer.alignment import resize_transform
    >>> resize_transform((10, 10), (5, 5))[0].tolist()
    [0.5, 0.0, -0.25]
    """
    scale = np.array([output_size[1] / image_shape[1], output_size[0] / image_shape[0]])
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    linear = scale[:, None] * turn
    # Pixel centres have whole coordinates: the centres of picture and output lie half a pixel in.
    picture = np.array(image_shape[::-1]) / 2 - 0.5
    output = np.array(output_size[::-1]) / 2 - 0.5 + np.array([margin[1], margin[0]])
    return np.column_stack([linear, output - linear @ picture])


def pixel_aspect(image_shape, crop=LOPES_CROP):
    """Tell how much a crop of this geometry is squeezed.

    Parameters
    ----------
    image_shape : tuple of (int, int)
        Height and width of the crop in pixels.
    crop : tuple of (float, float, float), default=(2.4, 1.3, 3.2)
        Width of the crop and its reach above and below the eyes, in half eye distances.

    Returns
    -------
    squeeze : float
        Height of a pixel of the crop in widths of it, on the face.

    Examples
    --------
    >>> from skfer.alignment import pixel_aspect
    >>> pixel_aspect((48, 48)), pixel_aspect((45, 24))
    (1.875, 1.0)
    """
    height, width = image_shape
    crop_width, above, below = crop
    return (above + below) / crop_width * width / height


def transform_points(points, transforms):
    """Apply affine transforms to points.

    Parameters
    ----------
    points : array-like of shape (n_faces, n_points, 2)
        Points (x, y).
    transforms : ndarray of shape (n_faces, 2, 3)
        Affine transforms.

    Returns
    -------
    points : ndarray of shape (n_faces, n_points, 2)
        The transformed points.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import transform_points
    >>> shift = np.array([[[1.0, 0.0, 5.0], [0.0, 1.0, 0.0]]])
    >>> transform_points([[[1, 2]]], shift).tolist()
    [[[6.0, 2.0]]]
    """
    points = np.asarray(points, dtype=float)
    return np.einsum("nij,npj->npi", transforms[:, :, :2], points) + transforms[:, None, :, 2]


def warp_affine(image, transform, output_size, border="replicate"):
    """Warp one image, averaging over the area of each new pixel where it shrinks.

    Parameters
    ----------
    image : ndarray of shape (height, width), dtype uint8, float32 or float64
        Grey pixels.
    transform : ndarray of shape (2, 3)
        Affine transform from pixels of the image to pixels of the output.
    output_size : tuple of (int, int)
        Height and width of the output.
    border : {"replicate", "reflect", "constant"}, default="replicate"
        What lies outside the picture: its border pixels repeated, its mirror image, or zeros.

    Returns
    -------
    warped : ndarray of shape (output_height, output_width)
        Of the type of `image`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.alignment import warp_affine
    >>> half = np.array([[0.5, 0.0, -0.25], [0.0, 0.5, -0.25]])
    >>> warp_affine(np.array([[0.0, 2.0], [4.0, 6.0]]), half, (1, 1)).tolist()
    [[3.0]]
    """
    height, width = output_size
    inverse = np.linalg.inv(transform[:, :2])
    # Below half size a bilinear sample skips pixels: sample finer, then average.
    finer_x, finer_y = (max(1, math.ceil(s - 1e-6)) for s in np.hypot(inverse[0], inverse[1]))
    factor = np.array([finer_x, finer_y])
    fine = transform * factor[:, None]
    fine[:, 2] += (factor - 1) / 2
    warped = cv2.warpAffine(
        np.ascontiguousarray(image),
        fine,
        (width * finer_x, height * finer_y),
        flags=cv2.INTER_LINEAR,
        borderMode=BORDERS[border],
    )
    if finer_x == finer_y == 1:
        return warped
    return cv2.resize(warped, (width, height), interpolation=cv2.INTER_AREA)


def check_eyes(eyes):
    """Return eye centres as floats; raise a ValueError that names those that are unusable."""
    eyes = np.asarray(eyes, dtype=float)
    distance = np.hypot(*(eyes[:, 1] - eyes[:, 0]).T)
    bad = np.flatnonzero(~np.isfinite(eyes).all(axis=(1, 2)) | ~(distance > 0))
    if len(bad):
        raise ValueError(
            f"{len(bad)} faces have no usable eye centres: samples {join_some(bad, limit=10)}. "
            "Locate them with an EyeLocator, drop these faces, or use "
            "FaceAligner(rotate=False, crop=None)."
        )
    return eyes
