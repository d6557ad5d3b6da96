"""Synthetic faces with known expressions, eye centres and landmarks."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch, check_random_state, check_scalar

from skfer._typing import RandomState, Shape
from skfer.faces import make_face_array
from skfer.synthetic._canvas import make_canvas
from skfer.synthetic._capture import (
    draw_session,
    light_direction,
    make_camera,
    move_head,
    project,
    take_picture,
    visible_edges,
)
from skfer.synthetic._expression import (
    EMOTION_PROTOTYPES,
    SMILES,
    draw_expression,
    draw_gains,
    near_apex,
)
from skfer.synthetic._geometry import EYE_CENTERS, make_geometry, make_landmarks
from skfer.synthetic._identity import draw_identity
from skfer.synthetic._portrait import render_face

_MIN_IMAGE_SIDE = 16

_DESCR = """\
Synthetic faces drawn by skfer.datasets.make_faces: shaded grey portraits of persons who do not
exist, with exact eye centres and landmarks. For demonstrations and tests; a score on them is no
evidence that a method recognizes the expressions of people.
"""


def make_faces(
    n_subjects: int = 20,
    n_per_expression: int = 3,
    *,
    expressions: Sequence[str] = ("anger", "disgust", "fear", "happy", "sad", "surprise"),
    image_size: Shape = (96, 96),
    random_state: RandomState = None,
    return_X_y: bool = False,
) -> Bunch | Any:
    """Render synthetic faces of known subjects and expressions.

    For demonstrations and tests. The faces are made to look and to leak like photographs of posed
    expressions, but a score on them is never evidence that a method is good: only faces of people
    can show that.

    Parameters
    ----------
    n_subjects : int, default=20
        Number of synthetic persons.
    n_per_expression : int, default=3
        Images of each subject in each expression. They are neighbouring frames of one sequence,
        near duplicates of each other.
    expressions : sequence of str, default=("anger", "disgust", "fear", "happy", "sad", "surprise")
        What each subject shows; ``"contempt"`` and ``"neutral"`` are known too.
    image_size : tuple of (int, int), default=(96, 96)
        Height and width in pixels, both at least 16. The picture shows a face from the hairline to
        the chin; a dropped jaw may reach below it, and so may its landmarks.
    random_state : int, RandomState instance or None, default=None
        Determines the faces. One integer gives bit-identical faces in every call, and the same
        first subjects whatever `n_subjects` and `n_per_expression` are.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` instead of the Bunch.

    Returns
    -------
    data : Bunch or tuple of (ndarray, ndarray, ndarray)
        With ``faces`` (face array of shape (n_images,)), ``images`` (uint8 stack of shape
        (n_images, height, width)), ``target`` and ``subjects`` (str arrays of shape (n_images,)),
        ``target_names`` (sorted list of str), ``frame`` (DataFrame with the columns ``subject``,
        ``expression``, ``sequence`` and ``frame_number``), ``landmarks`` (ndarray of shape
        (n_images, 68, 2), in the order of the iBUG 300-W mark-up), ``redistributable`` (True),
        ``cropped`` (False: the heads lean and shift a little) and ``DESCR``. Eye centres and
        landmarks are (x, y) in pixels, x to the right and y down, left eye of the picture first.

    Raises
    ------
    TypeError
        If a number is not an integer.
    ValueError
        If a number is below its least value, or an expression is unknown or given twice.

    Notes
    -----
    A subject has a head, features, tones and hair, drawn once. An
    expression is a set of intensities of facial action units, drawn round one of the major variants
    that [1]_ and [2]_ give for the emotion. Subjects differ in how strongly they use each unit, and
    an expression leans towards the one it is confused with: fear and surprise, anger and disgust,
    sad and neutral. The units move brows, lids, lips and folds of a relief, which is lit,
    photographed with a little roll, shift, blur and noise, and exposed for the face.

    As with video frames, a split by image puts near duplicates on both sides and lets a nearest
    neighbour look almost perfect; a split by subject does not.

    References
    ----------
    .. [1] P. Ekman and W. V. Friesen, "Facial Action Coding System: A Technique for the Measurement
       of Facial Movement", Consulting Psychologists Press, 1978; and "EMFACS-7: Emotional Facial
       Action Coding System", unpublished manual, University of California, 1983.
    .. [2] P. Ekman, W. V. Friesen and J. C. Hager, "Facial Action Coding System: Investigator's
       Guide", Research Nexus, 2002.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> data = make_faces(n_subjects=3, n_per_expression=1, random_state=0)
    >>> data.images.shape
    (18, 96, 96)
    >>> data.target[:3].tolist(), data.subjects[:1].tolist()
    (['anger', 'disgust', 'fear'], ['synthetic000'])
    """
    check_scalar(n_subjects, "n_subjects", Integral, min_val=1)
    check_scalar(n_per_expression, "n_per_expression", Integral, min_val=1)
    expressions = check_expressions(expressions, EMOTION_PROTOTYPES)
    image_size = check_image_size(image_size)
    photographs, rows = [], []
    for name, subject, seeds in draw_subjects(n_subjects, random_state):
        for expression in expressions:
            photographs += _photograph_sequence(
                *subject, seeds[expression], expression, n_per_expression, image_size
            )
            sequence = f"{name}-{expression}"
            rows += [(name, expression, sequence, number) for number in range(n_per_expression)]
    images, eyes, landmarks = (np.stack(part) for part in zip(*photographs, strict=True))
    frame = pd.DataFrame(rows, columns=["subject", "expression", "sequence", "frame_number"])
    faces = make_face_array(images, eyes, frame["subject"])
    return make_bunch(frame, faces, _DESCR, return_X_y, images=faces["image"], landmarks=landmarks)


def make_bunch(frame, faces, descr, return_X_y, **extra):
    """Return what both makers do: faces of known subjects and expressions."""
    target, subjects = (frame[name].to_numpy(dtype=str) for name in ("expression", "subject"))
    if return_X_y:
        return faces, target, subjects
    return Bunch(
        faces=faces,
        target=target,
        target_names=np.unique(target).tolist(),
        subjects=subjects,
        frame=frame,
        redistributable=True,
        cropped=False,
        DESCR=descr,
        **extra,
    )


def check_expressions(expressions, known):
    """Return names of expressions as a list; refuse none, one twice and one that is not known."""
    if isinstance(expressions, str):
        raise ValueError(f"expressions is a sequence of names; give ({expressions!r},).")
    expressions = list(expressions)
    if unknown := set(expressions) - set(known):
        raise ValueError(
            f"Unknown expressions {sorted(map(str, unknown))}; known ones are {', '.join(known)}."
        )
    if not expressions:
        raise ValueError("expressions is empty; at least one is needed.")
    if len(set(expressions)) < len(expressions):
        raise ValueError(f"expressions has a name twice: {', '.join(expressions)}.")
    return expressions


def check_image_size(image_size):
    """Return (height, width); refuse what is too small to show a face."""
    try:
        height, width = image_size
    except (TypeError, ValueError):
        raise ValueError(f"image_size is (height, width); got {image_size!r}.") from None
    check_scalar(height, "height of image_size", Integral, min_val=_MIN_IMAGE_SIDE)
    check_scalar(width, "width of image_size", Integral, min_val=_MIN_IMAGE_SIDE)
    return int(height), int(width)


def draw_subjects(n_subjects, random_state):
    """Yield names; how each looks, moves its face and sits; and a seed of each expression."""
    # One seed a subject, drawn before anything else, keeps a subject's look whatever is asked for.
    seeds = check_random_state(random_state).randint(np.iinfo(np.int32).max, size=n_subjects)
    expressions = (*EMOTION_PROTOTYPES, *SMILES)
    for index, seed in enumerate(seeds.tolist()):
        looks, manner, *others = np.random.SeedSequence(seed).spawn(2 + len(expressions))
        manner = np.random.default_rng(manner)
        identity = draw_identity(np.random.default_rng(looks))
        subject = identity, draw_gains(manner), draw_session(manner)
        yield f"synthetic{index:03d}", subject, dict(zip(expressions, others, strict=True))


def _photograph_sequence(identity, gains, session, seed, expression, n_frames, image_size):
    """Photograph the last frames of a sequence in which one subject shows one expression."""
    # A generator of its own, so that a sequence does not depend on which others are asked for.
    rng = np.random.default_rng(seed)
    apex = draw_expression(expression, gains, rng)
    capture = move_head(session, rng, amount=1.0)
    return [
        photograph(identity, near_apex(apex, rng), move_head(capture, rng, 0.2), image_size, rng)
        for _ in range(n_frames)
    ]


def photograph(identity, au, capture, image_size, rng):
    """Return the image, the eyes and the landmarks of one photograph."""
    geometry = make_geometry(identity, au)
    camera = make_camera(capture, image_size)
    pixels = np.hypot(camera[0, 0], camera[1, 0])
    # On a coarser canvas than 44 pixels to an inter-eye distance thin features would be lost.
    oversampling = max(2, int(np.ceil(44 / pixels)))
    canvas = make_canvas(oversampling * pixels, *visible_edges(camera, image_size))
    picture = render_face(canvas, identity, au, geometry, light_direction(capture))
    image = take_picture(picture, canvas, camera, capture, image_size, rng)
    landmarks = project(camera, make_landmarks(geometry))
    return image, project(camera, EYE_CENTERS), landmarks
