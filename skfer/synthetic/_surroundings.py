"""What frames a synthetic face: background, neck, ears and hair."""

import numpy as np

from skfer.synthetic._canvas import bezier, crop, ellipse, fill, mix, soften
from skfer.synthetic._geometry import SIDES

# How far the hair stands off the head as a share of its volume, how far down it reaches, and how
# much lower than the forehead allows it begins.
_STYLES = {"short": (0.35, 0.06, 0.0), "fringe": (0.6, 0.12, 0.35), "long": (1.0, 1.9, -0.05)}


def draw_surroundings(canvas, identity, geometry, light):
    """Draw everything behind the face."""
    ramp = 1 + 0.12 * float(light[0]) * canvas.x[None, :] - 0.05 * canvas.y[:, None]
    picture = identity.background_tone * ramp
    if identity.hair_style == "long":
        half_width = identity.head_half_width + identity.hair_volume + 0.03
        upper_half = ellipse((0.0, -0.1), (half_width, 1.6))[18:]
        ends = [(half_width + 0.08, 2.6), (-half_width - 0.08, 2.6)]
        sheet = fill(canvas, np.vstack([upper_half, ends]))
        picture = mix(picture, _hair_tones(canvas, identity, light), sheet)
    picture = _draw_neck(canvas, picture, identity, geometry)
    edge = identity.head_half_width
    ears = [ellipse((side * (edge + 0.03), 0.22), (0.13, 0.30)) for side in SIDES]
    tones = identity.skin_tone * (0.55 + 0.12 * float(light[0]) * np.sign(canvas.x))
    return mix(picture, tones, fill(canvas, *ears))


def draw_hair(canvas, picture, identity, light):
    """Draw the hair that frames the face, and its shadow."""
    fullness, lowest, drop = _STYLES[identity.hair_style]
    edge = identity.head_half_width
    half_width = edge + fullness * identity.hair_volume
    height = 0.02 - (identity.crown_y - identity.hair_volume)
    angle = np.linspace(0.5 * np.pi, -0.5 * np.pi, 25)
    over_the_top = np.column_stack([half_width * np.sin(angle), 0.02 - height * np.cos(angle)])
    temple = 0.86 * edge
    front = bezier((-temple, -0.3), (0.0, 2 * (identity.hairline_y + drop) + 0.3), (temple, -0.3))
    sideburn = np.array([(edge - 0.03, lowest), (half_width, lowest)])
    outline = np.vstack([sideburn[::-1] * (-1, 1), front, sideburn, over_the_top])
    part, inside = crop(canvas, -edge - 1.0, identity.crown_y - 1.0, edge + 1.0, lowest + 0.3)
    sheet = soften(part, fill(part, outline), 0.022)
    shadow = 0.35 * np.clip(soften(part, sheet, 0.075) - sheet, 0, 1)
    haired = picture.copy()
    haired[inside] = mix(picture[inside] * (1 - shadow), _hair_tones(part, identity, light), sheet)
    return haired


def _draw_neck(canvas, picture, identity, geometry):
    half_width = 0.62 * identity.head_half_width
    side = np.array([(half_width, geometry.chin_y - 0.75), (half_width + 0.05, 2.25), (2.4, 2.75)])
    # The jaw keeps the light from the neck.
    under_jaw = np.clip((canvas.y - geometry.chin_y + 0.25) / 0.9, 0.0, 1.0)[:, None]
    roundness = np.clip(1 - 0.35 * (canvas.x[None, :] / half_width) ** 2, 0.4, 1.0)
    tones = identity.skin_tone * (0.36 + 0.36 * under_jaw) * roundness
    return mix(picture, tones, fill(canvas, np.vstack([side, side[::-1] * (-1, 1)])))


def _hair_tones(canvas, identity, light):
    x, y = canvas.x[None, :], canvas.y[:, None]
    roundness = np.clip(1.05 - 0.32 * x**2 + 0.25 * float(light[0]) * x, 0.35, 1.3)
    # Strands that fan out from the crown.
    fan = (x - 0.2) / (2.6 + 0.35 * y)
    strands = 1 + 0.12 * (np.sin(95 * fan) + np.sin(37 * fan + identity.hair_volume * 30))
    return identity.hair_tone * roundness * strands
