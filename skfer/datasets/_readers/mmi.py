"""The MMI facial expression database."""

import re
from collections.abc import Sequence
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._readers._mmi_session import find_apex, read_session
from skfer.datasets._spec import C_SPP_2019, DatasetSpec, Protocol, document, load_indexed
from skfer.utils._choice import check_choice
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2
from skfer.utils._sequences import decode_sequence
from skfer.utils._text import join_some
from skfer.utils._video import read_video_frames

SESSIONS = "Sessions"
SPEC = DatasetSpec(
    name="mmi",
    title="MMI",
    folders=("MMI", "mmi", "mmi-facial-expression-database"),
    entry=re.compile(SESSIONS),
    example=SESSIONS,
    counts={"sessions with missing files": 0},
    protocols={C_SPP_2019: Protocol(n_folds=7, counts={"images": 250, "subjects": 21})},
)


@document(SPEC)
def load_mmi(
    data_home: str | Path | None = None,
    *,
    frames: Literal["peak", "sequence"] = "peak",
    peak: Literal["middle", "action-units"] = "middle",
    n_frames: int = 2,
    rotated: Sequence[str] = (),
    exclude: Sequence[str] = (),
    protocol: Literal["c-spp-2019"] | None = None,
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the expressions of the MMI database [1]_: frames round their peak, or sequences.

    The folder is the user's own copy as it is given out: ``Sessions/1/session.xml`` (the view),
    ``Sessions/1/S001-001.xml`` (the emotion), ``Sessions/1/S001-001.avi`` and, of some sessions,
    ``Sessions/1/S001-001-oao_aucs.xml`` (the action units, frame by frame). Frames that were
    extracted before, ``Sessions/1/S001-001/<frame>.png``, are taken instead of the video, in the
    order of the numbers in their names. Frames of videos and of `rotated` sessions are decoded, to
    about 0.4 MB each; their path is that of the file.

    Further columns of the frame: ``sequence`` ("S001-001"), ``frame_number`` (from 0) and
    ``session`` ("1"). The Bunch has ``dropped``: ``session`` and ``reason`` of the sessions that
    are left out: not frontal (a picture of the front and the side in one too), without one of the
    six expressions, a photograph, or without an apex where `peak` needs one.

    Parameters
    ----------
    %(data_home)s
    frames : {"peak", "sequence"}, default="peak"
        Take `n_frames` images round the peak; or the whole sequence, from neutral to the peak and
        back, as one row. Its image is the path of the video, which is decoded when a step needs the
        pixels, or the tuple of the paths of its frames; those of `rotated` sessions are decoded.
        The frame then has a column ``n_frames`` and none of the ``frame_number``.
    peak : {"middle", "action-units"}, default="middle"
        Where the peak of a sequence is: in its middle, frame ``n // 2`` of ``n`` from 0; or in the
        middle of the frames with most action units at their apex, for the sessions that have a
        file of action units, which leaves out the others.
    n_frames : int, default=2
        How many frames of a sequence to take: those from ``peak - n_frames // 2``; near an end
        of the sequence the last or first so many.
    rotated : sequence of str, default=()
        Sessions, such as ``"1"``, that were recorded on their side: their frames are turned by 90
        degrees clockwise, which makes them upright. See Notes.
    exclude : sequence of str, default=()
        Sessions to leave out, such as those with glasses, or with files that are in error.
    %(shared)s

    Notes
    -----
    The C-SPP paper used 250 images of 21 subjects: two frames of each of 125 of 213 sequences, none
    with glasses. It names neither the sequences nor the frames, and the files do not tell glasses.
    ``protocol="c-spp-2019"`` takes the two frames round the middle and leaves to `exclude` which
    sequences go; it is an error if they then are not 250 of 21.

    How many sequences a copy has depends on what its owner asked the database for, so there is no
    official number to compare it with. Most sequences are not coded frame by frame: to take the
    middle for the peak is a convention.

    The early sessions were recorded with the camera on its side. No file says which: a session
    that lies and is not named in `rotated` shows by eyes that are not found.

    References
    ----------
    .. [1] M. Pantic, M. Valstar, R. Rademaker and L. Maat, "Web-based database for facial
       expression analysis", ICME 2005, pp. 317-321, doi:10.1109/ICME.2005.1521424.

    Examples
    --------
    >>> from skfer.datasets import load_mmi
    >>> X, y, subjects = load_mmi(
    ...     "datasets", rotated=["1", "2"], return_X_y=True
    ... )  # doctest: +SKIP
    """
    check_choice("frames", frames, ("peak", "sequence"))
    check_choice("peak", peak, ("middle", "action-units"))
    if not isinstance(n_frames, Integral) or isinstance(n_frames, bool) or n_frames < 1:
        raise ValueError(f"n_frames={n_frames!r}; expected a number from 1.")
    whole = frames == "sequence"
    if whole and (peak, n_frames) != ("middle", 2):
        raise ValueError("frames='sequence' takes all frames; give it without peak and n_frames.")
    read = _read_sequences if whole else _read_images
    n_frames = None if whole else n_frames
    return load_indexed(
        SPEC,
        partial(_index, peak=peak, n_frames=n_frames, rotated=rotated, exclude=exclude),
        data_home,
        protocol=protocol,
        selection={
            "frames": (frames, "peak"),
            "peak": (peak, "middle"),
            "n_frames": (n_frames, None if whole else 2),
        },
        read_images=partial(read, rotated=rotated),
        as_sequences=whole,
        on_missing=on_missing,
        return_X_y=return_X_y,
    )


def _index(folder, peak, n_frames, rotated, exclude):
    numbers = _list_sessions(folder)
    for argument, names in {"rotated": rotated, "exclude": exclude}.items():
        _check_known(argument, names, numbers, folder)
    sessions, dropped, missing = [], [], []
    for number in numbers:
        if number in exclude:
            continue
        try:
            session, reason = read_session(folder / SESSIONS / number)
        except FileNotFoundError as error:
            missing.append(f"{number} ({error})")
            continue
        if session is None:
            dropped.append((number, reason))
        else:
            sessions.append(session)
    _check_subjects(sessions)
    rows = []
    for session in sessions:
        middle = _find_peak(session, peak)
        if middle is None:
            dropped.append((session.number, "no apex of an action unit"))
        else:
            rows += _list_rows(session, middle, n_frames)
    return pd.DataFrame(rows), {
        "counts": {"sessions with missing files": len(missing)},
        "missing": missing,
        "extra": {"dropped": pd.DataFrame(dropped, columns=["session", "reason"], dtype=str)},
    }


def _list_sessions(folder):
    names = [
        path.name
        for path in (folder / SESSIONS).iterdir()
        if path.is_dir() and path.name.isascii() and path.name.isdecimal()
    ]
    return sorted(names, key=int)


def _check_known(argument, names, known, folder):
    if isinstance(names, str):
        raise ValueError(f"{argument}={names!r}; expected a list of names.")
    unknown = [name for name in names if name not in set(known)]
    if unknown:
        raise ValueError(
            f"{argument} names {join_some(map(repr, unknown))}, which '{folder}' does not have."
        )


def _check_subjects(sessions):
    """Refuse a subject that the names of files and the tags in them tell differently."""
    tagged = [session for session in sessions if session.subject_tag is not None]
    for one, other in (("subject", "subject_tag"), ("subject_tag", "subject")):
        first = {}
        for session in tagged:
            before = first.setdefault(getattr(session, one), session)
            if getattr(before, other) != getattr(session, other):
                raise ValueError(
                    f"Sessions {before.number} and {session.number} disagree on who is who: the "
                    f"files are of {before.subject} and {session.subject}, their tags say "
                    f"{before.subject_tag} and {session.subject_tag}. Correct or exclude one."
                )


def _find_peak(session, peak):
    if peak == "middle":
        return session.n_frames // 2
    return session.action_units and find_apex(session.action_units, session.n_frames)


def _list_rows(session, peak, n_frames):
    """List the frames round the peak; all where `n_frames` is None."""
    n_frames = n_frames or session.n_frames
    if session.n_frames < n_frames:
        raise ValueError(
            f"Session {session.number} has {session.n_frames} frames; n_frames={n_frames}."
        )
    start = min(max(peak - n_frames // 2, 0), session.n_frames - n_frames)
    return [
        {
            "path": session.frames[number] if session.frames else session.video,
            "subject": session.subject,
            "expression": session.expression,
            "sequence": session.sequence,
            "frame_number": number,
            "session": session.number,
        }
        for number in range(start, start + n_frames)
    ]


def _read_images(frame, rotated):
    """Decode what a path alone cannot stand for."""
    images = [None] * len(frame)
    for path, rows in frame.groupby("path", sort=False):
        rotate = rows["session"].iloc[0] in rotated
        if path.lower().endswith(".avi"):
            decoded = read_video_frames(path, rows["frame_number"])
        else:
            decoded = [read_image(path) if rotate else path]
        for row, image in zip(rows.index, decoded, strict=True):
            images[row] = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE) if rotate else image
    return images


def _read_sequences(frame, rotated):
    """Decode the sequences that have to be turned; others are the files that hold them."""
    return [
        np.rot90(decode_sequence(image, f"'{path}'"), -1, axes=(1, 2)) if turn else image
        for image, path, turn in zip(
            frame["image"], frame["path"], frame["session"].isin(rotated), strict=True
        )
    ]
