"""When the action units of a synthetic sequence begin and end: from neutral to the apex."""

from typing import NamedTuple

import numpy as np

from skfer.synthetic._expression import ACTION_UNITS

# Where in the sequence half of the apex is reached, how long the onset takes and how much later
# some units begin, as shares of the sequence before the offset. Both smiles reach the half at the
# same time and are whole before the last fifth, so that neither the length of a sequence nor its
# last frames tell them apart.
_HALF = (0.35, 0.5)
_DURATION = {"posed smile": (0.08, 0.14), "felt smile": (0.5, 0.6)}
_OTHER_DURATION = (0.2, 0.55)
_LATE_UNITS, _DELAY = (6, 7), {"posed smile": 0.12}
_SPREAD = 0.03  # of the units of one expression
# With an offset, the onset and the apex take the first part and the way back the second.
_OFFSET_BEGINS, _OFFSET_ENDS = 0.62, 0.92


class Onset(NamedTuple):
    """How the action units of one sequence grow: by unit, and as shares of the sequence."""

    starts: np.ndarray
    durations: np.ndarray
    offset: bool

    def intensities(self, times):
        """Return the share of its apex, 0 to 1, of each unit at times from 0 to 1."""
        times = np.asarray(times, dtype=float)[:, None]
        stretch = _OFFSET_BEGINS if self.offset else 1.0
        grown = _ease((times / stretch - self.starts) / self.durations)
        if not self.offset:
            return grown
        return grown * (1 - _ease((times - _OFFSET_BEGINS) / (_OFFSET_ENDS - _OFFSET_BEGINS)))


def draw_onset(expression, offset, rng):
    """Draw when each action unit of one sequence begins and how long it takes."""
    duration = rng.uniform(*_DURATION.get(expression, _OTHER_DURATION))
    starts = rng.uniform(*_HALF) - duration / 2 + _SPREAD * rng.uniform(-1, 1, len(ACTION_UNITS))
    starts[np.isin(ACTION_UNITS, _LATE_UNITS)] += _DELAY.get(expression, 0.0)
    durations = duration * np.exp(0.1 * rng.standard_normal(len(ACTION_UNITS)))
    return Onset(np.maximum(starts, 0.02), durations, offset)


def _ease(share):
    """Go from 0 to 1 without a jerk at either end."""
    share = np.clip(share, 0.0, 1.0)
    return share * share * (3 - 2 * share)
