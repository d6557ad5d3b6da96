"""Renders a synthetic face: shaded skin, eyes, mouth, brows, hair, glasses."""

import numpy as np

from skfer.synthetic._adornments import draw_glasses, draw_surroundings
from skfer.synthetic._canvas import crop, ellipse, fill, mix, soften, soften_widely, stroke
from skfer.synthetic._geometry import EYE_CENTERS, SIDES
from skfer.synthetic._hair import darken_beard, draw_brows, draw_hair_in_front
from skfer.synthetic._relief import crop_mouth, fill_lips, make_relief
from skfer.utils._opencv import cv2

_TOOTH_TONE = 0.88
_SCLERA_TONE = 0.86


def render_face(canvas, identity, action_units, geometry, light):
    """Render one face, upright and centred, as grey values from 0 (black) to 1 (white)."""
    relief = make_relief(canvas, identity, action_units, geometry)
    shading, gloss = shade(canvas, relief, light)
    tones = _skin_tones(canvas, identity, geometry)
    part, inside = crop(canvas, -1.05, -0.75, 1.05, 0.05)
    tones[inside] = draw_brows(part, tones[inside], identity, geometry)
    picture = tones * shading + identity.skin_gloss * gloss
    part, inside = crop_mouth(canvas, geometry)
    picture[inside] = _draw_mouth_opening(part, picture[inside], identity, action_units, geometry)
    part, inside = crop(canvas, -0.95, -0.32, 0.95, 0.30)
    picture[inside] = _draw_eyes(part, picture[inside], identity, geometry)
    surroundings = draw_surroundings(canvas, identity, geometry, light)
    picture = mix(surroundings, picture, fill(canvas, geometry.outline))
    picture = draw_hair_in_front(canvas, picture, identity, light)
    if identity.has_glasses:
        picture = draw_glasses(canvas, picture, identity)
    return picture


def shade(canvas, relief, light):
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
    tones = darken_beard(canvas, tones, identity, geometry)
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


def _draw_mouth_opening(canvas, picture, identity, action_units, geometry):
    upper, lower = geometry.upper_lip_bottom, geometry.lower_lip_top
    seam = stroke(canvas, [((upper + lower) / 2, 0.85, 0.022)])
    picture = picture * (1 - 0.60 * soften(canvas, seam, 0.010))
    gap = lower[16, 1] - upper[16, 1]
    if gap < 0.012:
        return picture
    opening = fill(canvas, np.vstack([upper, lower[::-1]]))
    depth = (canvas.y - upper[16, 1]) / gap
    # The tongue catches a little light low in an open mouth.
    inside = 0.05 + 0.16 * identity.skin_tone * np.clip(depth - 0.45, 0.0, 1.0) * min(
        gap / 0.3, 1.0
    )
    inside = np.broadcast_to(inside[:, None].astype(np.float32), canvas.shape)
    teeth = soften(canvas, fill(canvas, *_teeth(action_units, geometry, gap)), 0.008)
    reach = np.abs(upper[[0, -1], 0]).mean()
    rounding = 1 - 0.65 * np.clip(np.abs(canvas.x) / reach, 0, 1) ** 2.5
    inside = mix(inside, _TOOTH_TONE * (0.45 + 0.55 * identity.skin_tone) * rounding, teeth)
    return mix(picture, inside, opening)


def _teeth(action_units, geometry, gap):
    upper, lower = geometry.upper_lip_bottom, geometry.lower_lip_top
    # A relaxed upper lip hides most of the teeth of a dropped jaw.
    bared = action_units[12] + action_units[10] + 0.8 * action_units[20] + 0.5 * action_units[9]
    shown_above = min(0.13, 0.035 + 0.10 * bared)
    shown_below = min(0.09 * (action_units[16] + 0.9 * action_units[20]), 0.07)
    rows = []
    if shown_above > 0.01:
        rows.append(_tooth_row(upper, -0.05, min(shown_above, 0.72 * gap)))
    if shown_below > 0.02:
        rows.append(_tooth_row(lower, -min(shown_below, 0.4 * gap), 0.05))
    return rows


def _tooth_row(lip, above, below):
    middle = lip[3:-3]
    return np.vstack([middle + (0, above), (middle + (0, below))[::-1]])


def _draw_eyes(canvas, picture, identity, geometry):
    openings, lashes, lower_rims, irises, rims, pupils, glints = [], [], [], [], [], [], []
    radius = identity.iris_radius
    for upper, lower, center in zip(
        geometry.upper_lids, geometry.lower_lids, EYE_CENTERS, strict=True
    ):
        openings.append(np.vstack([upper, lower[::-1]]))
        lashes.append((upper - (0, 0.006), 0.95, 0.030))
        lower_rims.append((lower, 0.45, 0.014))
        irises.append(ellipse(center, (radius, radius)))
        rims.append((ellipse(center, (radius, radius)), 0.6, 0.02))
        pupils.append(ellipse(center, (0.046, 0.046)))
        glints.append(ellipse(center + (-0.038, -0.040), (0.016, 0.016)))
    eyes = np.full(canvas.shape, _SCLERA_TONE * (0.62 + 0.38 * identity.skin_tone), np.float32)
    # The ball turns away from the light towards the corners of the eye.
    eyes *= 1 - 1.6 * np.clip(np.abs(np.abs(canvas.x) - 0.5) - 0.05, 0, 0.25)
    eyes = mix(eyes, np.float32(identity.iris_tone), fill(canvas, *irises))
    eyes = mix(eyes, np.float32(0.4 * identity.iris_tone), stroke(canvas, rims))
    eyes = mix(eyes, np.float32(0.02), fill(canvas, *pupils))
    eyes = mix(eyes, np.float32(0.85), fill(canvas, *glints))
    lash = stroke(canvas, lashes)
    eyes *= 1 - 0.55 * np.clip(soften(canvas, lash, 0.028) * 1.6, 0, 1)
    picture = mix(picture, eyes, fill(canvas, *openings))
    lash_tone = 0.10 + 0.15 * identity.hair_tone
    picture = mix(picture, np.float32(lash_tone), 0.9 * soften(canvas, lash, 0.008))
    return picture * (1 - 0.55 * stroke(canvas, lower_rims))
