"""Facial expressions as intensities of the action units of the Facial Action Coding System."""

import numpy as np

ACTION_UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 16, 17, 20, 23, 24, 25, 26)

# Major variants of each emotion after EMFACS (Ekman & Friesen, 1983) and the FACS Investigator's
# Guide (Ekman, Friesen & Hager, 2002), as intensities from 0 (absent) to 1 (maximum, E in FACS).
EMOTION_PROTOTYPES = {
    "anger": (
        {4: 1.0, 5: 0.5, 7: 0.7, 17: 0.3, 23: 0.7, 24: 0.5},
        {4: 1.0, 5: 0.5, 7: 0.7, 10: 0.45, 16: 0.5, 23: 0.4, 25: 0.9},
        {4: 0.9, 7: 0.9, 17: 0.5, 23: 0.4, 24: 0.8},
    ),
    "contempt": ({12: 0.45, 14: 0.9}, {12: 0.25, 14: 1.0}),
    "disgust": (
        {4: 0.5, 6: 0.3, 7: 0.4, 9: 1.0, 10: 0.5, 17: 0.5},
        {4: 0.4, 6: 0.3, 7: 0.4, 9: 0.8, 10: 1.0, 16: 0.3, 25: 0.6},
        {4: 0.5, 6: 0.2, 7: 0.4, 9: 1.0, 10: 0.3, 15: 0.5, 17: 0.6},
    ),
    "fear": (
        {1: 0.9, 2: 0.6, 4: 0.7, 5: 0.9, 7: 0.2, 20: 0.9, 25: 0.6, 26: 0.2},
        {1: 0.9, 2: 0.5, 4: 0.8, 5: 0.8, 20: 0.9, 25: 0.5},
        {1: 0.8, 2: 0.6, 4: 0.6, 5: 1.0, 20: 0.7, 25: 0.6, 26: 0.45},
    ),
    "happy": (
        {6: 0.7, 12: 1.0, 25: 0.7},
        {6: 0.6, 12: 0.85},
        {6: 0.9, 12: 1.0, 25: 0.8, 26: 0.35},
    ),
    "neutral": ({},),
    "sad": (
        {1: 0.9, 4: 0.6, 15: 0.9, 17: 0.4},
        {1: 0.7, 4: 0.6, 15: 0.8, 17: 0.8},
        {1: 1.0, 4: 0.6, 7: 0.2, 15: 0.7},
    ),
    "surprise": (
        {1: 0.95, 2: 1.0, 5: 0.7, 25: 0.3, 26: 0.8},
        {1: 0.9, 2: 1.0, 5: 0.8, 25: 0.4, 26: 0.5},
        {1: 1.0, 2: 0.9, 5: 0.9, 25: 0.3, 26: 1.0},
    ),
}

# Of sequences only: both have the apex of "happy" and differ in how it is reached.
SMILES = ("posed smile", "felt smile")

# What people confuse an emotion with; each shown expression leans a little towards its neighbour.
NEAREST_EMOTION = {
    "anger": "disgust",
    "contempt": "neutral",
    "disgust": "anger",
    "fear": "surprise",
    "happy": "neutral",
    "neutral": "sad",
    "sad": "neutral",
    "surprise": "fear",
}


def draw_gains(rng):
    """Draw how strongly one person uses each action unit, whatever the emotion."""
    return rng.uniform(0.72, 1.05) * np.exp(0.22 * rng.standard_normal(len(ACTION_UNITS)))


def draw_expression(expression, gains, rng):
    """Draw the apex of one posed expression: the intensity of every action unit."""
    prototype = _draw_variant(expression, rng)
    neighbour = _draw_variant(NEAREST_EMOTION[expression], rng)
    ambiguity = 0.7 * rng.beta(1.2, 2.3)
    strength = rng.uniform(0.75, 1.05) * gains
    spontaneous = 0.08 * rng.beta(1.0, 3.0, len(ACTION_UNITS))
    shown = strength * ((1 - ambiguity) * prototype + ambiguity * neighbour) + spontaneous
    return np.clip(shown, 0.0, 1.15)


def near_apex(apex, rng):
    """Draw one frame close to the apex of a sequence, a dict of action unit to intensity."""
    flutter = 0.015 * rng.standard_normal(len(apex)) * (apex > 0.1)
    intensities = np.clip(rng.uniform(0.93, 1.02) * apex + flutter, 0.0, 1.15)
    return dict(zip(ACTION_UNITS, intensities.tolist(), strict=True))


def _draw_variant(expression, rng):
    variants = EMOTION_PROTOTYPES[expression]
    variant = variants[int(rng.integers(len(variants)))]
    return np.array([variant.get(unit, 0.0) for unit in ACTION_UNITS])
