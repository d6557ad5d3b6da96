"""The eyes in the frames of a sequence, and those that stand for all of it."""

from typing import NamedTuple

import numpy as np

from skfer.alignment._eye_search import search_eyes
from skfer.faces import steady_eyes
from skfer.utils._sequences import decode_sequence


class SequenceEyes(NamedTuple):
    """What was found in a sequence.

    Attributes
    ----------
    eyes : ndarray of shape (2, 2)
        The eyes that stand for all frames; their mean places if no frame has eyes.
    frame_eyes : ndarray of shape (n_frames, 2, 2)
        The eyes of each frame.
    confidence : float
        The median of those of the frames searched.
    problem : str
        In how many frames no eyes were found, and why; empty where they were found in all.
    is_lost : bool
        Whether no frame has eyes.
    """

    eyes: np.ndarray
    frame_eyes: np.ndarray
    confidence: float
    problem: str
    is_lost: bool


def search_sequence(sequence, name, detectors, model, choose, frame_step, guess):
    """Search the eyes in each `frame_step`-th frame of a sequence, and in the last one.

    Frames that are passed over get eyes between those of their neighbours, and so do those without
    eyes if `guess`; else these are NaN.
    """
    frames = decode_sequence(sequence, name)
    n_frames = len(frames)
    searched = np.unique([*range(0, n_frames, frame_step), n_frames - 1])
    found = [search_eyes(frames[number], detectors, model, choose) for number in searched]
    eyes = np.array([each.eyes for each in found])
    confidence = np.array([each.confidence for each in found])
    lost = np.array([bool(each.problem) for each in found])
    problem = ""
    if lost.any():
        first = lost.argmax()
        problem = (
            f"{found[first].problem} in {lost.sum()} of the {len(searched)} frames searched, the "
            f"first is frame {searched[first]}"
        )
    if lost.all():
        unknown = np.full((n_frames, 2, 2), np.nan)
        guessed = interpolate_eyes(searched, eyes, n_frames) if guess else unknown
        return SequenceEyes(steady_eyes(eyes), guessed, 0.0, problem, True)
    trusted = ~lost & is_trusted(confidence)
    frame_eyes = interpolate_eyes(searched[~lost], eyes[~lost], n_frames)
    if not guess:
        frame_eyes[searched[lost]] = np.nan
    steady = steady_eyes(eyes[trusted])
    return SequenceEyes(steady, frame_eyes, float(np.median(confidence)), problem, False)


def is_trusted(confidence):
    """Mark the frames whose eyes count: those at least half as sure as the surest.

    >>> import numpy as np
    >>> from skfer.alignment._sequence_eyes import is_trusted
    >>> is_trusted(np.array([0.9, 0.8, 0.2])).tolist()
    [True, True, False]
    """
    return confidence >= confidence.max() / 2


def interpolate_eyes(numbers, eyes, n_frames):
    """Return the eyes (n_frames, 2, 2) on straight lines between those of some frames.

    >>> import numpy as np
    >>> from skfer.alignment._sequence_eyes import interpolate_eyes
    >>> eyes = np.array([[[10, 20], [30, 20]], [[12, 24], [32, 24]]])
    >>> interpolate_eyes([0, 2], eyes, 4)[:, 0].tolist()
    [[10.0, 20.0], [11.0, 22.0], [12.0, 24.0], [12.0, 24.0]]
    """
    columns = eyes.reshape(len(eyes), 4).T
    every = [np.interp(range(n_frames), numbers, column) for column in columns]
    return np.stack(every, axis=1).reshape(n_frames, 2, 2)
