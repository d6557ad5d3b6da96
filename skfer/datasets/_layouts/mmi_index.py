"""The frontal sequences of a copy of MMI: one row an image."""

from numbers import Integral

import pandas as pd

from skfer.datasets._indexing.completeness import name_some
from skfer.datasets._indexing.index import make_index
from skfer.datasets._layouts.mmi_files import find_apex, read_session

__all__ = ["SESSIONS", "check_known", "index_mmi", "list_sessions"]

SESSIONS = "Sessions"


def index_mmi(folder, *, peak="middle", n_frames=2, subjects=None, exclude=()):
    """List the images round the peak of the sequences of a copy of MMI.

    Parameters
    ----------
    folder : Path
        The folder that has ``Sessions``.
    peak : {"middle", "action-units"} or callable, default="middle"
        As in `load_mmi`.
    n_frames : int, default=2
        As in `load_mmi`.
    subjects, exclude : sequence of str, default=None and ()
        As in `load_mmi`.

    Returns
    -------
    index : DataFrame of shape (n_images, 10)
        The columns of `make_index` and ``session``. ``path`` is the file of the frame, or that of
        the video in which ``frame``, from 0 on, is.
    dropped : DataFrame of shape (n_dropped, 2)
        ``session`` and ``reason`` of the sessions that are not of use.
    incomplete : dict of str to FileNotFoundError
        Sessions of which files are missing, and what is missing.

    Raises
    ------
    ValueError
        If a file cannot be read, a subject has two names, a sequence is too short, or `subjects`
        or `exclude` have names that the copy has not.
    """
    numbers = list_sessions(folder)
    check_known("exclude", exclude, numbers, folder)
    sessions, dropped, incomplete = [], [], {}
    for number in numbers:
        if number in exclude:
            continue
        try:
            session, reason = read_session(folder / SESSIONS / number)
        except FileNotFoundError as error:
            incomplete[number] = error
            continue
        if session is None:
            dropped.append((number, reason))
        else:
            sessions.append(session)
    _check_subjects(sessions)
    if subjects is not None:
        check_known("subjects", subjects, [session.subject for session in sessions], folder)
    rows = []
    for session in sessions:
        if subjects is not None and session.subject not in subjects:
            continue
        index = _find_peak(session, peak)
        if index is None:
            dropped.append((session.number, "no apex of an action unit"))
        else:
            rows += _list_rows(session, index, n_frames)
    dropped = pd.DataFrame(dropped, columns=["session", "reason"], dtype=str)
    return make_index(rows, "mmi"), dropped, incomplete


def list_sessions(folder):
    """List the sessions of a copy of MMI.

    Parameters
    ----------
    folder : Path
        The folder that has ``Sessions``.

    Returns
    -------
    numbers : list of str
        The names of their folders, such as ``"1"``, in the order of the numbers.
    """
    names = [
        path.name
        for path in (folder / SESSIONS).iterdir()
        if path.is_dir() and path.name.isascii() and path.name.isdecimal()
    ]
    return sorted(names, key=int)


def check_known(argument, names, known, folder):
    """Refuse names that a copy of MMI does not have.

    Parameters
    ----------
    argument : str
        Name of the argument for the message.
    names : sequence of str
        What was given.
    known : sequence of str
        What may be given.
    folder : Path
        Where the copy is, for the message.

    Raises
    ------
    ValueError
        If `names` is no list or has a name that is not in `known`.
    """
    if isinstance(names, str):
        raise ValueError(f"{argument}={names!r}; expected a list of names.")
    unknown = [name for name in names if name not in set(known)]
    if unknown:
        raise ValueError(
            f"{argument} names {name_some(map(repr, unknown))}, which '{folder}' does not have."
        )


def _check_subjects(sessions):
    """Refuse a subject that the names of files and the tags in them tell differently."""
    for one, other in (("subject", "subject_tag"), ("subject_tag", "subject")):
        first = {}
        for session in sessions:
            if session.subject_tag is None:
                continue
            name = getattr(session, one)
            before = first.setdefault(name, session)
            if getattr(before, other) != getattr(session, other):
                raise ValueError(
                    f"Sessions {before.number} and {session.number} disagree on who is who: the "
                    f"files are of {before.subject} and {session.subject}, their tags say "
                    f"{before.subject_tag} and {session.subject_tag}. Correct or exclude one."
                )


def _find_peak(session, peak):
    if peak == "middle":
        return session.n_frames // 2
    if peak == "action-units":
        return session.action_units and find_apex(session.action_units, session.n_frames)
    index = peak(session.n_frames, session)
    if not isinstance(index, Integral) or not 0 <= index < session.n_frames:
        raise ValueError(
            f"peak returned {index!r} for session {session.number}; expected an index from 0 to "
            f"{session.n_frames - 1}."
        )
    return int(index)


def _list_rows(session, peak, n_frames):
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
            "frame": number,
            "is_peak": number == peak,
            "session": session.number,
        }
        for number in range(start, start + n_frames)
    ]
