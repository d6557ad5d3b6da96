"""Drawing on an axis-aligned pixel grid measured in inter-eye distances."""

import math
from typing import NamedTuple

import numpy as np

from skfer.utils._opencv import cv2

_FRACTION_BITS = 6

_BEZIER_TIMES = np.linspace(0.0, 1.0, 17)[:, None]
_ANGLES = np.linspace(0.0, 2 * np.pi, 37)
_UNIT_CIRCLE = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])


class Canvas(NamedTuple):
    """Pixel centres of a grid, `scale` of them to an inter-eye distance."""

    x: np.ndarray
    y: np.ndarray
    scale: float

    @property
    def shape(self):
        return len(self.y), len(self.x)


def make_canvas(scale, left, top, right, bottom):
    """Cover a rectangle with pixels."""
    width, height = int(np.ceil((right - left) * scale)), int(np.ceil((bottom - top) * scale))
    x = left + (np.arange(width) + 0.5) / scale
    y = top + (np.arange(height) + 0.5) / scale
    # Single precision halves the time of every operation on the pixels.
    return Canvas(x.astype(np.float32), y.astype(np.float32), float(scale))


def crop(canvas, left, top, right, bottom):
    """Return the part of a canvas in a rectangle and the slices that cut it from an image."""
    columns = _between(left, right, canvas.x, canvas.scale)
    rows = _between(top, bottom, canvas.y, canvas.scale)
    return Canvas(canvas.x[columns], canvas.y[rows], canvas.scale), (rows, columns)


def fill(canvas, *polygons):
    """Return the coverage, from 0 to 1, of the inside of polygons."""
    coverage = np.zeros(canvas.shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(coverage, [_fixed_point(canvas, polygon)], 255, cv2.LINE_AA, _FRACTION_BITS)
    return coverage * np.float32(1 / 255)


def stroke(canvas, lines):
    """Return the coverage of lines, each a curve with its strength (0 to 1) and width."""
    coverage = np.zeros(canvas.shape, np.uint8)
    seen = (line for line in lines if line[1] > 0.03)
    for curve, strength, width in sorted(seen, key=lambda line: line[1]):
        thickness = max(1, round(width * canvas.scale))
        # A line cannot be thinner than a pixel, so it grows fainter instead.
        level = 255 * min(strength, 1.0) * min(1.0, width * canvas.scale / thickness)
        points = _fixed_point(canvas, curve)
        cv2.polylines(coverage, [points], False, level, thickness, cv2.LINE_AA, _FRACTION_BITS)
    return coverage * np.float32(1 / 255)


def soften(canvas, field, width):
    """Blur by a Gaussian whose standard deviation is in inter-eye distances."""
    sigma = width * canvas.scale
    radius = max(1, int(np.ceil(2.5 * sigma)))
    size = (2 * radius + 1, 2 * radius + 1)
    return cv2.GaussianBlur(field, size, sigma, borderType=cv2.BORDER_REPLICATE)


def soften_widely(canvas, field, width):
    """Blur like `soften` by widths of many pixels, at a quarter of the size."""
    height, full_width = field.shape
    size = (-(-full_width // 4), -(-height // 4))
    reduced = cv2.resize(field, size, interpolation=cv2.INTER_AREA)
    reduced = soften(canvas._replace(scale=canvas.scale / 4), reduced, width)
    return cv2.resize(reduced, (full_width, height), interpolation=cv2.INTER_LINEAR)


def add_bump(canvas, field, center, widths, height):
    """Add an axis-aligned Gaussian bump to a field, in place."""
    (x, y), (x_width, y_width) = center, widths
    part, inside = crop(canvas, x - 3 * x_width, y - 3 * y_width, x + 3 * x_width, y + 3 * y_width)
    across = np.exp(-0.5 * ((part.x - np.float32(x)) / np.float32(x_width)) ** 2)
    down = np.exp(-0.5 * ((part.y - np.float32(y)) / np.float32(y_width)) ** 2)
    field[inside] += np.float32(height) * down[:, None] * across


def mix(below, above, coverage):
    """Lay one tone over another where it covers it."""
    return below + coverage * (above - below)


def band(spine, half_widths):
    """Return the polygon round a curve at the given half widths, measured across x."""
    spread = np.column_stack([np.zeros(len(spine)), half_widths])
    return np.vstack([spine - spread, (spine + spread)[::-1]])


def bezier(*control):
    """Return a quadratic Bezier curve through its first and last control points."""
    start, middle, end = (np.asarray(point, dtype=np.float64) for point in control)
    t = _BEZIER_TIMES
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end


def ellipse(center, radii):
    """Return a closed ellipse."""
    return np.asarray(center) + np.asarray(radii) * _UNIT_CIRCLE


def _between(low, high, positions, scale):
    start, stop = (
        min(max(math.ceil((end - positions[0]) * scale), 0), len(positions)) for end in (low, high)
    )
    return slice(start, max(start, stop))


def _fixed_point(canvas, points):
    origin = np.array([canvas.x[0], canvas.y[0]], dtype=np.float64)
    pixels = (np.asarray(points) - origin) * canvas.scale  # 0 at the centre of the first one
    return np.round(pixels * (1 << _FRACTION_BITS)).astype(np.int32)
