"""Hair of a synthetic face: on the head, behind it, over the eyes and round the mouth."""

import numpy as np

from skfer.synthetic._canvas import band, crop, ellipse, fill, mix, soften
from skfer.synthetic._geometry import SIDES, outline_half_width

LONG_STYLES = ("long", "parted_long")

# How far the hair stands off the sides of the head, as a share of its volume.
_FULLNESS = {
    "cropped": 0.2,
    "swept": 0.4,
    "fringe": 0.6,
    "parted_long": 1.0,
    "long": 1.0,
    "receding": 0.15,
}

_SIDEBURN_Y = {
    "cropped": 0.0,
    "swept": 0.12,
    "fringe": 0.12,
    "parted_long": 1.9,
    "long": 1.9,
    "receding": 0.05,
}


def draw_brows(canvas, tones, identity, geometry):
    """Darken the skin under the brows."""
    widths = geometry.brow_half_widths
    brows = [
        band(spine, widths if side > 0 else widths[::-1])
        for side, spine in zip(SIDES, geometry.brow_spines, strict=True)
    ]
    coverage = identity.brow_density * soften(canvas, fill(canvas, *brows), 0.014)
    tone = 0.04 + 0.5 * identity.hair_tone * min(identity.skin_tone / 0.5, 1.0)
    return mix(tones, np.float32(min(tone, 0.7 * identity.skin_tone)), coverage)


def darken_beard(canvas, tones, identity, geometry):
    """Darken the skin where facial hair grows."""
    if identity.facial_hair == "none":
        return tones
    growth = fill(canvas, _moustache(geometry))
    if identity.facial_hair != "moustache":
        growth = np.maximum(growth, fill(canvas, _full_beard(identity, geometry)))
    if identity.facial_hair == "stubble":
        return tones * (1 - 0.35 * identity.facial_hair_density * soften(canvas, growth, 0.09))
    coverage = identity.facial_hair_density * soften(canvas, growth, 0.035)
    tone = np.float32(0.7 * min(identity.hair_tone, identity.skin_tone))
    return mix(tones, tone * _strands(canvas, identity, 0.15), coverage)


def draw_hair_behind(canvas, picture, identity, light):
    """Draw long hair, which falls behind the neck."""
    half_width = identity.head_half_width + identity.hair_volume + 0.03
    upper_half = ellipse((0.0, -0.1), (half_width, 1.6))[18:]
    ends = [(half_width + 0.08, 2.6), (-half_width - 0.08, 2.6)]
    sheet = fill(canvas, np.vstack([upper_half, ends]))
    return mix(picture, _hair_tones(canvas, identity, light), sheet)


def draw_hair_in_front(canvas, picture, identity, light):
    """Draw the hair that frames the face, and its shadow."""
    edge = identity.head_half_width + 1.0
    lowest = _SIDEBURN_Y[identity.hair_style] + 0.3
    part, inside = crop(canvas, -edge, identity.crown_y - 1.0, edge, lowest)
    sheet = soften(part, fill(part, _front_hair(identity)), 0.022)
    shadow = 0.35 * np.clip(soften(part, sheet, 0.075) - sheet, 0, 1)
    haired = picture.copy()
    haired[inside] = mix(picture[inside] * (1 - shadow), _hair_tones(part, identity, light), sheet)
    return haired


def _moustache(geometry):
    lip_y = geometry.upper_lip_top[16, 1]
    corner_x = np.abs(geometry.mouth_corners[:, 0]).mean()
    right = np.array(
        [
            (0.12, geometry.nose_y + 0.07),
            (corner_x + 0.07, lip_y + 0.06),
            (corner_x + 0.05, lip_y + 0.17),
        ]
    )
    return _close_symmetrically(np.vstack([right, [(0.0, lip_y + 0.01)]]))


