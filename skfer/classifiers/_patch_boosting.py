"""GentleBoost with linear classifiers of single patches."""

import numpy as np


def boost_patches(units, y, n_rounds, alpha):
    """Boost linear classifiers of single patches, by GentleBoost.

    `units` (n_patches, n_images, n_hidden) are centred and `y` is 1 or -1. Returns the summed
    weights (n_patches, n_hidden) and the summed intercept.
    """
    n_patches, n_images, n_hidden = units.shape
    units = np.concatenate([units, np.ones((n_patches, n_images, 1))], axis=2)
    penalty = alpha * np.diag([*np.ones(n_hidden), 0.0])
    weights, scores = np.zeros((n_patches, n_hidden + 1)), np.zeros(n_images)
    for _ in range(n_rounds):
        importance = np.exp(-y * scores)
        importance /= importance.sum()
        weighted = (units * importance[:, None]).swapaxes(1, 2)
        solved = np.linalg.solve(weighted @ units + penalty, (weighted @ y)[..., None])
        outputs = (units @ solved)[..., 0]
        best = (np.square(outputs - y) @ importance).argmin()
        weights[best] += solved[best, :, 0]
        scores += outputs[best]
    return weights[:, :-1], weights[:, -1].sum()
