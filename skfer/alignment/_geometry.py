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
import warnings
from numbers import Real

import numpy as np

from skfer.utils._opencv import cv2
from skfer.utils._text import join_some

LOPES_CROP = (2.4, 1.3, 3.2)
# As wide as high, with cheeks and jaw: nothing is squeezed in a square image.
SQUARE_CROP = (4.0, 1.2, 2.8)
MIN_EYE_DISTANCE = 2  # pixels; coordinates that are fractions of the picture are less apart

BORDERS = {
    "replicate": cv2.BORDER_REPLICATE,
    "reflect": cv2.BORDER_REFLECT_101,
    "constant": cv2.BORDER_CONSTANT,
}


def eye_transforms(eyes, output_size, *, crop=LOPES_CROP, margin=(0, 0), rotate=True):
    """Return the transforms (n_faces, 2, 3) that take eyes (n_faces, 2, 2) into a crop.

    The size (height, width) does not count the margins (vertical, horizontal), in pixels.

    >>> from skfer.alignment._geometry import eye_transforms, transform_points
    >>> transforms = eye_transforms([[[100, 120], [160, 120]]], (48, 48))
    >>> transform_points([[[100, 120], [160, 120]]], transforms).round(1).tolist()
    [[[3.5, 13.4], [43.5, 13.4]]]
    """
    eyes = np.asarray(eyes, dtype=float)
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
    """Return the eye centres (2, 2) in an image of shape (height, width) that is such a crop."""
    height, width = image_shape
    crop_width, above, below = crop
    x = width * (0.5 + np.array([-1, 1]) / crop_width) - 0.5
    y = height * above / (above + below) - 0.5
    return np.stack([x, np.full(2, y)], axis=1)


def check_crop(crop):
    """Return a crop as a tuple; refuse one that is no (width, above, below), or has no area."""
    crop = tuple(crop)
    if len(crop) != 3 or not all(isinstance(part, Real) for part in crop):
        raise ValueError(f"crop={crop}; expected (width, above, below) in half eye distances.")
    if not (crop[0] > 0 and crop[1] + crop[2] > 0):
        raise ValueError(f"crop={crop} has no area.")
    return crop


def resize_transform(image_shape, output_size, margin=(0, 0), roll=0.0):
    """Return the transform (2, 3) that takes a whole picture to the output.

    It turns the picture back by `roll`, in radians, clockwise on the screen, about its centre.
    """
    scale = np.array([output_size[1] / image_shape[1], output_size[0] / image_shape[0]])
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    linear = scale[:, None] * turn
    # Pixel centres have whole coordinates: the centres of picture and output lie half a pixel in.
    picture = np.array(image_shape[::-1]) / 2 - 0.5
    output = np.array(output_size[::-1]) / 2 - 0.5 + np.array([margin[1], margin[0]])
    return np.column_stack([linear, output - linear @ picture])


def pixel_aspect(image_shape, crop=LOPES_CROP):
    """Return the height of a pixel of a crop in widths of it, on the face: 1.875 for 48 x 48."""
    height, width = image_shape
    crop_width, above, below = crop
    return (above + below) / crop_width * width / height


def transform_points(points, transforms):
    """Apply affine transforms (n_faces, 2, 3) to points (n_faces, n_points, 2)."""
    points = np.asarray(points, dtype=float)
    return np.einsum("nij,npj->npi", transforms[:, :, :2], points) + transforms[:, None, :, 2]


def warp_affine(image, transform, output_size, border="replicate"):
    """Warp one grey image; pixels are averaged where it shrinks, and the dtype is kept."""
    height, width = output_size
    (a, b), (c, d) = transform[:, :2].tolist()
    # How far samples that are neighbours in the output lie apart in the image.
    steps = np.array([math.hypot(c, d), math.hypot(a, b)]) / abs(a * d - b * c)
    # Below half size a bilinear sample skips pixels: sample finer, then average.
    finer_x, finer_y = (max(1, math.ceil(step - 1e-6)) for step in steps)
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


def check_eyes(eyes, describe="sample {}".format):
    """Return eye centres (n_faces, 2, 2) as floats; refuse those that cannot be eyes.

    ``describe(index)`` names a face. Noise may turn a face that lies by more than 90 degrees, so
    that only eyes that are clearly in the wrong order are refused; the others are warned of.
    """
    eyes = np.asarray(eyes, dtype=float)

    def names(bad):
        return [describe(index) for index in np.flatnonzero(bad)]

    _refuse(names(~np.isfinite(eyes).all(axis=(1, 2))), "are unknown")
    right, down = (eyes[:, 1] - eyes[:, 0]).T
    too_close = np.hypot(right, down) < MIN_EYE_DISTANCE
    _refuse(names(too_close), f"are less than {MIN_EYE_DISTANCE} pixels apart")
    order = "that on the left of the picture comes first"
    _refuse(names(right < -abs(down)), f"are in the wrong order ({order})")
    lying = join_some(names(right < 0))
    if lying:
        warnings.warn(f"Faces are turned by more than 90 degrees: {lying}; {order}.", stacklevel=2)
    return eyes


def check_in_picture(eyes, shape, name):
    """Refuse eyes (2, 2) that are not those of a picture of a shape (height, width).

    An eye may lie as far outside as in a face that the border cuts in the middle.
    """
    (left_x, left_y), (right_x, right_y) = eyes.tolist()  # NumPy is slow on so few
    height, width = shape
    far = max(
        -0.5 - min(left_x, right_x, left_y, right_y),
        max(left_x, right_x) + 0.5 - width,
        max(left_y, right_y) + 0.5 - height,
    )
    distance = math.hypot(right_x - left_x, right_y - left_y)
    if far > min(distance, max(shape)) / 2 + MIN_EYE_DISTANCE:
        _refuse([name], f"lie outside the picture of {width} x {height} pixels")


def _refuse(names, problem):
    if names:
        raise ValueError(
            f"The eyes of {len(names)} faces {problem}: {join_some(names, limit=10)}. Give (x, y) "
            "in pixels, locate them with an EyeLocator, drop these faces, or use "
            "FaceAligner(rotate=False, crop=None)."
        )
