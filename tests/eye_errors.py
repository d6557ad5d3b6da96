"""How far eyes are from the truth."""

import numpy as np

__all__ = ["relative_error"]


def relative_error(eyes, truth):
    """Compute the larger of the two errors of each face, in distances between its eyes."""
    distance = np.linalg.norm(truth[..., 1, :] - truth[..., 0, :], axis=-1)
    return np.linalg.norm(eyes - truth, axis=-1).max(axis=-1) / distance
