"""The relief of a synthetic face: its height towards the camera, in inter-eye distances.

Shading a relief makes folds and bulges show as they do on skin: dark on one side, light on the
other, and both moving with the light.
"""

import numpy as np

from skfer.synthetic._canvas import add_bump, bezier, crop, fill, soften, stroke
from skfer.synthetic._geometry import SIDES, outline_half_width


def make_relief(canvas, identity, action_units, geometry):
    """Return the height of the face at every pixel of the canvas."""
    relief = _head(canvas, identity, geometry)
    _raise_soft_parts(canvas, relief, identity, action_units, geometry)
    _raise_nose(canvas, relief, identity, geometry)
    _raise_lips(canvas, relief, geometry)
    creases = stroke(canvas, list_creases(identity, action_units, geometry))
    fine = soften(canvas, creases, 0.022)
    # The skin pushed out of a fold swells beside it.
    relief -= 0.075 * fine - 0.045 * soften(canvas, creases, 0.065)
    return relief


def list_creases(identity, action_units, geometry):
    """List the lines along which the skin folds, each with its strength and its width."""
    lines = _brow_creases(identity, action_units)
    for index, side in enumerate(SIDES):
        lines += _eye_creases(identity, action_units, geometry, index, side)
        lines += _mouth_creases(identity, action_units, geometry, index, side)
    lines += _nose_creases(action_units)
    chin_groove_y = geometry.lower_lip_bottom[16, 1] + 0.07
    strength = 0.30 + 0.5 * action_units[17] + 0.3 * action_units[24]
    lines.append((_arc(0.0, chin_groove_y, 0.17, 0.05 * action_units[17] + 0.02), strength, 0.035))
    return [line for line in lines if line[1] > 0.03]


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


def _raise_soft_parts(canvas, relief, identity, action_units, geometry):
    cheek_lift = 0.6 * action_units[6] + 0.7 * action_units[12]
    bumps = [
        ((0.0, geometry.chin_y - 0.20), (0.20, 0.15), 0.08),
        ((0.0, identity.mouth_y), (0.42, 0.30), 0.11),
        ((0.0, -0.80), (0.55, 0.30), 0.04),
        ((0.0, geometry.chin_y - 0.25), (0.09, 0.07), 0.05 * action_units[17]),
    ]
    for index, side in enumerate(SIDES):
        brow = geometry.brow_spines[index]
        inner, middle, outer = brow[[0, 8, 16]] if side > 0 else brow[[16, 8, 0]]
        corner_x, corner_y = geometry.mouth_corners[index]
        bumps += [
            ((side * 0.52, -0.02), (0.30, 0.17), -identity.eye_depth),
            ((side * 0.24, -0.02), (0.09, 0.12), -0.07),
            ((side * 0.5, 0.0), (0.18, 0.11), 0.085),
            (inner + (0, 0.01), (0.13, 0.085), 0.045 + 0.045 * action_units[4]),
            (middle + (0, 0.02), (0.17, 0.08), 0.05),
            (outer + (0, 0.03), (0.13, 0.09), 0.03),
            ((side * 0.80, 0.40), (0.17, 0.14), identity.cheekbone),
            (
                (side * 0.62, 0.52 - 0.08 * cheek_lift),
                (0.24, 0.19),
                identity.cheek_fullness + 0.075 * cheek_lift,
            ),
            ((side * 0.85, 1.0), (0.20, 0.25), 0.8 * identity.cheek_fullness - 0.06),
            (
                (corner_x + side * 0.11, corner_y + 0.02),
                (0.07, 0.09),
                0.04 * action_units[12] + 0.03 * action_units[20],
            ),
            (
                (side * 0.48, 0.21),
                (0.17, 0.05),
                0.02 + 0.035 * action_units[7] + 0.02 * identity.age,
            ),
        ]
    for center, widths, height in bumps:
        add_bump(canvas, relief, center, widths, height)


def _raise_nose(canvas, relief, identity, geometry):
    part, inside = crop(canvas, -0.5, -0.45, 0.5, geometry.nose_y + 0.25)
    y, x = part.y[:, None], part.x[None, :]
    along = np.clip((y + 0.30) / (geometry.nose_y + 0.24), 0.0, 1.3)
    tip = 1 / (1 + np.exp((y - geometry.nose_y + 0.02 + 1.6 * x**2) / 0.036))
    profile = (
        identity.nose_bridge * (0.16 + 0.84 * along**1.4) * np.clip((y + 0.42) / 0.2, 0, 1) * tip
    )
    half_width = 0.10 + 0.05 * along**2
    relief[inside] += (profile * np.exp(-0.5 * (x / half_width) ** 2)).astype(np.float32)
    add_bump(canvas, relief, (0.0, geometry.nose_y - 0.09), (0.095, 0.075), identity.nose_tip)
    for side in SIDES:
        wing = (side * 0.78 * geometry.nose_half_width, geometry.nose_y - 0.075)
        add_bump(canvas, relief, wing, (0.07, 0.062), 0.10)


def _raise_lips(canvas, relief, geometry):
    part, inside = crop_mouth(canvas, geometry)
    upper, lower = fill_lips(part, geometry)
    relief[inside] += 0.05 * soften(part, upper, 0.034) + 0.06 * soften(part, lower, 0.04)


