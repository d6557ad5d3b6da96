"""What lies round a synthetic face: background, ears, neck, garment and glasses."""

import numpy as np

from skfer.synthetic._canvas import bezier, ellipse, fill, mix, soften, stroke
from skfer.synthetic._geometry import EYE_CENTERS, SIDES
from skfer.synthetic._hair import LONG_STYLES, draw_hair_behind


def draw_surroundings(canvas, identity, geometry, light):
    """Draw everything behind the face."""
    ramp = 1 + 0.12 * float(light[0]) * canvas.x[None, :] - 0.05 * canvas.y[:, None]
    picture = identity.background_tone * ramp
    if identity.hair_style in LONG_STYLES:
        picture = draw_hair_behind(canvas, picture, identity, light)
    picture = _draw_neck(canvas, picture, identity, geometry)
    collar = np.array([(0.0, 2.45), (0.75, 2.12), (2.6, 2.5), (2.6, 4.0)])
    garment = fill(canvas, np.vstack([collar, collar[::-1] * (-1, 1)]))
    picture = mix(picture, np.float32(identity.garment_tone), soften(canvas, garment, 0.015))
    return _draw_ears(canvas, picture, identity, light)


def draw_glasses(canvas, picture, identity):
    """Draw frames and their shadow; the lenses stay clear."""
    lenses = [
        ellipse(center + (0, 0.03), (0.36, 0.27), identity.glasses_roundness)
        for center in EYE_CENTERS
    ]
    bridge = bezier((-0.15, -0.02), (0.0, -0.07), (0.15, -0.02))
    temples = [
        np.array([(side * 0.855, -0.03), (side * identity.head_half_width, -0.07)])
        for side in SIDES
    ]
    frame = [*lenses, bridge, *temples]
    shadow = stroke(canvas, [(curve + (0.0, 0.03), 1.0, 0.036) for curve in frame])
    picture = picture * (1 - 0.25 * soften(canvas, shadow, 0.02))
    rims = stroke(canvas, [(curve, 0.9, 0.036) for curve in frame])
    return mix(picture, np.float32(identity.glasses_tone), rims)


def _draw_neck(canvas, picture, identity, geometry):
    half_width = 0.62 * identity.head_half_width
    side = np.array([(half_width, geometry.chin_y - 0.75), (half_width + 0.05, 2.25), (2.4, 2.75)])
    # The jaw keeps the light from the neck.
    under_jaw = np.clip((canvas.y - geometry.chin_y + 0.25) / 0.9, 0.0, 1.0)[:, None]
    roundness = np.clip(1 - 0.35 * (canvas.x[None, :] / half_width) ** 2, 0.4, 1.0)
    tones = identity.skin_tone * (0.36 + 0.36 * under_jaw) * roundness
    return mix(picture, tones, fill(canvas, np.vstack([side, side[::-1] * (-1, 1)])))


def _draw_ears(canvas, picture, identity, light):
    edge = identity.head_half_width
    ears = [ellipse((side * (edge + 0.03), 0.22), (0.13, 0.30)) for side in SIDES]
    hollows = [ellipse((side * (edge + 0.06), 0.20), (0.05, 0.17)) for side in SIDES]
    tones = identity.skin_tone * (0.62 + 0.12 * float(light[0]) * np.sign(canvas.x))
    picture = mix(picture, tones, fill(canvas, *ears))
    return picture * (1 - 0.45 * soften(canvas, fill(canvas, *hollows), 0.03))
