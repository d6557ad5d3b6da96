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
            raise ValueError(f"Integer pixels lie between 0 and 65535, not {low} and {high}.")
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
    limits = (0, white) if images.dtype == np.uint8 else (images.min(), images.max())
    limits = tuple(map(float, limits))
    if reset:
        estimator.pixel_range_ = limits
    fitted = getattr(estimator, "pixel_range_", limits)
    now, then = max(map(abs, limits)), max(map(abs, fitted))
    if now and then and not then / _DARKER < now < then * _BRIGHTER:
        raise ValueError(
            f"X has pixels up to {now:.3g}, but {type(estimator).__name__} was fitted on pixels up "
            f"to {then:.3g}. Give images of the same range; 255 of uint8 counts as {white} here."
        )
