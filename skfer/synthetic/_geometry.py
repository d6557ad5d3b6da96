"""Where the parts of a synthetic face lie once the action units have moved them.

Curves are arrays of (x, y) points in inter-eye distances, from left to right of the picture.
"""

from dataclasses import dataclass

import numpy as np

EYE_CENTERS = np.array([[-0.5, 0.0], [0.5, 0.0]])

# Left and right of the picture.
SIDES = (-1.0, 1.0)

_CURVE = np.linspace(-1.0, 1.0, 33)


@dataclass(frozen=True)
class FaceGeometry:
    """The curves of one face in one expression; of pairs, the left one comes first."""

    outline: np.ndarray
    chin_y: float
    brow_spines: tuple
    brow_half_widths: np.ndarray
    upper_lids: tuple
    lower_lids: tuple
    nose_y: float
    nose_half_width: float
    upper_lip_top: np.ndarray
    upper_lip_bottom: np.ndarray
    lower_lip_top: np.ndarray
    lower_lip_bottom: np.ndarray

    @property
    def mouth_corners(self):
        return self.upper_lip_bottom[[0, -1]]


def make_geometry(identity, action_units):
    """Place every part of a face that moves its action units."""
    chin_y = identity.chin_y + 0.33 * action_units[26] - 0.03 * action_units[17]
    nose_y = identity.nose_length - 0.05 * action_units[9] - 0.02 * action_units[10]
    nose_half_width = identity.nose_half_width * (
        1 + 0.14 * action_units[9] + 0.08 * action_units[10] + 0.10 * action_units[12]
    )
    lids = [_place_lids(identity, action_units, side) for side in SIDES]
    lips = _place_lips(identity, action_units)
    return FaceGeometry(
        outline=_place_outline(identity, chin_y),
        chin_y=chin_y,
        brow_spines=tuple(_place_brow(identity, action_units, side) for side in SIDES),
        brow_half_widths=_brow_half_widths(identity),
        upper_lids=tuple(upper for upper, _ in lids),
        lower_lids=tuple(lower for _, lower in lids),
        nose_y=nose_y,
        nose_half_width=nose_half_width,
        **lips,
    )


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
    nose_bridge = [(0.0, y) for y in np.linspace(0.02, geometry.nose_y - 0.13, 4)]
    nostrils = [
        (x * geometry.nose_half_width, geometry.nose_y - 0.04 * abs(x))
        for x in (-1.0, -0.5, 0.0, 0.5, 1.0)
    ]
    brows = [_sample(spine, 5) for spine in geometry.brow_spines]
    eyes = [
        np.vstack([_sample(upper, 4), _sample(lower, 4)[[2, 1]]])
        for upper, lower in zip(geometry.upper_lids, geometry.lower_lids, strict=True)
    ]
    outer_mouth = [
        _sample(geometry.upper_lip_top, 7),
        _sample(geometry.lower_lip_bottom, 7)[5:0:-1],
    ]
    inner_mouth = [
        _sample(geometry.upper_lip_bottom, 5),
        _sample(geometry.lower_lip_top, 5)[3:0:-1],
    ]
    jaw = _sample(_jaw_line(geometry), 17)
    return np.vstack([jaw, *brows, nose_bridge, nostrils, *eyes, *outer_mouth, *inner_mouth])


def _jaw_line(geometry):
    below_eyes = geometry.outline[geometry.outline[:, 1] >= -0.05]
    # Without the sort by angle the two sides of the outline would follow each other top to bottom.
    return below_eyes[np.argsort(-np.arctan2(below_eyes[:, 1] + 0.05, below_eyes[:, 0]))]


def _sample(curve, n_points):
    return curve[np.linspace(0, len(curve) - 1, n_points).round().astype(int)]


def _place_outline(identity, chin_y):
    angle = np.linspace(0, np.pi, 81)
    y = identity.crown_y + (chin_y - identity.crown_y) * (1 - np.cos(angle)) / 2
    half_width = outline_half_width(identity, chin_y, y)
    right = np.column_stack([half_width, y])
    left = np.column_stack([-half_width, y])[::-1]
    return np.vstack([right, left[1:-1]])


def _place_brow(identity, action_units, side):
    along = np.linspace(0.0, 1.0, 17)
    raised_inner = action_units[1]
    # Together with AU1 the corrugator pulls the brows inwards more than down, which makes the
    # oblique brows of sadness and fear.
    lowered = action_units[4] * (1 - 0.75 * min(raised_inner, 1.0))
    drawn_together = 0.065 * action_units[4]
    inner = np.clip(1 - along / 0.62, 0.0, 1.0) ** 0.8
    outer = np.clip((along - 0.18) / 0.5, 0.0, 1.0)
    x = 0.53 - identity.brow_half_length + 2 * identity.brow_half_length * along
    x = x - drawn_together * (1 - along)
    y = (
        -identity.brow_height
        - identity.brow_arch * np.sin(np.pi * np.clip(along * 0.92, 0, 1)) ** 1.5
        + identity.brow_slope * (along - 0.5)
        + 0.05 * along**3
        + side * identity.brow_asymmetry
        - 0.155 * raised_inner * inner
        - 0.125 * action_units[2] * outer
        - 0.03 * raised_inner * action_units[2]
        + lowered * (0.135 * (1 - along) ** 1.3 + 0.03)
        + 0.06 * action_units[9] * inner
        + 0.03 * action_units[6] * outer
    )
    spine = np.column_stack([side * x, y])
    return spine if side > 0 else spine[::-1]


