"""Synthetic sequences: faces that go from neutral to an expression."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch, check_scalar

from skfer._typing import RandomState, Shape
from skfer.faces import make_face_array
from skfer.synthetic._capture import move_head, turn_head
from skfer.synthetic._expression import ACTION_UNITS, EMOTION_PROTOTYPES, SMILES, draw_expression
from skfer.synthetic._faces import (
    check_expressions,
    check_image_size,
    draw_subjects,
    make_bunch,
    photograph,
)
from skfer.synthetic._onset import draw_onset

_MOVEMENT, _TREMOR = 1.0, 0.1  # of the head, in the units of `move_head`
_DESCR = """\
Synthetic sequences drawn by skfer.datasets.make_face_sequences: persons who do not exist go from a
neutral face to an expression, with exact eye centres in each frame. For demonstrations and tests;
a score on them is no evidence that a method recognizes the expressions of people.
"""


def make_face_sequences(
    n_subjects: int = 20,
    n_per_expression: int = 1,
    *,
    expressions: Sequence[str] = ("anger", "disgust", "fear", "happy", "sad", "surprise"),
    n_frames: int | tuple[int, int] = (10, 20),
    offset: bool = False,
    image_size: Shape = (96, 96),
    random_state: RandomState = None,
    return_X_y: bool = False,
) -> Bunch | Any:
    """Render sequences of synthetic faces, from neutral to the peak of an expression.

    The persons are those of :func:`make_faces`. For demonstrations and tests: a score on them is
    never evidence that a method is good.

    Parameters
    ----------
    n_subjects : int, default=20
        Number of synthetic persons.
    n_per_expression : int, default=1
        Sequences of each subject in each expression.
    expressions : sequence of str, default=("anger", "disgust", "fear", "happy", "sad", "surprise")
        What each subject shows; ``"contempt"``, ``"neutral"``, ``"posed smile"`` and
        ``"felt smile"`` are known too. The two smiles are a pair that the peak alone confuses; see
        Notes.
    n_frames : int or tuple of (int, int), default=(10, 20)
        Least and greatest number of frames of a sequence, both included; one number for all. At
        least 2.
    offset : bool, default=False
        Go back to neutral after the peak, which is then near the middle. False ends at the peak.
    image_size : tuple of (int, int), default=(96, 96)
        Height and width of a frame in pixels, both at least 16.
    random_state : int, RandomState instance or None, default=None
        Determines the sequences. One integer gives bit-identical ones in every call, and the same
        first subjects whatever `n_subjects` and `expressions` are.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` instead of the Bunch.

    Returns
    -------
    data : Bunch or tuple of (ndarray, ndarray, ndarray)
        With ``faces`` (face array of shape (n_sequences,): each image is an array (n_frames,
        height, width) of uint8; ``frame_eyes`` are exact, ``eyes`` their median), ``images``
        (None), ``target`` and ``subjects`` (str arrays of shape (n_sequences,)), ``target_names``
        (sorted list of str), ``frame`` (DataFrame with the columns ``subject``, ``expression``,
        ``sequence``, ``n_frames`` and ``peak_frame``), ``redistributable`` (True), ``cropped``
        (False) and ``DESCR``.

    Raises
    ------
    TypeError
        If a number is not an integer.
    ValueError
        If a number is below its least value, the two of `n_frames` are in the wrong order, or an
        expression is unknown or given twice.

    Notes
    -----
    A sequence begins with the neutral face and ends, without `offset`, some frames after all
    action units have reached their apex. When they begin and how long they take is drawn for each
    sequence, and so is its length. Meanwhile the head leans and shifts a little.

    The two smiles have apexes drawn alike, those of "happy". The posed smile is sudden, and the
    eyes follow the mouth; the felt one is slow, and they go together, as [1]_ finds of spontaneous
    smiles. Both reach half of the apex at times drawn alike. Which it is can therefore be told from
    neither the first frames nor the last, from one frame hardly, and from all frames surely.

    References
    ----------
    .. [1] J. F. Cohn and K. L. Schmidt, "The timing of facial motion in posed and spontaneous
       smiles", International Journal of Wavelets, Multiresolution and Information Processing 2(2),
       2004, pp. 121-132.

    Examples
    --------
    >>> from skfer.datasets import make_face_sequences
    >>> data = make_face_sequences(
    ...     2, expressions=("felt smile", "posed smile"), n_frames=(5, 9), random_state=0
    ... )
    >>> [sequence.shape for sequence in data.faces["image"]]
    [(9, 96, 96), (7, 96, 96), (5, 96, 96), (7, 96, 96)]
    >>> data.faces["frame_eyes"][0].shape, data.target[:2].tolist()
    ((9, 2, 2), ['felt smile', 'posed smile'])
    """
    check_scalar(n_subjects, "n_subjects", Integral, min_val=1)
    check_scalar(n_per_expression, "n_per_expression", Integral, min_val=1)
    expressions = check_expressions(expressions, (*EMOTION_PROTOTYPES, *SMILES))
    low, high = _check_n_frames(n_frames)
    image_size = check_image_size(image_size)
    sequences, frame_eyes, rows = [], [], []
    for name, subject, seeds in draw_subjects(n_subjects, random_state):
        for expression in expressions:
            for number, seed in enumerate(seeds[expression].spawn(n_per_expression)):
                rng = np.random.default_rng(seed)
                length = int(rng.integers(low, high + 1))
                frames, eyes, peak = _film(*subject, expression, length, offset, image_size, rng)
                sequences.append(frames)
                frame_eyes.append(eyes)
                rows.append((name, expression, f"{name}-{expression}-{number}", length, peak))
    columns = ["subject", "expression", "sequence", "n_frames", "peak_frame"]
    frame = pd.DataFrame(rows, columns=columns)
    faces = make_face_array(sequences, subject=frame["subject"], frame_eyes=frame_eyes)
    return make_bunch(frame, faces, _DESCR, return_X_y, images=None)


def _check_n_frames(n_frames):
    try:
        low, high = (n_frames, n_frames) if isinstance(n_frames, Integral) else n_frames
    except (TypeError, ValueError):
        raise ValueError(f"n_frames is a number or (low, high); got {n_frames!r}.") from None
    check_scalar(low, "least of n_frames", Integral, min_val=2)
    check_scalar(high, "greatest of n_frames", Integral, min_val=low)
    return low, high


def _film(identity, gains, session, expression, n_frames, offset, image_size, rng):
    """Return the frames (n_frames, height, width), their eyes, and which is the peak."""
    apex = draw_expression("happy" if expression in SMILES else expression, gains, rng)
    grown = draw_onset(expression, offset, rng).intensities(np.linspace(0, 1, n_frames))
    start = move_head(session, rng, 1.0)
    end = move_head(start, rng, _MOVEMENT)
    images, eyes = [], []
    for number, share in enumerate(grown):
        flutter = 0.015 * rng.standard_normal(len(apex)) * (share * apex > 0.1)
        au = np.clip(share * apex + flutter, 0.0, 1.15)
        au = dict(zip(ACTION_UNITS, au.tolist(), strict=True))
        capture = move_head(turn_head(start, end, number / (n_frames - 1)), rng, _TREMOR)
        image, frame_eyes, _ = photograph(identity, au, capture, image_size, rng)
        images.append(image)
        eyes.append(frame_eyes)
    strength = (grown * apex).sum(axis=1).round(6)
    # Of the frames at the apex, the last of a sequence that ends there, else that in the middle.
    at_apex = np.flatnonzero(strength == strength.max())
    return np.stack(images), np.stack(eyes), int(at_apex[-1] if not offset else np.median(at_apex))
