"""Restricted Boltzmann machines over feature rows of any unit."""

import numpy as np
from scipy.special import expit
from sklearn.neural_network import BernoulliRBM
from sklearn.utils import Bunch

_BATCH_SIZE = 5


def fit_machine(rows, n_hidden, *, width, learning_rate, n_iter, random_state):
    """Train a machine on rows (n_rows, n_features), without labels.

    A visible unit is surely on at `width` standard deviations from the mean of its feature.
    Returns a Bunch, which travels without pickle: ``mean`` and ``scale`` of the features,
    ``components`` (n_hidden, 2 * n_features) and ``intercept`` (n_hidden,).
    """
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = width * np.where(scale > 0, scale, 1)
    machine = BernoulliRBM(
        n_hidden,
        learning_rate=learning_rate,
        batch_size=_BATCH_SIZE,
        n_iter=n_iter,
        random_state=random_state,
    )
    machine.fit(visible_units(rows, mean, scale).astype(np.float32))
    return Bunch(
        mean=mean,
        scale=scale,
        components=machine.components_.astype(np.float64),
        intercept=machine.intercept_hidden_.astype(np.float64),
    )


def hidden_units(machine, rows):
    """Compute the probabilities (n_rows, n_hidden) that the hidden units are on."""
    visible = visible_units(rows, machine.mean, machine.scale)
    return expit(visible @ machine.components.T + machine.intercept)


def visible_units(rows, mean, scale):
    """Return how far each feature is above its mean, then how far below, each from 0 to 1.

    A binary unit with the probability of a middling grey is a coin. These are off at the mean, so
    that the machine learns what varies.
    """
    units = (rows - mean) / scale
    return np.clip(np.hstack([units, -units]), 0, 1)