def _brow_half_widths(identity):
    along = np.linspace(0.0, 1.0, 17)
    blunt_inner = np.clip(0.55 + along / 0.12, 0.0, 1.0)
    tapered_outer = 1 - 0.8 * np.clip((along - 0.45) / 0.55, 0.0, 1.0) ** 1.2
    return 0.5 * identity.brow_thickness * blunt_inner * tapered_outer


def _place_lids(identity, action_units, side):
    size = identity.eye_opening * (1 + side * identity.eye_asymmetry)
    sadness = action_units[1] * action_units[4]
    upper = size * (
        1
        + 0.62 * action_units[5]
        - 0.38 * action_units[7]
        - 0.26 * action_units[6]
        - 0.30 * action_units[9]
        - 0.18 * action_units[4] * (1 - action_units[1] / 1.2)
        - 0.22 * sadness * (action_units[5] < 0.3)
    )
    lower = (
        0.86
        * size
        * (
            1
            - 0.42 * action_units[7]
            - 0.42 * action_units[6]
            - 0.30 * action_units[9]
            - 0.15 * action_units[12]
            + 0.10 * action_units[5]
        )
    )
    # The pupil never disappears behind a lid: the eye centres are what the faces are aligned by.
    upper, lower = max(upper, 0.042), max(lower, 0.038)
    t = _CURVE
    tilt = (identity.eye_tilt + 0.012 * sadness) * t
    inner_slant = 1 - t * (0.10 + 0.25 * sadness - 0.12 * action_units[4])
    upper_y = tilt - upper * (1 - np.abs(t) ** 2.3) * inner_slant
    lower_y = tilt + lower * (1 - t**2) * (1 + 0.18 * t)
    x = side * (0.5 + identity.eye_half_width * t)
    order = slice(None) if side > 0 else slice(None, None, -1)
    return np.column_stack([x, upper_y])[order], np.column_stack([x, lower_y])[order]


def _place_lips(identity, action_units):
    t = _CURVE
    pulled_up, pulled_back = _corner_pull(identity, action_units)
    widening = (
        0.30 * action_units[20]
        - 0.10 * action_units[23]
        - 0.12 * action_units[24]
        - 0.04 * action_units[17]
        - 0.26 * action_units[26] * (1 - min(action_units[12] + action_units[20], 1.0))
    )
    reach = identity.mouth_half_width * (1 + widening + pulled_back)
    x = np.where(t < 0, reach[0], reach[1]) * t
    corner_y = (
        -pulled_up
        + 0.15 * action_units[15]
        + 0.05 * action_units[17]
        + 0.045 * action_units[20]
        + 0.11 * action_units[26]
        - identity.mouth_curve
    )
    line = identity.mouth_y + np.where(t < 0, corner_y[0], corner_y[1]) * np.abs(t) ** 1.8
    line = line - 0.055 * action_units[17] - 0.02 * action_units[9]

    parted = 0.075 * action_units[25] + 0.50 * action_units[26]
    lip_raise = (0.075 * action_units[10] + 0.03 * action_units[9]) * (1 - t**2) ** 0.7
    smile_raise = 0.045 * action_units[12] * action_units[25]
    upper_gap = (0.20 * parted + smile_raise) * (1 - t**2) ** (
        0.6 - 0.1 * min(action_units[26], 1.0)
    )
    lower_gap = (
        0.80 * parted + 0.05 * action_units[16] + 0.10 * action_units[12] * action_units[25]
    ) * (1 - np.abs(t) ** 2.2) ** (0.7 - 0.2 * min(action_units[26], 1.0))
    # With the lips together the raised upper lip takes the lower one along.
    together = 1 - min(action_units[25] + action_units[26], 1.0)
    upper_bottom = line - upper_gap - lip_raise
    lower_top = np.maximum(line + lower_gap - together * lip_raise, upper_bottom)

    pressed = 0.45 * action_units[23] + 0.65 * action_units[24]
    stretched = 0.25 * action_units[12] + 0.20 * action_units[20] + 0.10 * action_units[26]
    cupid = (
        1 - 0.22 * np.exp(-((t / 0.13) ** 2)) + 0.08 * np.exp(-(((np.abs(t) - 0.25) / 0.18) ** 2))
    )
    upper_lip = identity.upper_lip * max(1 - pressed - stretched - 0.15 * action_units[10], 0.22)
    lower_lip = identity.lower_lip * max(1 - pressed - stretched + 0.15 * action_units[17], 0.22)
    upper_top = upper_bottom - upper_lip * (1 - np.abs(t) ** 1.7) * cupid
    lower_bottom = lower_top + lower_lip * (1 - t**2) ** 0.75
    return {
        "upper_lip_top": np.column_stack([x, upper_top]),
        "upper_lip_bottom": np.column_stack([x, upper_bottom]),
        "lower_lip_top": np.column_stack([x, lower_top]),
        "lower_lip_bottom": np.column_stack([x, lower_bottom]),
    }


def _corner_pull(identity, action_units):
    """How far each mouth corner goes up, and back as a share of the mouth's half width."""
    smile = np.full(2, action_units[12]) * (1 + np.array(SIDES) * identity.mouth_asymmetry)
    # AU14 stands for the unilateral dimpler of contempt, which takes the smile to its own side.
    weaker_side = 1 - identity.stronger_side
    smile[weaker_side] *= 1 - 0.9 * min(action_units[14], 1.0)
    dimple = np.zeros(2)
    dimple[identity.stronger_side] = action_units[14]
    return 0.225 * smile + 0.075 * dimple, 0.26 * smile + 0.13 * dimple