def _full_beard(identity, geometry):
    corner_x = np.abs(geometry.mouth_corners[:, 0]).mean()
    mouth_y = geometry.mouth_corners[:, 1].mean()
    inner = [
        (0.20, geometry.lower_lip_bottom[16, 1] + 0.03),
        (corner_x + 0.05, mouth_y + 0.06),
        (corner_x + 0.20, mouth_y - 0.10),
        (0.90, 0.45),
        (0.97, 0.10),
    ]
    y = np.linspace(0.30, geometry.chin_y, 15)
    outer = np.column_stack([outline_half_width(identity, geometry.chin_y, y) + 0.02, y])
    return _close_symmetrically(np.vstack([inner, outer]))


def _close_symmetrically(right):
    return np.vstack([right, right[::-1] * (-1, 1)])


def _front_hair(identity):
    half_width = identity.head_half_width + _FULLNESS[identity.hair_style] * identity.hair_volume
    height = 0.02 - (identity.crown_y - identity.hair_volume)
    angle = np.linspace(0.5 * np.pi, -0.5 * np.pi, 25)
    over_the_top = np.column_stack([half_width * np.sin(angle), 0.02 - height * np.cos(angle)])
    sideburn_y = _SIDEBURN_Y[identity.hair_style]
    sideburn = np.array([(identity.head_half_width - 0.03, sideburn_y), (half_width, sideburn_y)])
    return np.vstack(
        [sideburn[::-1] * (-1, 1), _round_corners(_hairline(identity)), sideburn, over_the_top]
    )


def _hairline(identity):
    """Where forehead and hair meet, from the left temple to the right."""
    line, side, temple = identity.hairline_y, identity.hair_side, 0.86 * identity.head_half_width
    right = {
        "cropped": [(0.0, line), (0.52, line + 0.02), (0.88 * temple, -0.72), (temple, -0.35)],
        "swept": [(0.0, line), (0.45, line), (0.9 * temple, -0.70), (temple, -0.32)],
        "fringe": [(0.0, -0.70), (0.5, -0.65), (temple, -0.42)],
        "parted_long": [(0.0, line - 0.22), (0.62, -0.75), (temple, -0.25)],
        "long": [(0.0, line - 0.12), (0.5, line + 0.12), (temple, -0.30)],
        "receding": [
            (0.3, line - 0.12),
            (0.60, line - 0.34),
            (temple, -0.75),
            (1.04 * temple, -0.35),
        ],
    }
    half = np.array(right[identity.hair_style])
    hairline = np.vstack([half[::-1] * (-1, 1), half])
    if identity.hair_style == "swept":
        hairline[:, 1] -= 0.35 * side * hairline[:, 0] * (np.abs(hairline[:, 0]) < 0.5)
    elif identity.hair_style == "long":
        hairline[:, 0] += 0.28 * side * (hairline[:, 0] == 0.0)
    return hairline


def _round_corners(polyline):
    """Two passes of Chaikin's corner cutting."""
    for _ in range(2):
        start, end = polyline[:-1], polyline[1:]
        cut = np.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], axis=1)
        polyline = np.vstack([polyline[:1], cut.reshape(-1, 2), polyline[-1:]])
    return polyline


def _hair_tones(canvas, identity, light):
    x, y = canvas.x[None, :], canvas.y[:, None]
    roundness = np.clip(1.05 - 0.32 * x**2 + 0.25 * float(light[0]) * x, 0.35, 1.3)
    crown_gloss = 1 + 0.35 * np.exp(-0.5 * ((y + 1.45) / 0.16) ** 2)
    return identity.hair_tone * roundness * crown_gloss * _strands(canvas, identity, 0.28)


def _strands(canvas, identity, depth):
    """Streaks that fan out from the parting."""
    x, y = canvas.x[None, :], canvas.y[:, None]
    fan = (x - 0.3 * identity.hair_side) / (2.6 + 0.35 * y) + 0.02 * np.sin(2.5 * y)
    n_strands = len(identity.hair_strands)
    strand = np.clip((fan + 1.5) * (n_strands / 3.0), 0, n_strands - 1).astype(np.intp)
    return 1 + np.float32(depth) * identity.hair_strands[strand]
