"""Sequences for tests: of noise, and a descriptor of them."""

import numpy as np

from skfer.base import SequenceDescriptor


class MeanFrame(SequenceDescriptor):
    """Describes a sequence by the mean of its frames."""

    _parameter_constraints: dict = {"n_jobs": "no_validation"}

    def __init__(self, n_jobs=None):
        self.n_jobs = n_jobs

    def _describe(self, frames):
        return frames.mean(axis=0).ravel()


class Movement(MeanFrame):
    """Describes a sequence by what changes, for which it takes two frames."""

    _min_frames = 2

    def _describe(self, frames):
        return np.abs(np.diff(frames.astype(np.float32), axis=0)).mean(axis=0).ravel()


def make_noise(lengths=(3, 5, 2), shape=(8, 9), dtype=np.uint8):
    """Make a list of sequences of noise from 0 to 255."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (length, *shape)).astype(dtype) for length in lengths]
