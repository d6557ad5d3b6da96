"""The files of the MMI facial expression database, read one by one."""

import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

from skfer.datasets._indexing.completeness import name_some
from skfer.datasets._indexing.folder_walk import IMAGE_SUFFIXES
from skfer.datasets._labels import BASIC_EXPRESSIONS, decode_expression
from skfer.datasets._layouts.video import count_video_frames

__all__ = ["Session", "find_apex", "read_session"]

SESSION = "session.xml"
NAME = re.compile(r"(?P<subject>S\d{3})-\d{3}\.xml", re.ASCII)
FRONTAL = "0"
NUMBER = re.compile("[0-9]{1,3}")
# What a Marker of an action unit begins.
APEX, OFFSET = "2", "3"


class Session(NamedTuple):
    """A session of MMI: one sequence of one subject.

    Attributes
    ----------
    number : str
        Name of its folder.
    sequence : str
        Such as ``"S001-001"``.
    subject : str
        Such as ``"S001"``, the first part of the name of the sequence.
    subject_tag : str or None
        The subject as the file of the sequence gives it.
    expression : str
        One of the six basic expressions.
    video : Path or None
        The .avi, where there is one.
    frames : tuple of Path
        The extracted frames in their order, which go before the .avi; empty where there are none.
    n_frames : int
        How many frames the sequence has.
    action_units : Path or None
        The file of the action units.
    """

    number: str
    sequence: str
    subject: str
    subject_tag: str | None
    expression: str
    video: Path | None
    frames: tuple
    n_frames: int
    action_units: Path | None


def read_session(folder):
    """Read the files of a session.

    Parameters
    ----------
    folder : Path
        Such as ``Sessions/1``.

    Returns
    -------
    session : Session or None
        The session; None if it is not of use.
    reason : str or None
        Why it is not: its view is not frontal, it has no basic expression, or no sequence.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file cannot be read.
    """
    if not (folder / SESSION).is_file():
        raise FileNotFoundError(f"'{folder}' has no {SESSION}")
    views = {track.get("view") for track in _parse(folder / SESSION).iter("track")} - {None}
    if not views:
        raise ValueError(f"'{folder / SESSION}' has no track with a view.")
    if views != {FRONTAL}:
        return None, f"view {' and '.join(sorted(views))}, not frontal"
    file = _find_metadata(folder)
    sequence = _parse(file)
    expression, reason = _read_expression(sequence, file)
    if reason:
        return None, reason
    video, frames = _find_sequence(folder, file.stem)
    if video is None and not frames:
        if any(path.stem == file.stem and _is_image(path) for path in folder.iterdir()):
            return None, "a photograph, no sequence"
        raise FileNotFoundError(
            f"'{folder}' has neither '{file.stem}.avi' nor a folder '{file.stem}' of its frames"
        )
    action_units = folder / f"{file.stem}-oao_aucs.xml"
    session = Session(
        number=folder.name,
        sequence=file.stem,
        subject=NAME.fullmatch(file.name)["subject"],
        subject_tag=_read_tag(sequence, "Subject", file),
        expression=expression,
        video=video,
        frames=frames,
        n_frames=len(frames) or count_video_frames(video),
        action_units=action_units if action_units.is_file() else None,
    )
    return session, None


def find_apex(file, n_frames):
    """Find the frame in which most action units are at their apex.

    Parameters
    ----------
    file : Path
        XML with ``<ActionUnit><Marker Type="2" Frame="31"/>...``: type 2 begins the apex, type 3
        the offset; frames count from 1.
    n_frames : int
        How many frames the sequence has.

    Returns
    -------
    index : int or None
        The frame, from 0 on: of several the one in the middle. None if no unit has an apex that
        begins and ends.

    Raises
    ------
    ValueError
        If the file cannot be read or names a frame that the sequence does not have.
    """
    n_units = np.zeros(n_frames, int)
    for unit in _parse(file).iter("ActionUnit"):
        start = None
        for marker in unit.iter("Marker"):
            frame = _read_frame(marker, n_frames, file)
            if marker.get("Type") == APEX:
                start = frame
            elif marker.get("Type") == OFFSET and start is not None:
                n_units[start : frame + 1] += 1
                start = None
    if not n_units.any():
        return None
    best = np.flatnonzero(n_units == n_units.max())
    return int(best[len(best) // 2])


def _parse(file):
    try:
        return ElementTree.parse(file).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"'{file}' is no XML: {error}.") from error


def _find_metadata(folder):
    files = sorted(
        path
        for path in folder.glob("*.xml")
        if not path.name.startswith(".") and path.name != SESSION and "aucs" not in path.name
    )
    if not files:
        raise FileNotFoundError(f"'{folder}' has no file such as 'S001-001.xml'")
    if len(files) > 1 or not NAME.fullmatch(files[0].name):
        names = name_some([f"'{file.name}'" for file in files])
        raise ValueError(f"'{folder}' has {names}; expected one file such as 'S001-001.xml'.")
    return files[0]


def _read_tag(sequence, name, file):
    values = {tag.get("Value") for tag in sequence.iter("Metatag") if tag.get("Name") == name}
    if len(values) > 1:
        raise ValueError(f"'{file}' has {len(values)} different values of '{name}'.")
    return values.pop() if values else None


def _read_expression(sequence, file):
    code = _read_tag(sequence, "Emotion", file)
    if not code:
        return None, "no emotion"
    if not NUMBER.fullmatch(code):
        raise ValueError(f"'{file}' has the emotion {code!r}, which is no code of MMI.")
    if not 1 <= int(code) <= len(BASIC_EXPRESSIONS):
        return None, f"emotion {code}, not a basic expression"
    return decode_expression(int(code), "mmi"), None


def _find_sequence(folder, name):
    extracted = folder / name
    frames = filter(_is_image, extracted.iterdir()) if extracted.is_dir() else ()
    video = folder / f"{name}.avi"
    return (video if video.is_file() else None), tuple(sorted(frames, key=_by_numbers))


def _is_image(path):
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def _by_numbers(path):
    """Key that puts 10.png after 9.png."""
    texts, numbers = re.split("[0-9]+", path.name), re.findall("[0-9]+", path.name)
    return [(text, int(number)) for text, number in zip(texts, [*numbers, 0], strict=True)]


def _read_frame(marker, n_frames, file):
    text = marker.get("Frame") or ""
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= n_frames:
        raise ValueError(
            f"'{file}' has a marker at frame {text!r}; the sequence has frames 1 to {n_frames}."
        )
    return int(text) - 1
