"""Where the parts of a synthetic face lie once the action units (`au`) have moved them.

Curves are arrays of (x, y) points in inter-eye distances, from left to right of the picture.
"""

from typing import NamedTuple

import numpy as np

EYE_CENTERS = np.array([[-0.5, 0.0], [0.5, 0.0]])

# Left and right of the picture.
SIDES = (-1.0, 1.0)

_CURVE = np.linspace(-1.0, 1.0, 33)
_ALONG = np.linspace(0.0, 1.0, 17)


class FaceGeometry(NamedTuple):
    """The curves of one face in one expression; of pairs, the left one comes first."""

    outline: np.ndarray
    chin_y: float
    brow_spines: list
    brow_half_widths: np.ndarray
    upper_lids: list
    lower_lids: list
    nose_y: float
    nose_half_width: float
    upper_lip_top: np.ndarray
    upper_lip_bottom: np.ndarray
    lower_lip_top: np.ndarray
    lower_lip_bottom: np.ndarray

    @property
    def mouth_corners(self):
        return self.upper_lip_bottom[[0, -1]]


def make_geometry(identity, au):
    """Place every part of a face that moves its action units."""
    chin_y = identity.chin_y + weigh(au, {26: 0.33, 17: -0.03})
    upper_lids, lower_lids = zip(*(_place_lids(identity, au, side) for side in SIDES), strict=True)
    blunt_inner = np.clip(0.55 + _ALONG / 0.12, 0.0, 1.0)
    tapered_outer = 1 - 0.8 * np.clip((_ALONG - 0.45) / 0.55, 0.0, 1.0) ** 1.2
    return FaceGeometry(
        _place_outline(identity, chin_y),
        chin_y,
        [_place_brow(identity, au, side) for side in SIDES],
        0.5 * identity.brow_thickness * blunt_inner * tapered_outer,
        upper_lids,
        lower_lids,
        identity.nose_length + weigh(au, {9: -0.05, 10: -0.02}),
        identity.nose_half_width * (1 + weigh(au, {9: 0.14, 10: 0.08, 12: 0.10})),
        *_place_lips(identity, au),
    )


def weigh(au, weights):
    """Return the weighted sum of some action units."""
    return sum(weight * au[unit] for unit, weight in weights.items())


def outline_half_width(identity, chin_y, y):
    """Return half the width of the head at each height, 0 above the crown and below the chin."""
    y = np.asarray(y, dtype=np.float64)
    middle = -0.12
    below = np.clip((y - middle) / (chin_y - middle), 0.0, 1.0)
    above = np.clip((middle - y) / (middle - identity.crown_y), 0.0, 1.0)
    jaw = (1 - below**identity.jaw_squareness) ** (1 / identity.jaw_squareness)
    skull = (1 - above**2.3) ** (1 / 2.3)
    taper = 1 - identity.jaw_taper * below**1.5
    return identity.head_half_width * np.where(y > middle, jaw * taper, skull)


def make_landmarks(geometry):
    """Sample 68 landmarks, of shape (68, 2), in the order of the iBUG 300-W mark-up."""
    jaw = geometry.outline[geometry.outline[:, 1] >= -0.05]
    # Without the sort by angle the two sides of the outline would follow each other top to bottom.
    jaw = jaw[np.argsort(-np.arctan2(jaw[:, 1] + 0.05, jaw[:, 0]))]
    nose_bridge = [(0.0, y) for y in np.linspace(0.02, geometry.nose_y - 0.13, 4)]
    across = np.linspace(-1.0, 1.0, 5)
    nostrils = np.column_stack(
        [across * geometry.nose_half_width, geometry.nose_y - 0.04 * np.abs(across)]
    )
    eyes = [
        part
        for upper, lower in zip(geometry.upper_lids, geometry.lower_lids, strict=True)
        for part in (_sample(upper, 4), _sample(lower, 4)[[2, 1]])
    ]
    outer_mouth = _sample(geometry.upper_lip_top, 7), _sample(geometry.lower_lip_bottom, 7)[5:0:-1]
    inner_mouth = _sample(geometry.upper_lip_bottom, 5), _sample(geometry.lower_lip_top, 5)[3:0:-1]
    brows = [_sample(spine, 5) for spine in geometry.brow_spines]
    parts = [_sample(jaw, 17), *brows, nose_bridge, nostrils, *eyes, *outer_mouth, *inner_mouth]
    return np.vstack(parts)


def _sample(curve, n_points):
    return curve[np.linspace(0, len(curve) - 1, n_points).round().astype(int)]


def _place_outline(identity, chin_y):
    angle = np.linspace(0, np.pi, 81)
    y = identity.crown_y + (chin_y - identity.crown_y) * (1 - np.cos(angle)) / 2
    right = np.column_stack([outline_half_width(identity, chin_y, y), y])
    return np.vstack([right, right[-2:0:-1] * (-1, 1)])


