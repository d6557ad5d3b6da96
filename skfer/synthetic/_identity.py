"""The synthetic person: what stays the same from one picture to the next.

Lengths are in inter-eye distances, with the origin halfway between the eyes, x to the right and y
down, so every proportion reads like one measured on a portrait.
"""

from types import SimpleNamespace

import numpy as np

# Mean and spread.
PROPORTIONS = {
    "head_half_width": (1.10, 0.065),
    "crown_y": (-1.72, 0.08),
    "chin_y": (1.72, 0.09),
    "jaw_squareness": (2.45, 0.16),
    "jaw_taper": (0.09, 0.04),
    "cheek_fullness": (0.085, 0.03),
    "cheekbone": (0.05, 0.025),
    "eye_half_width": (0.245, 0.018),
    "eye_opening": (0.105, 0.013),
    "eye_tilt": (-0.012, 0.018),
    "eye_depth": (0.13, 0.035),
    "lid_crease": (0.6, 0.22),
    "iris_radius": (0.098, 0.004),
    "brow_height": (0.315, 0.035),
    "brow_half_length": (0.31, 0.025),
    "brow_thickness": (0.082, 0.018),
    "brow_arch": (0.055, 0.022),
    "brow_slope": (0.0, 0.03),
    "nose_length": (0.67, 0.045),
    "nose_half_width": (0.265, 0.03),
    "nose_bridge": (0.22, 0.04),
    "nose_tip": (0.10, 0.025),
    "nose_to_mouth": (0.40, 0.035),
    "mouth_half_width": (0.40, 0.03),
    "mouth_curve": (0.0, 0.018),
    "upper_lip": (0.082, 0.016),
    "lower_lip": (0.112, 0.020),
    "hairline_y": (-1.05, 0.09),
    "brow_asymmetry": (0.0, 0.010),
    "eye_asymmetry": (0.0, 0.05),
    "mouth_asymmetry": (0.0, 0.07),
}

# Least and largest value.
TONES = {
    "skin_tone": (0.46, 0.80),
    "skin_gloss": (0.03, 0.16),
    "hair_tone": (0.08, 0.36),
    "iris_tone": (0.10, 0.42),
    "lip_tone": (0.45, 0.70),
    "background_tone": (0.38, 0.52),
    "brow_density": (0.50, 0.92),
    "crease_depth": (0.7, 1.3),
    "hair_volume": (0.06, 0.22),
}

HAIR_STYLES = ("short", "fringe", "long")


def draw_identity(rng):
    """Draw one synthetic person."""
    # Cut at two spreads: a caricature would be a worse face, not a rarer one.
    deviations = np.clip(rng.standard_normal(len(PROPORTIONS)), -2.0, 2.0).tolist()
    proportions = {
        name: mean + spread * deviation
        for (name, (mean, spread)), deviation in zip(PROPORTIONS.items(), deviations, strict=True)
    }
    tones = {name: float(rng.uniform(*limits)) for name, limits in TONES.items()}
    return SimpleNamespace(
        **proportions,
        **tones,
        mouth_y=proportions["nose_length"] + proportions["nose_to_mouth"],
        hair_style=str(rng.choice(HAIR_STYLES, p=(0.6, 0.15, 0.25))),
        stronger_side=int(rng.integers(2)),
    )
