"""The Extended Cohn-Kanade data set (CK+)."""

import re
from functools import partial
from importlib.resources import files
from numbers import Integral
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._index import list_images
from skfer.datasets._labels import decode_expression
from skfer.datasets._spec import C_SPP_2019, DatasetSpec, Protocol, document, load_indexed

# Where the archives lie once they are unpacked, with and without a folder of the archive's name.
IMAGE_FOLDERS = (
    "cohn-kanade-images",
    "extended-cohn-kanade-images/cohn-kanade-images",
    "extended-cohn-kanade-images",
)
EMOTION_FOLDERS = ("Emotion", "Emotion_labels/Emotion", "Emotion_labels")
LANDMARK_FOLDERS = ("Landmarks", "Landmarks/Landmarks")
NAME = r"(?P<sequence>(?P<subject>S\d{3})_(?P<number>\d{3}))_(?P<frame>\d{8})"
IMAGE_NAME = re.compile(rf"{NAME}\.(?i:png)", re.ASCII)
EMOTION_NAME = re.compile(rf"{NAME}_emotion\.txt", re.ASCII)
EMOTION = re.compile(rb"\s*([1-7])(?:\.0*)?(?:[eE][+-]?0+)?\s*")
STRAY_NAMES = ("thumbs.db", "desktop.ini")
N_POINTS = 68
# Points 37 to 42 and 43 to 48 of the 68 go round the eyes, left eye first.
EYES = slice(36, 42), slice(42, 48)
N_FRAMES = {"peak": 1, "last3": 3}
# So many frames at the end of every labelled sequence are numbered without a gap.
N_CONSECUTIVE = 3
SPEC = DatasetSpec(
    name="ckplus",
    title="CK+",
    folders=("CK+", "CKplus", "ckplus"),
    entry=re.compile(
        "cohn-kanade-images|extended-cohn-kanade-images|Emotion|Emotion_labels", re.ASCII
    ),
    example="cohn-kanade-images or Emotion",
    counts={
        "labelled sequences": 327,
        "other sequences": 0,
        "emotion files without images": 0,
        "subjects": 118,
        "anger sequences": 45,
        "contempt sequences": 18,
        "disgust sequences": 59,
        "fear sequences": 25,
        "happy sequences": 69,
        "sad sequences": 28,
        "surprise sequences": 83,
    },
    protocols={C_SPP_2019: Protocol(n_folds=8, counts={"images": 927, "subjects": 106})},
)


