"""Renders a synthetic face: shaded skin, brows, mouth and eyes before the surroundings."""

import numpy as np

from skfer.synthetic._canvas import band, crop, ellipse, fill, mix, soften, soften_widely, stroke
from skfer.synthetic._geometry import EYE_CENTERS, SIDES, weigh
from skfer.synthetic._relief import crop_mouth, fill_lips, make_relief
from skfer.synthetic._surroundings import draw_hair, draw_surroundings
from skfer.utils._opencv import cv2

_TOOTH_TONE = 0.88
_SCLERA_TONE = 0.86


def render_face(canvas, identity, au, geometry, light):
    """Render one face, upright and centred, as grey values from 0 (black) to 1 (white)."""
    relief = make_relief(canvas, identity, au, geometry)
    shading, gloss = _shade(canvas, relief, light)
    tones = _skin_tones(canvas, identity, geometry)
    picture = tones * shading + identity.skin_gloss * gloss
    part, inside = crop_mouth(canvas, geometry)
    picture[inside] = _draw_mouth_opening(part, picture[inside], identity, au, geometry)
    part, inside = crop(canvas, -0.95, -0.32, 0.95, 0.30)
    picture[inside] = _draw_eyes(part, picture[inside], identity, geometry)
    surroundings = draw_surroundings(canvas, identity, geometry, light)
    picture = mix(surroundings, picture, fill(canvas, geometry.outline))
    return draw_hair(canvas, picture, identity, light)


def _shade(canvas, relief, light):
    """Shade a relief: Lambertian shading with darkened hollows, and the highlights."""
    slope_x = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=canvas.scale / 8)
    slope_y = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=canvas.scale / 8)
    steepness = 1 / np.sqrt(1 + slope_x * slope_x + slope_y * slope_y)
    x, y, z = light.astype(np.float32)
    facing = np.maximum((z - x * slope_x - y * slope_y) * steepness, 0)
    hollow = np.clip(3.2 * (relief - soften_widely(canvas, relief, 0.17)), -0.45, 0.15)
    shading = (0.30 + 0.80 * facing) * (1 + hollow)
    gloss = facing
    for _ in range(4):  # the 16th power, many times faster than by `**`
        gloss = gloss * gloss
    return shading, gloss


def _skin_tones(canvas, identity, geometry):
    tones = np.full(canvas.shape, identity.skin_tone, np.float32)
    part, inside = crop(canvas, -1.05, -0.75, 1.05, 0.05)
    brows = [
        band(spine, geometry.brow_half_widths[:: int(side)])
        for side, spine in zip(SIDES, geometry.brow_spines, strict=True)
    ]
    coverage = identity.brow_density * soften(part, fill(part, *brows), 0.014)
    tone = min(0.04 + 0.5 * identity.hair_tone, 0.7 * identity.skin_tone)
    tones[inside] = mix(tones[inside], np.float32(tone), coverage)
    part, inside = crop_mouth(canvas, geometry)
    lips = soften(part, np.maximum(*fill_lips(part, geometry)), 0.012)
    tones[inside] *= 1 - (1 - identity.lip_tone) * lips
    nostrils = [
        ellipse((side * 0.42 * geometry.nose_half_width, geometry.nose_y - 0.012), (0.055, 0.026))
        for side in SIDES
    ]
    part, inside = crop(canvas, -0.4, geometry.nose_y - 0.2, 0.4, geometry.nose_y + 0.2)
    tones[inside] *= 1 - 0.62 * soften(part, fill(part, *nostrils), 0.014)
    return tones


def _draw_mouth_opening(canvas, picture, identity, au, geometry):
    upper, lower = geometry.upper_lip_bottom, geometry.lower_lip_top
    seam = stroke(canvas, [((upper + lower) / 2, 0.85, 0.022)])
    picture = picture * (1 - 0.60 * soften(canvas, seam, 0.010))
    gap = lower[16, 1] - upper[16, 1]
    if gap < 0.012:
        return picture
    opening = fill(canvas, np.vstack([upper, lower[::-1]]))
    depth = (canvas.y - upper[16, 1]) / gap
    # The tongue catches a little light low in an open mouth.
    tongue = 0.16 * identity.skin_tone * np.clip(depth - 0.45, 0.0, 1.0)
    inside = 0.05 + tongue * min(gap / 0.3, 1.0)
    inside = np.broadcast_to(inside[:, None].astype(np.float32), canvas.shape)
    teeth = soften(canvas, fill(canvas, *_teeth(au, geometry, gap)), 0.008)
    reach = np.abs(upper[[0, -1], 0]).mean()
    rounding = 1 - 0.65 * np.clip(np.abs(canvas.x) / reach, 0, 1) ** 2.5
    inside = mix(inside, _TOOTH_TONE * (0.45 + 0.55 * identity.skin_tone) * rounding, teeth)
    return mix(picture, inside, opening)


def _teeth(au, geometry, gap):
    """Return the outlines of the rows of teeth that show."""
    # A relaxed upper lip hides most of the teeth of a dropped jaw.
    bared = weigh(au, {9: 0.5, 10: 1.0, 12: 1.0, 20: 0.8})
    shown_above = min(0.13, 0.035 + 0.10 * bared, 0.72 * gap)
    shown_below = min(weigh(au, {16: 0.09, 20: 0.081}), 0.07, 0.4 * gap)
    upper, lower = geometry.upper_lip_bottom[3:-3], geometry.lower_lip_top[3:-3]
    return [
        np.vstack([upper - (0, 0.05), (upper + (0, shown_above))[::-1]]),
        np.vstack([lower - (0, shown_below), (lower + (0, 0.05))[::-1]]),
    ]


def _draw_eyes(canvas, picture, identity, geometry):
    radius = identity.iris_radius
    eyes = np.full(canvas.shape, _SCLERA_TONE * (0.62 + 0.38 * identity.skin_tone), np.float32)
    # The ball turns away from the light towards the corners of the eye.
    eyes *= 1 - 1.6 * np.clip(np.abs(np.abs(canvas.x) - 0.5) - 0.05, 0, 0.25)
    # From the rim of the iris inwards: rim, iris, pupil and glint.
    for offset, size, tone in (
        (0.0, radius + 0.008, 0.4 * identity.iris_tone),
        (0.0, radius - 0.008, identity.iris_tone),
        (0.0, 0.046, 0.02),
        (-0.039, 0.016, 0.85),
    ):
        discs = [ellipse(center + offset, (size, size)) for center in EYE_CENTERS]
        eyes = mix(eyes, np.float32(tone), fill(canvas, *discs))
    lash = stroke(canvas, [(upper - (0, 0.006), 0.95, 0.030) for upper in geometry.upper_lids])
    eyes *= 1 - 0.55 * np.clip(soften(canvas, lash, 0.028) * 1.6, 0, 1)
    openings = [
        np.vstack([upper, lower[::-1]])
        for upper, lower in zip(geometry.upper_lids, geometry.lower_lids, strict=True)
    ]
    picture = mix(picture, eyes, fill(canvas, *openings))
    lash_tone = 0.10 + 0.15 * identity.hair_tone
    picture = mix(picture, np.float32(lash_tone), 0.9 * soften(canvas, lash, 0.008))
    lower_rims = stroke(canvas, [(lid, 0.45, 0.014) for lid in geometry.lower_lids])
    return picture * (1 - 0.55 * lower_rims)