def crop_mouth(canvas, geometry):
    """Return the part of a canvas that the mouth lies in, with some skin round it."""
    top, bottom = geometry.upper_lip_top[:, 1].min(), geometry.lower_lip_bottom[:, 1].max()
    left, right = geometry.mouth_corners[:, 0]
    return crop(canvas, left - 0.2, top - 0.2, right + 0.2, bottom + 0.2)


def fill_lips(canvas, geometry):
    """Return the coverage of the upper and of the lower lip."""
    upper = np.vstack([geometry.upper_lip_top, geometry.upper_lip_bottom[::-1]])
    lower = np.vstack([geometry.lower_lip_top, geometry.lower_lip_bottom[::-1]])
    return fill(canvas, upper), fill(canvas, lower)


def _brow_creases(identity, action_units):
    furrow = 0.95 * action_units[4] + 0.18 * identity.age
    arched = min(action_units[1], 1.0) * min(action_units[2], 1.0)
    oblique = action_units[1] * (1 - min(action_units[2], 1.0))
    old = max(identity.age - 0.25, 0.0)
    lines = [
        (bezier((-0.085, -0.40), (-0.055, -0.28), (-0.10, -0.14)), furrow, 0.028),
        (bezier((0.095, -0.38), (0.065, -0.27), (0.10, -0.15)), 0.9 * furrow, 0.028),
    ]
    for row, y in enumerate((-0.58, -0.70, -0.82)):
        weight = (1.0, 0.85, 0.6)[row]
        across = (0.25 + 0.55 * identity.age) * arched + 0.30 * old
        lines.append((_arc(0.0, y, 0.58 - 0.06 * row, -0.04), weight * across, 0.026))
        lines.append((_arc(0.0, y + 0.05, 0.22, -0.05), 0.55 * weight * oblique, 0.026))
    return lines


def _eye_creases(identity, action_units, geometry, index, side):
    upper = geometry.upper_lids[index][::4]
    lid_gap = 0.055 - 0.02 * action_units[4] - 0.015 * action_units[5]
    crow = 0.75 * action_units[6] * (0.45 + 0.55 * identity.age) + 0.25 * max(identity.age - 0.4, 0)
    corner = np.array([side * (0.5 + identity.eye_half_width + 0.07), 0.0])
    pouch = 0.15 + 0.35 * identity.age + 0.40 * action_units[6] + 0.35 * action_units[7]
    pouch_y = 0.175 - 0.035 * action_units[6] - 0.03 * action_units[9]
    lines = [
        (upper - (0.0, lid_gap), identity.lid_crease, 0.022),
        (_arc(side * 0.47, pouch_y, 0.20, 0.045), pouch, 0.024),
    ]
    for rise in (-0.07, 0.01, 0.09):
        end = corner + (side * 0.15, 1.4 * rise)
        lines.append(
            (bezier(corner + (0, rise * 0.5), corner + (side * 0.07, rise * 0.7), end), crow, 0.018)
        )
    return lines


def _nose_creases(action_units):
    wrinkled = action_units[9]
    lines = [
        (_arc(0.0, y, half_width, -0.025), strength * wrinkled, 0.024)
        for y, half_width, strength in ((-0.10, 0.10, 0.7), (0.0, 0.125, 0.95), (0.10, 0.12, 0.75))
    ]
    for side in SIDES:
        for drop in (0.0, 0.10):
            start, end = (side * 0.13, 0.06 + drop), (side * 0.25, 0.24 + drop)
            lines.append((bezier(start, (side * 0.21, 0.12 + drop), end), 0.85 * wrinkled, 0.024))
    return lines


def _mouth_creases(identity, action_units, geometry, index, side):
    corner = geometry.mouth_corners[index]
    wing = np.array([side * (geometry.nose_half_width + 0.035), geometry.nose_y - 0.12])
    raised = 0.75 * action_units[12] + 0.7 * action_units[9] + 0.75 * action_units[10]
    nasolabial = 0.10 + 0.36 * identity.age + 0.75 * raised + 0.2 * action_units[20]
    end = np.array(
        [side * (max(abs(corner[0]), identity.mouth_half_width) + 0.11), corner[1] - 0.01]
    )
    bow = (wing + end) / 2 + (side * (0.05 + 0.09 * min(raised, 1.2)), -0.05)
    corner_outwards = corner + (side * 0.06, 0.0)
    lines = [
        (bezier(wing, bow, end), min(nasolabial, 1.0), 0.04),
        # A short dent that ends the mouth.
        (_upright(corner_outwards, 0.05), 0.12 + 0.28 * action_units[12], 0.04),
        (
            bezier(
                corner + (side * 0.03, 0.02),
                corner + (side * 0.09, 0.10),
                corner + (side * 0.07, 0.23),
            ),
            0.75 * action_units[15] + 0.30 * max(identity.age - 0.3, 0),
            0.032,
        ),
        (_upright(corner + (side * 0.15, 0.02), 0.17), 0.65 * action_units[20], 0.028),
    ]
    if index == identity.stronger_side:
        lines.append((_upright(corner + (side * 0.075, -0.01), 0.09), action_units[14], 0.035))
    return lines


def _arc(x, y, half_width, sag):
    return bezier((x - half_width, y), (x, y + 2 * sag), (x + half_width, y))


def _upright(center, half_height):
    x, y = center
    return np.array([[x, y - half_height], [x, y], [x, y + half_height]])