@document(SPEC)
def load_ckplus(
    data_home: str | Path | None = None,
    *,
    frames: Literal["peak", "last3", "all", "sequence"] | int = "last3",
    neutral: bool = False,
    contempt: bool = False,
    protocol: Literal["c-spp-2019"] | None = None,
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the labelled sequences of the Extended Cohn-Kanade data set [1]_.

    The folder is the user's own copy as it is given out, its archives unpacked:
    ``cohn-kanade-images/S005/001/S005_001_00000011.png``,
    ``Emotion/S005/001/S005_001_00000011_emotion.txt`` and, if the eyes are wanted,
    ``Landmarks/S005/001/S005_001_00000011_landmarks.txt``. These three may lie in a folder with the
    name of their archive, such as ``Emotion_labels/Emotion``. The eyes in the face array are the
    means of the landmarks round each eye, NaN without a file of landmarks. Further columns of the
    frame: ``sequence`` ("S010_004") and ``frame_number`` in the sequence.

    Parameters
    ----------
    %(data_home)s
    frames : {"peak", "last3", "all", "sequence"} or int, default="last3"
        Which frames of a sequence show its expression: the peak, which the emotion file names, the
        peak and the two frames before it, all (the first are close to neutral), or that many up
        to the peak. "sequence" takes all, as one row: the image is the tuple of their paths, the
        face array has ``frame_eyes`` beside ``eyes``, their median, and the frame has a column
        ``n_frames``, and none of the ``frame_number``.
    neutral : bool, default=False
        Add the first frame of each sequence as neutral. ``frames="all"`` are then the others. Not
        for ``frames="sequence"``, which begin with it.
    contempt : bool, default=False
        Load the 18 sequences of contempt, the seventh expression, too.
    %(shared)s

    References
    ----------
    .. [1] P. Lucey et al., "The Extended Cohn-Kanade Dataset (CK+): a complete dataset for action
       unit and emotion-specified expression", CVPR Workshops 2010, pp. 94-101.

    Examples
    --------
    >>> from skfer.datasets import load_ckplus
    >>> X, y, subjects = load_ckplus("datasets", return_X_y=True)  # doctest: +SKIP
    """
    is_count = isinstance(frames, Integral) and not isinstance(frames, bool) and frames > 0
    if not is_count and frames not in ("peak", "last3", "all", "sequence"):
        raise ValueError(
            f"frames={frames!r}; expected 'peak', 'last3', 'all', 'sequence' or a number of frames "
            "from 1."
        )
    if frames == "sequence" and neutral:
        raise ValueError(
            "neutral=True takes the neutral frames as images; with frames='sequence' they begin "
            "the sequences. Give one of the two."
        )
    return load_indexed(
        SPEC,
        partial(_index, frames=frames, neutral=neutral),
        data_home,
        protocol=protocol,
        selection={
            "frames": (frames, "last3"),
            "neutral": (neutral, False),
            "contempt": (contempt, False),
        },
        keep=None if contempt else _is_not_contempt,
        as_sequences=frames == "sequence",
        on_missing=on_missing,
        return_X_y=return_X_y,
    )


def _is_not_contempt(frame):
    of_contempt = frame.loc[frame["expression"] == "contempt", "sequence"]
    return ~frame["sequence"].isin(of_contempt)  # not the neutral frames of such a sequence either


def _index(folder, frames, neutral):
    images = _find_part(folder, IMAGE_FOLDERS)
    landmarks = _find_part(folder, LANDMARK_FOLDERS, required=False)
    rows, without_images = [], {}
    for match, file in _find_emotion_files(_find_part(folder, EMOTION_FOLDERS)):
        paths = _list_frames(images / match["subject"] / match["number"], match["sequence"])
        if not paths:
            without_images[match["sequence"]] = file
            continue
        shown = _select_frames(paths, int(match["frame"]), file, frames, neutral)
        expression = _read_emotion(file)
        for number, is_neutral in shown.items():
            rows.append(
                {
                    "path": paths[number],
                    "subject": match["subject"],
                    "expression": "neutral" if is_neutral else expression,
                    "sequence": match["sequence"],
                    "frame_number": number,
                    "eyes": _read_eyes(landmarks, paths[number]),
                }
            )
    names, official = {row["sequence"] for row in rows}, set(official_sequences())
    counts = {
        "labelled sequences": len(names & official),
        "other sequences": len(names - official),
        "emotion files without images": len(without_images),
    }
    missing = [
        name.replace("_", "/")
        + (f" (no images for '{without_images[name]}')" if name in without_images else "")
        for name in sorted({*official, *without_images} - names)
    ]
    columns = ["path", "subject", "expression", "sequence"]
    frame = pd.DataFrame(rows, columns=None if rows else columns)
    return frame, {"counts": counts, "missing": missing}


def official_sequences():
    """List the names of the 327 labelled sequences of the official data set, sorted."""
    text = (files("skfer.datasets") / "resources" / "ckplus_sequences.txt").read_text("ascii")
    lines = [line.split() for line in text.splitlines()]
    return [f"{subject}_{number}" for subject, *numbers in lines for number in numbers]


def _find_part(folder, names, *, required=True):
    for part in (folder / name for name in names):
        if part.is_dir() and any(re.fullmatch(r"S\d{3}", entry.name) for entry in part.iterdir()):
            return part
    if required:
        raise FileNotFoundError(
            f"'{folder}' has no {' or '.join(names)} with folders named such as S005."
        )
    return None


def _find_emotion_files(folder):
    first = {}
    for file in sorted(folder.rglob("*")):
        inner = file.relative_to(folder)
        if file.is_dir() or _is_stray(inner):
            continue
        match = EMOTION_NAME.fullmatch(file.name)
        if match is None or inner.parent != Path(match["subject"], match["number"]):
            raise ValueError(
                f"'{file}' is not named such as 'S005/001/S005_001_00000011_emotion.txt', after "
                "its folders. Correct it or move it elsewhere."
            )
        if match["sequence"] in first:
            raise ValueError(
                f"'{first[match['sequence']]}' and '{file}' both label one sequence; keep one of "
                "them."
            )
        first[match["sequence"]] = file
        yield match, file


def _is_stray(path):
    name = path.name.lower()
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or name in STRAY_NAMES or name.startswith("readme")


def _list_frames(folder, sequence):
    paths = {}
    for path in list_images(folder):
        match = IMAGE_NAME.fullmatch(path.name)
        if match is None or match["sequence"] != sequence:
            raise ValueError(
                f"'{path}' is not named such as '{sequence}_00000011.png', after its folders. "
                "Correct it or move it elsewhere."
            )
        paths[int(match["frame"])] = path
    return paths


def _select_frames(paths, peak, file, frames, neutral):
    """Return the frames to take, in their order, and of each whether it is the neutral one."""
    if peak not in paths:
        raise ValueError(
            f"'{file}' names frame {peak}, but the images of the sequence end with frame "
            f"{max(paths)}; the file of the peak is missing."
        )
    labelled = f"The sequence that '{file}' labels"
    first, *others = sorted(frame for frame in paths if frame <= peak)
    if not neutral:
        others = [first, *others]
    elif first != 1:  # a later frame need not be neutral
        raise ValueError(f"{labelled} begins with frame {first}; neutral=True needs frame 1.")
    count = max(len(others), 1) if frames in ("all", "sequence") else N_FRAMES.get(frames, frames)
    if len(others) < count:
        raise ValueError(
            f"{labelled} has {len(others) + neutral} frames; frames={frames!r} and "
            f"neutral={neutral} need {count + neutral}."
        )
    chosen = others[-count:]
    last = chosen[-N_CONSECUTIVE:]
    if last[-1] - last[0] != len(last) - 1:
        raise ValueError(
            f"{labelled} lacks images between frame {last[0]} and {last[-1]}; restore them."
        )
    return ({first: True} if neutral else {}) | dict.fromkeys(chosen, False)


def _read_emotion(file):
    """Read the expression from a text of one number, such as ``3.0000000e+00``."""
    data = file.read_bytes()
    match = EMOTION.fullmatch(data)
    if match is None:
        raise ValueError(
            f"'{file}' holds {data[:40]!r}; an emotion file of CK+ holds one number from 1 (anger) "
            "to 7 (surprise)."
        )
    return decode_expression(int(match[1]), "ckplus")


def _read_eyes(landmarks, image):
    """Read the means of the six landmarks round each eye, (x, y) in pixels; NaN without a file."""
    file = landmarks and landmarks.joinpath(*image.parts[-3:-1], f"{image.stem}_landmarks.txt")
    if not file or not file.is_file():
        return np.full((2, 2), np.nan)
    try:
        points = np.array(file.read_text("ascii").split(), dtype=float)
    except ValueError as error:
        raise ValueError(f"'{file}' is not a file of landmarks: {error}.") from error
    if points.size != 2 * N_POINTS or not np.isfinite(points).all():
        raise ValueError(
            f"'{file}' holds {points.size} numbers; a file of landmarks holds {N_POINTS} points, "
            "x and y, all finite."
        )
    points = points.reshape(N_POINTS, 2)
    return np.stack([points[eye].mean(axis=0) for eye in EYES])