def _place_brow(identity, au, side):
    inner = np.clip(1 - _ALONG / 0.62, 0.0, 1.0) ** 0.8
    outer = np.clip((_ALONG - 0.18) / 0.5, 0.0, 1.0)
    # Together with AU1 the corrugator pulls the brows inwards more than down, which makes the
    # oblique brows of sadness and fear.
    lowered = au[4] * (1 - 0.75 * min(au[1], 1.0)) * (0.135 * (1 - _ALONG) ** 1.3 + 0.03)
    arch = identity.brow_arch * np.sin(np.pi * 0.92 * _ALONG) ** 1.5
    x = 0.53 + identity.brow_half_length * (2 * _ALONG - 1) - 0.065 * au[4] * (1 - _ALONG)
    y = side * identity.brow_asymmetry - identity.brow_height - arch + lowered
    y += identity.brow_slope * (_ALONG - 0.5) + 0.05 * _ALONG**3 - 0.03 * au[1] * au[2]
    y += weigh(au, {1: -0.155, 9: 0.06}) * inner + weigh(au, {2: -0.125, 6: 0.03}) * outer
    return _on_side(side, x, y)


def _place_lids(identity, au, side):
    t = _CURVE
    size = identity.eye_opening * (1 + side * identity.eye_asymmetry)
    sadness = au[1] * au[4]
    opened = weigh(au, {5: 0.62, 6: -0.26, 7: -0.38, 9: -0.30})
    opened -= 0.18 * au[4] * (1 - au[1] / 1.2) + 0.22 * sadness * (au[5] < 0.3)
    dropped = weigh(au, {5: 0.10, 6: -0.42, 7: -0.42, 9: -0.30, 12: -0.15})
    # The pupil never disappears behind a lid: the eye centres are what the faces are aligned by.
    upper, lower = max(size * (1 + opened), 0.042), max(0.86 * size * (1 + dropped), 0.038)
    tilt = (identity.eye_tilt + 0.012 * sadness) * t
    inner_slant = 1 - t * (0.10 + 0.25 * sadness - 0.12 * au[4])
    x = 0.5 + identity.eye_half_width * t
    return (
        _on_side(side, x, tilt - upper * (1 - np.abs(t) ** 2.3) * inner_slant),
        _on_side(side, x, tilt + lower * (1 - t**2) * (1 + 0.18 * t)),
    )


def _on_side(side, x, y):
    """Return a curve that runs outwards as one that runs to the right."""
    return np.column_stack([side * x, y])[:: int(side)]


def _place_lips(identity, au):
    """Return the curves of the upper lip and of the lower one, each its top and its bottom."""
    t = _CURVE
    pulled_up, pulled_back = _corner_pull(identity, au)
    widening = weigh(au, {17: -0.04, 20: 0.30, 23: -0.10, 24: -0.12})
    widening -= 0.26 * au[26] * (1 - min(au[12] + au[20], 1.0))
    reach = identity.mouth_half_width * (1 + widening + pulled_back)
    x = np.where(t < 0, *reach) * t
    corner_y = weigh(au, {15: 0.15, 17: 0.05, 20: 0.045, 26: 0.11}) - pulled_up
    line = identity.mouth_y + np.where(t < 0, *(corner_y - identity.mouth_curve)) * np.abs(t) ** 1.8
    line += weigh(au, {9: -0.02, 17: -0.055})

    parted, smile = weigh(au, {25: 0.075, 26: 0.50}), au[12] * au[25]
    jaw = min(au[26], 1.0)
    lip_raise = weigh(au, {9: 0.03, 10: 0.075}) * (1 - t**2) ** 0.7
    upper_gap = (0.20 * parted + 0.045 * smile) * (1 - t**2) ** (0.6 - 0.1 * jaw)
    lower_shape = (1 - np.abs(t) ** 2.2) ** (0.7 - 0.2 * jaw)
    lower_gap = (0.80 * parted + 0.05 * au[16] + 0.10 * smile) * lower_shape
    # With the lips together the raised upper lip takes the lower one along.
    together = 1 - min(au[25] + au[26], 1.0)
    upper_bottom = line - upper_gap - lip_raise
    lower_top = np.maximum(line + lower_gap - together * lip_raise, upper_bottom)

    thinned = weigh(au, {12: 0.25, 20: 0.20, 23: 0.45, 24: 0.65, 26: 0.10})
    cupid = 1 - 0.22 * np.exp(-((t / 0.13) ** 2))
    upper_lip = identity.upper_lip * max(1 - thinned - 0.15 * au[10], 0.22)
    lower_lip = identity.lower_lip * max(1 - thinned + 0.15 * au[17], 0.22)
    upper_top = upper_bottom - upper_lip * (1 - np.abs(t) ** 1.7) * cupid
    lower_bottom = lower_top + lower_lip * (1 - t**2) ** 0.75
    return [np.column_stack([x, y]) for y in (upper_top, upper_bottom, lower_top, lower_bottom)]


def _corner_pull(identity, au):
    """Return how far each mouth corner goes up, and back as a share of the mouth's half width."""
    smile = au[12] * (1 + np.array(SIDES) * identity.mouth_asymmetry)
    # AU14 stands for the unilateral dimpler of contempt, which takes the smile to its own side.
    smile[1 - identity.stronger_side] *= 1 - 0.9 * min(au[14], 1.0)
    dimple = np.zeros(2)
    dimple[identity.stronger_side] = au[14]
    return 0.225 * smile + 0.075 * dimple, 0.26 * smile + 0.13 * dimple
