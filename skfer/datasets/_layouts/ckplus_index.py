"""The labelled sequences of a copy of CK+: one row an image."""

import re
from pathlib import Path

from skfer.datasets._indexing.folder_walk import IMAGE_SUFFIXES
from skfer.datasets._indexing.index import UNKNOWN_EYES, make_index
from skfer.datasets._layouts.ckplus_files import read_emotion, read_eyes

__all__ = ["EMOTION_FOLDERS", "IMAGE_FOLDERS", "index_ckplus"]

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
STRAY_NAMES = ("thumbs.db", "desktop.ini")
N_FRAMES = {"peak": 1, "last3": 3}
# So many frames at the end of every labelled sequence are numbered without a gap.
N_CONSECUTIVE = 3


def index_ckplus(folder, *, frames="last3", neutral=False):
    """List the images of the labelled sequences of a copy of CK+.

    Parameters
    ----------
    folder : Path
        The folder, in the layout of `load_ckplus`.
    frames : {"peak", "last3", "all"} or int, default="last3"
        As in `load_ckplus`.
    neutral : bool, default=False
        As in `load_ckplus`.

    Returns
    -------
    index : DataFrame of shape (n_images, 9)
        The columns of `make_index`.
    without_images : dict of str to Path
        Sequences without images and their emotion files.

    Raises
    ------
    FileNotFoundError
        If there is no folder of images or none of emotion files.
    ValueError
        If a file is misnamed or cannot be read, or a sequence has too few frames.
    """
    images = _find_part(folder, IMAGE_FOLDERS)
    landmarks = _find_part(folder, LANDMARK_FOLDERS, required=False)
    rows, without_images = [], {}
    for match, file in _find_emotion_files(_find_part(folder, EMOTION_FOLDERS)):
        sequence_folder = images / match["subject"] / match["number"]
        paths = _list_frames(sequence_folder, match["sequence"])
        if not paths:
            without_images[match["sequence"]] = file
            continue
        shown = _select_frames(paths, int(match["frame"]), file, frames, neutral)
        expression = read_emotion(file)
        for frame, is_neutral in shown.items():
            rows.append(
                {
                    "path": paths[frame],
                    "subject": match["subject"],
                    "expression": "neutral" if is_neutral else expression,
                    "sequence": match["sequence"],
                    "frame": frame,
                    "is_peak": frame == int(match["frame"]),
                    **_find_landmarks(landmarks, paths[frame]),
                }
            )
    return make_index(rows, "ckplus"), without_images


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
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        match = IMAGE_NAME.fullmatch(path.name)
        if match is None or match["sequence"] != sequence:
            raise ValueError(
                f"'{path}' is not named such as '{sequence}_00000011.png', after its folders. "
                "Correct it or move it elsewhere."
            )
        paths[int(match["frame"])] = path
    return paths


def _select_frames(paths, peak, file, frames, neutral):
    """Tell the frames to take, in their order, and of each whether it is the neutral one."""
    if peak not in paths:
        raise ValueError(
            f"'{file}' names frame {peak}, but the images of the sequence end with frame "
            f"{max(paths)}; the file of the peak is missing."
        )
    first, *others = sorted(frame for frame in paths if frame <= peak)
    if not neutral:
        others = [first, *others]
    elif first != 1:  # a later frame need not be neutral
        raise ValueError(
            f"The sequence that '{file}' labels begins with frame {first}; neutral=True needs "
            "frame 1."
        )
    count = max(len(others), 1) if frames == "all" else N_FRAMES.get(frames, frames)
    if len(others) < count:
        raise ValueError(
            f"The sequence that '{file}' labels has {len(others) + neutral} frames; "
            f"frames={frames!r} and neutral={neutral} need {count + neutral}."
        )
    chosen = others[-count:]
    last = chosen[-N_CONSECUTIVE:]
    if last[-1] - last[0] != len(last) - 1:
        raise ValueError(
            f"The sequence that '{file}' labels lacks images between frame {last[0]} and "
            f"{last[-1]}; restore them."
        )
    return ({first: True} if neutral else {}) | dict.fromkeys(chosen, False)


def _find_landmarks(folder, image):
    if folder is not None:
        file = folder.joinpath(*image.parts[-3:-1], f"{image.stem}_landmarks.txt")
        if file.is_file():
            return {"eyes": read_eyes(file), "landmarks": str(file)}
    return {"eyes": UNKNOWN_EYES, "landmarks": None}
