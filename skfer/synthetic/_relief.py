"""The relief of a synthetic face: its height towards the camera, in inter-eye distances.

Shading a relief makes folds and bulges show as they do on skin: dark on one side, light on the
other, and both moving with the light.
"""

import numpy as np

from skfer.synthetic._canvas import add_bump, bezier, crop, fill, soften, stroke
from skfer.synthetic._geometry import SIDES, outline_half_width, weigh


def make_relief(canvas, identity, au, geometry):
    """Return the height of the face at every pixel of the canvas."""
    relief = _head(canvas, identity, geometry)
    for center, widths, height in _list_bumps(identity, au, geometry):
        add_bump(canvas, relief, center, widths, height)
    _raise_nose(canvas, relief, identity, geometry)
    part, inside = crop_mouth(canvas, geometry)
    upper, lower = fill_lips(part, geometry)
    relief[inside] += 0.05 * soften(part, upper, 0.034) + 0.06 * soften(part, lower, 0.04)
    creases = stroke(canvas, _list_creases(identity, au, geometry))
    # The skin pushed out of a fold swells beside it.
    folds = 0.075 * soften(canvas, creases, 0.022) - 0.045 * soften(canvas, creases, 0.065)
    return relief - identity.crease_depth * folds


def crop_mouth(canvas, geometry):
    """Return the part of a canvas that the mouth lies in, with some skin round it."""
    left, right = geometry.mouth_corners[:, 0]
    top, bottom = geometry.upper_lip_top[:, 1].min(), geometry.lower_lip_bottom[:, 1].max()
    return crop(canvas, left - 0.2, top - 0.2, right + 0.2, bottom + 0.2)


def fill_lips(canvas, geometry):
    """Return the coverage of the upper and of the lower lip."""
    upper = np.vstack([geometry.upper_lip_top, geometry.upper_lip_bottom[::-1]])
    lower = np.vstack([geometry.lower_lip_top, geometry.lower_lip_bottom[::-1]])
    return fill(canvas, upper), fill(canvas, lower)


def _head(canvas, identity, geometry):
    middle = -0.12
    y = canvas.y
    below = np.clip((y - middle) / (geometry.chin_y - middle), 0.0, 1.0)
    above = np.clip((middle - y) / (middle - identity.crown_y), 0.0, 1.0)
    # The relief rounds off towards the chin by itself; following the outline too would make a keel.
    outline = outline_half_width(identity, geometry.chin_y, y)
    half_width = 0.5 * (outline + identity.head_half_width * (1 - 0.3 * below))
    # Flatter in front than an ellipsoid, steeper at the sides.
    squared = (canvas.x[None, :] / half_width[:, None].astype(np.float32)) ** 2
    across = np.clip(1 - squared * squared * (0.35 + 0.65 * squared), 0.0, 1.0)
    along = (1 - 0.9 * below**3.2 - 0.75 * above**2.6).astype(np.float32)
    return 0.62 * np.sqrt(across * along[:, None] + np.float32(0.02))


def _list_bumps(identity, au, geometry):
    """Yield the soft parts, each with its centre, its two widths and its height."""
    cheek_lift = weigh(au, {6: 0.6, 12: 0.7})
    fullness = identity.cheek_fullness
    yield (0.0, geometry.chin_y - 0.20), (0.20, 0.15), 0.08 + 0.02 * au[17]
    yield (0.0, identity.mouth_y), (0.42, 0.30), 0.11
    yield (0.0, -0.80), (0.55, 0.30), 0.04
    yield (0.0, geometry.nose_y - 0.09), (0.095, 0.075), identity.nose_tip
    for index, side in enumerate(SIDES):
        inner, middle, outer = geometry.brow_spines[index][[0, 8, 16]][:: int(side)]
        corner_x, corner_y = geometry.mouth_corners[index]
        yield (side * 0.52, -0.02), (0.30, 0.17), -identity.eye_depth
        yield (side * 0.24, -0.02), (0.09, 0.12), -0.07
        yield (side * 0.5, 0.0), (0.18, 0.11), 0.085
        yield inner + (0, 0.01), (0.13, 0.085), 0.045 + 0.045 * au[4]
        yield middle + (0, 0.02), (0.17, 0.08), 0.05
        yield outer + (0, 0.03), (0.13, 0.09), 0.03
        yield (side * 0.80, 0.40), (0.17, 0.14), identity.cheekbone
        cheek = (side * 0.62, 0.52 - 0.08 * cheek_lift)
        yield cheek, (0.24, 0.19), fullness + 0.075 * cheek_lift
        yield (side * 0.85, 1.0), (0.20, 0.25), 0.8 * fullness - 0.06
        corner = (corner_x + side * 0.11, corner_y + 0.02)
        yield corner, (0.07, 0.09), weigh(au, {12: 0.04, 20: 0.03})
        yield (side * 0.48, 0.21), (0.17, 0.05), 0.027 + 0.035 * au[7]
        wing = (side * 0.78 * geometry.nose_half_width, geometry.nose_y - 0.075)
        yield wing, (0.07, 0.062), 0.10


