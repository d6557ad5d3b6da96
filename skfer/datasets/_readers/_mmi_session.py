"""The files of the MMI facial expression database, read one by one."""

import re
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import numpy as np

from skfer.datasets._index import list_images
from skfer.datasets._labels import BASIC_EXPRESSIONS, decode_expression
from skfer.utils._text import join_some, natural_key
from skfer.utils._video import count_video_frames

SESSION = "session.xml"
NAME = re.compile(r"(?P<subject>S\d{3})-\d{3}\.xml", re.ASCII)
FRONTAL = "0"
NUMBER = re.compile("[0-9]{1,3}")
# What a Marker of an action unit begins.
APEX, OFFSET = "2", "3"


class Session(NamedTuple):
    """A frontal session of MMI with a basic expression: one sequence of one subject."""

    number: str  # the name of its folder
    sequence: str  # such as "S001-001"
    subject: str  # such as "S001", the first part of the name of the sequence
    subject_tag: str | None  # the subject as the file of the sequence gives it
    expression: str
    video: Path | None  # the .avi, where there is one
    frames: tuple  # the extracted frames in their order, which go before the .avi
    n_frames: int
    action_units: Path | None


def read_session(folder):
    """Read the files of a session folder: the Session and None, or None and why it is of no use.

    Raises FileNotFoundError if a file is missing and ValueError if one cannot be read.
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
        if any(path.stem == file.stem for path in list_images(folder)):
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
    """Return the frame, from 0, in which most action units are at their apex; None if none is.

    The file has ``<ActionUnit><Marker Type="2" Frame="31"/>...``: type 2 begins the apex, type 3
    the offset; frames count from 1.
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
        raise ValueError(f"'{file}' is not XML: {error}.") from error


def _find_metadata(folder):
    files = sorted(
        path
        for path in folder.glob("*.xml")
        if not path.name.startswith(".") and path.name != SESSION and "aucs" not in path.name
    )
    if not files:
        raise FileNotFoundError(f"'{folder}' has no file such as 'S001-001.xml'")
    if len(files) > 1 or not NAME.fullmatch(files[0].name):
        names = join_some([file.name for file in files], quoted=True)
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
        raise ValueError(f"'{file}' has the emotion {code!r}, which is not a code of MMI.")
    if not 1 <= int(code) <= len(BASIC_EXPRESSIONS):
        return None, f"emotion {code}, not a basic expression"
    return decode_expression(int(code), "mmi"), None


def _find_sequence(folder, name):
    video = folder / f"{name}.avi"
    frames = tuple(sorted(list_images(folder / name), key=lambda path: natural_key(path.name)))
    return (video if video.is_file() else None), frames


def _read_frame(marker, n_frames, file):
    text = marker.get("Frame") or ""
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= n_frames:
        raise ValueError(
            f"'{file}' has a marker at frame {text!r}; the sequence has frames 1 to {n_frames}."
        )
    return int(text) - 1
