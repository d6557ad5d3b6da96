"""Regions of an aligned face, as parts of its height and width."""

import numpy as np

# Forehead, eyes, nose and mouth of Fan and Tjahjadi (2015), who do not say where they end. Eyes are
# 30 % down in a SQUARE_CROP and 29 % in a LOPES_CROP, so that brows belong to the forehead.
FACE_REGIONS = {
    "forehead": (0.0, 0.2, 0.0, 1.0),
    "eyes": (0.2, 0.4, 0.0, 1.0),
    "nose": (0.4, 0.65, 0.0, 1.0),
    "mouth": (0.65, 1.0, 0.0, 1.0),
}


def check_regions(regions):
    """Return the regions, by default those of a face; refuse one that has no area.

    >>> list(check_regions(None))
    ['forehead', 'eyes', 'nose', 'mouth']
    """
    regions = FACE_REGIONS if regions is None else regions
    if not regions:
        raise ValueError("regions is empty; at least one is needed.")
    for name, sides in regions.items():
        sides = np.asarray(sides, dtype=float)
        top, bottom, left, right = sides if sides.shape == (4,) else [np.nan] * 4
        if not (0 <= top < bottom <= 1 and 0 <= left < right <= 1):
            raise ValueError(
                f"The region {name!r} is {regions[name]!r}; expected (top, bottom, left, right), "
                "fractions of the height and width, 0 <= top < bottom <= 1 and likewise across."
            )
    return regions


def cut_region(sides, height, width):
    """Return rows and columns of a region as slices, of a pixel at least.

    >>> cut_region((0.2, 0.4, 0.0, 1.0), 48, 48)
    (slice(10, 19, None), slice(0, 48, None))
    """
    top, bottom, left, right = sides
    return _cut(top, bottom, height), _cut(left, right, width)


def _cut(start, stop, size):
    first = min(round(start * size), size - 1)
    return slice(first, max(round(stop * size), first + 1))