def _raise_nose(canvas, relief, identity, geometry):
    part, inside = crop(canvas, -0.5, -0.45, 0.5, geometry.nose_y + 0.25)
    y, x = part.y[:, None], part.x[None, :]
    along = np.clip((y + 0.30) / (geometry.nose_y + 0.24), 0.0, 1.3)
    tip = 1 / (1 + np.exp((y - geometry.nose_y + 0.02 + 1.6 * x**2) / 0.036))
    root = np.clip((y + 0.42) / 0.2, 0, 1)
    profile = identity.nose_bridge * (0.16 + 0.84 * along**1.4) * root * tip
    half_width = 0.10 + 0.05 * along**2
    relief[inside] += (profile * np.exp(-0.5 * (x / half_width) ** 2)).astype(np.float32)


def _list_creases(identity, au, geometry):
    """Yield the lines along which the skin folds, each with its strength and its width."""
    furrow = 0.06 + 0.95 * au[4]
    yield bezier((-0.085, -0.40), (-0.055, -0.28), (-0.10, -0.14)), furrow, 0.028
    yield bezier((0.095, -0.38), (0.065, -0.27), (0.10, -0.15)), 0.9 * furrow, 0.028
    raised_outer = min(au[2], 1.0)
    for y, weight in ((-0.58, 1.0), (-0.70, 0.85), (-0.82, 0.6)):
        yield _arc(0.0, y, 0.55, -0.04), 0.48 * weight * min(au[1], 1.0) * raised_outer, 0.026
        yield _arc(0.0, y + 0.05, 0.22, -0.05), 0.55 * weight * au[1] * (1 - raised_outer), 0.026
    for y, half_width in ((-0.10, 0.10), (0.0, 0.125), (0.10, 0.12)):
        yield _arc(0.0, y, half_width, -0.025), 0.8 * au[9], 0.024
    chin_groove_y = geometry.lower_lip_bottom[16, 1] + 0.07
    groove = _arc(0.0, chin_groove_y, 0.17, 0.05 * au[17] + 0.02)
    yield groove, 0.30 + weigh(au, {17: 0.5, 24: 0.3}), 0.035
    for index, side in enumerate(SIDES):
        yield from _list_eye_creases(identity, au, geometry.upper_lids[index], side)
        yield from _list_mouth_creases(identity, au, geometry, index, side)


def _list_eye_creases(identity, au, upper_lid, side):
    lid_gap = 0.055 - weigh(au, {4: 0.02, 5: 0.015})
    yield upper_lid[::4] - (0.0, lid_gap), identity.lid_crease, 0.022
    pouch = _arc(side * 0.47, 0.175 - weigh(au, {6: 0.035, 9: 0.03}), 0.20, 0.045)
    yield pouch, 0.27 + weigh(au, {6: 0.40, 7: 0.35}), 0.024
    x = side * (0.57 + identity.eye_half_width)
    for rise in (-0.07, 0.01, 0.09):  # crow's feet
        foot = bezier((x, 0.5 * rise), (x + side * 0.07, 0.7 * rise), (x + side * 0.15, 1.4 * rise))
        yield foot, 0.48 * au[6], 0.018
    for drop in (0.0, 0.10):  # beside the nose
        middle, end = (side * 0.21, 0.12 + drop), (side * 0.25, 0.24 + drop)
        yield bezier((side * 0.13, 0.06 + drop), middle, end), 0.85 * au[9], 0.024


def _list_mouth_creases(identity, au, geometry, index, side):
    corner = geometry.mouth_corners[index]
    outwards = np.array([side, 1.0])
    wing = outwards * (geometry.nose_half_width + 0.035, geometry.nose_y - 0.12)
    raised = weigh(au, {9: 0.7, 10: 0.75, 12: 0.75})
    reach = max(abs(corner[0]), identity.mouth_half_width) + 0.11
    end = np.array([side * reach, corner[1] - 0.01])
    bow = (wing + end) / 2 + outwards * (0.05 + 0.09 * min(raised, 1.2), -0.05)
    yield bezier(wing, bow, end), min(0.22 + 0.75 * raised + 0.2 * au[20], 1.0), 0.04
    # A short dent that ends the mouth.
    yield _upright(corner + outwards * (0.06, 0.0), 0.05), 0.12 + 0.28 * au[12], 0.04
    start, middle, end = (corner + outwards * p for p in ((0.03, 0.02), (0.09, 0.10), (0.07, 0.23)))
    yield bezier(start, middle, end), 0.75 * au[15], 0.032
    yield _upright(corner + outwards * (0.15, 0.02), 0.17), 0.65 * au[20], 0.028
    if index == identity.stronger_side:
        yield _upright(corner + outwards * (0.075, -0.01), 0.09), au[14], 0.035


def _arc(x, y, half_width, sag):
    return bezier((x - half_width, y), (x, y + 2 * sag), (x + half_width, y))


def _upright(center, half_height):
    return center + np.array([(0.0, -half_height), (0.0, half_height)])
