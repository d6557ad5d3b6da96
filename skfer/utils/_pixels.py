"""The unit of pixels: integers are 0 to 255, and a model keeps to the range of floats it saw."""

import numpy as np

# A dark picture is no other unit, and noise is no picture: 0..1 and 0..255 are told apart.
_BRIGHTER, _DARKER = 10, 100


def as_pixels(array, name=None):
    """Return integers as uint8, and floats as float32 or float64 of the range they have.

    uint16 is 16 bits and loses the lower eight, as in image files; other integers lie between 0 and
    255; a mask is black and white. An error calls an image ``name.format(index)``, by its index on
    the first axis; None stands for an array that is one image.

    >>> import numpy as np
    >>> from skfer.utils._pixels import as_pixels
    >>> as_pixels(np.array([7, 255])).dtype, as_pixels(np.array([0xFFFF, 9], np.uint16)).tolist()
    (dtype('uint8'), [255, 0])
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
        images, name = (array[None], "the image") if name is None else (array, name)
        if kind == "u" and array.dtype.itemsize == 2:
            _check_sixteen_bits(images, name)
            return (array >> 8).astype(np.uint8)
        _check_eight_bits(images, name)
        return array.astype(np.uint8)
    if kind == "f":
        return array.astype(np.float64 if array.dtype.itemsize >= 8 else np.float32, copy=False)
    raise ValueError(f"Pixels are numbers, but these are of type {array.dtype}.")


def _check_sixteen_bits(images, name):
    """Refuse images that would become black, since they are of 8 bits in a wider type."""
    greatest = images.max(axis=tuple(range(1, images.ndim)), initial=0)
    narrow = np.flatnonzero((greatest > 0) & (greatest <= 255))
    if len(narrow):
        raise ValueError(
            f"{name.format(narrow[0])} is of uint16, which is 16 bits, but has no pixel above "
            f"{greatest[narrow[0]]}. If its pixels go from 0 to 255, give astype(np.uint8)."
        )


def _check_eight_bits(images, name):
    if images.min(initial=0) >= 0 and images.max(initial=0) <= 255:
        return
    first = np.argwhere((images < 0) | (images > 255))[0]
    raise ValueError(
        f"{name.format(first[0])} has the pixel {images[tuple(first)]}, but integers lie between 0 "
        "and 255. Give np.clip(X, 0, 255), or uint16 if the pixels have 16 bits."
    )


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
