"""The synthetic person: what stays the same from one picture to the next.

Lengths are in inter-eye distances, with the origin halfway between the eyes, x to the right and y
down, so every proportion reads like one measured on a portrait.
"""

from dataclasses import dataclass

import numpy as np

HAIR_STYLES = ("cropped", "swept", "fringe", "parted_long", "long", "receding")
HAIR_STYLE_PROBABILITIES = (0.28, 0.26, 0.12, 0.12, 0.12, 0.10)
FACIAL_HAIR = ("none", "stubble", "moustache", "beard")
FACIAL_HAIR_PROBABILITIES = (0.45, 0.25, 0.12, 0.18)


@dataclass(frozen=True)
class FaceIdentity:
    """Shape, tones and adornments of one synthetic person."""

    head_half_width: float
    crown_y: float
    chin_y: float
    jaw_squareness: float
    jaw_taper: float
    cheek_fullness: float
    cheekbone: float
    eye_half_width: float
    eye_opening: float
    eye_tilt: float
    eye_depth: float
    lid_crease: float
    iris_radius: float
    iris_tone: float
    brow_height: float
    brow_half_length: float
    brow_thickness: float
    brow_arch: float
    brow_slope: float
    brow_density: float
    nose_length: float
    nose_half_width: float
    nose_bridge: float
    nose_tip: float
    mouth_y: float
    mouth_half_width: float
    mouth_curve: float
    upper_lip: float
    lower_lip: float
    lip_tone: float
    skin_tone: float
    skin_gloss: float
    hair_tone: float
    hair_style: str
    hairline_y: float
    hair_volume: float
    hair_strands: np.ndarray
    hair_side: float
    facial_hair: str
    facial_hair_density: float
    has_glasses: bool
    glasses_tone: float
    glasses_roundness: float
    age: float
    brow_asymmetry: float
    eye_asymmetry: float
    mouth_asymmetry: float
    stronger_side: int
    background_tone: float
    garment_tone: float


def draw_identity(rng):
    """Draw one synthetic person."""

    def normal(mean, spread):
        # Cut at two spreads: a caricature would be a worse face, not a rarer one.
        return float(mean + spread * np.clip(rng.standard_normal(), -2.0, 2.0))

    age = float(rng.beta(1.4, 2.0))
    skin_tone = float(rng.uniform(0.46, 0.80))
    dark_hair_tone = float(rng.uniform(0.08, 0.26))
    fair_hair_tone = float(rng.uniform(0.30, 0.55))
    is_fair_or_grey = rng.random() < (0.20 if skin_tone > 0.65 else 0.0) + 0.30 * (age > 0.6)
    hair_tone = fair_hair_tone if is_fair_or_grey else dark_hair_tone
    hair_style = str(rng.choice(HAIR_STYLES, p=HAIR_STYLE_PROBABILITIES))
    facial_hair = str(rng.choice(FACIAL_HAIR, p=FACIAL_HAIR_PROBABILITIES))
    if hair_style in ("fringe", "parted_long", "long"):
        facial_hair = "none"
    nose_length = normal(0.67, 0.045)
    return FaceIdentity(
        head_half_width=normal(1.10, 0.065),
        crown_y=normal(-1.72, 0.08),
        chin_y=normal(1.72, 0.09),
        jaw_squareness=normal(2.45, 0.16),
        jaw_taper=normal(0.09, 0.04),
        cheek_fullness=normal(0.085, 0.03),
        cheekbone=normal(0.05, 0.025),
        eye_half_width=normal(0.245, 0.018),
        eye_opening=normal(0.105, 0.013),
        eye_tilt=normal(-0.012, 0.018),
        eye_depth=normal(0.13, 0.035),
        lid_crease=normal(0.6, 0.22),
        iris_radius=normal(0.098, 0.004),
        iris_tone=float(rng.uniform(0.10, 0.42)),
        brow_height=normal(0.315, 0.035),
        brow_half_length=normal(0.31, 0.025),
        brow_thickness=normal(0.082, 0.018),
        brow_arch=normal(0.055, 0.022),
        brow_slope=normal(0.0, 0.03),
        brow_density=float(rng.uniform(0.50, 0.92)),
        nose_length=nose_length,
        nose_half_width=normal(0.265, 0.03),
        nose_bridge=normal(0.22, 0.04),
        nose_tip=normal(0.10, 0.025),
        mouth_y=nose_length + normal(0.40, 0.035),
        mouth_half_width=normal(0.40, 0.03),
        mouth_curve=normal(0.0, 0.018),
        upper_lip=normal(0.082, 0.016),
        lower_lip=normal(0.112, 0.020),
        lip_tone=float(rng.uniform(0.45, 0.70)),
        skin_tone=skin_tone,
        skin_gloss=float(rng.uniform(0.03, 0.16)),
        hair_tone=hair_tone,
        hair_style=hair_style,
        hairline_y=normal(-1.05, 0.09),
        hair_volume=float(rng.uniform(0.06, 0.22)),
        hair_strands=_draw_strands(rng),
        hair_side=float(rng.choice((-1.0, 1.0))),
        facial_hair=facial_hair,
        facial_hair_density=float(rng.uniform(0.35, 0.85)),
        has_glasses=bool(rng.random() < 0.18),
        glasses_tone=float(rng.uniform(0.05, 0.45)),
        glasses_roundness=float(rng.uniform(2.2, 4.5)),
        age=age,
        brow_asymmetry=normal(0.0, 0.010),
        eye_asymmetry=normal(0.0, 0.05),
        mouth_asymmetry=normal(0.0, 0.07),
        stronger_side=int(rng.integers(2)),
        background_tone=float(rng.uniform(0.38, 0.52)),
        garment_tone=float(rng.uniform(0.15, 0.60)),
    )


def _draw_strands(rng, n_locks=170, n_strands=1360):
    """Light and dark streaks of hair, from one side of the head to the other."""
    locks = np.linspace(0.0, 1.0, n_locks)
    strands = np.linspace(0.0, 1.0, n_strands)
    return np.interp(strands, locks, rng.standard_normal(n_locks)).astype(np.float32)
