"""The unit of pixels: integers are 0 to 255, and a model keeps to the range of floats it saw."""

import numpy as np

# A dark picture is no other unit, and noise is no picture: 0..1 and 0..255 are told apart.
_BRIGHTER, _DARKER = 10, 100


def as_pixels(array):
    """Return integers as uint8, and floats as float32 or float64 of the range they have.

    Integers beyond 255 are those of 16 bits and lose the lower eight, as in image files; a mask is
    black and white.

    >>> import numpy as np
    >>> from skfer.utils._pixels import as_pixels
    >>> as_pixels(np.array([7, 255])).dtype, as_pixels(np.array([0xFFFF, 256])).tolist()
    (dtype('uint8'), [255, 1])
    """
    if array.dtype == object:
        array = np.array(array.tolist())  # finds out whether they are integers
    if array.dtype == object:
        array = array.astype(np.float64)
    kind = array.dtype.kind
    if array.dtype == np.uint8:
        return array
    if kind == "b":
        return array.astype(np.uint8) * np.uint8(255)
    if kind in "iu":
        low, high = array.min(initial=0), array.max(initial=0)
        if low < 0 or high > 0xFFFF:
            raise ValueError(
                f"Pixels that are integers lie between 0 and 255, or 65535 for 16 bits, but these "
                f"between {low} and {high}. Give anything else as float."
            )
        return (array >> 8 if high > 255 else array).astype(np.uint8)
    if kind == "f":
        return array.astype(np.float64 if array.dtype.itemsize >= 8 else np.float32, copy=False)
    raise ValueError(f"Pixels are numbers, but these are of type {array.dtype}.")


def check_pixel_range(estimator, images, reset):
    """Remember the range of the pixels in ``pixel_range_``, or refuse another order of magnitude.

    The class says by ``_white`` what 255 of uint8 is to it; None if it is blind to the range.
    """
    white = getattr(estimator, "_white", None)
    if white is None:
        return
    is_uint8 = images.dtype == np.uint8
    seen = (0.0, float(white)) if is_uint8 else (float(images.min()), float(images.max()))
    if reset:
        estimator.pixel_range_ = seen
        return
    fitted = getattr(estimator, "pixel_range_", seen)
    now, then = (max(map(abs, limits)) for limits in (seen, fitted))
    if now and then and not then / _DARKER < now < then * _BRIGHTER:
        unit = f"uint8, which count up to {white}" if is_uint8 else f"floats up to {now:.3g}"
        raise ValueError(
            f"The pixels of X are {unit}, but {type(estimator).__name__} was fitted on pixels up "
            f"to {then:.3g}. Give the images in the unit of fit."
        )
