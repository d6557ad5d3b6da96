"""The files of which the pages of the documentation speak, made of synthetic faces."""

import re
from functools import partial

import numpy as np

from skfer.datasets import make_face_sequences, make_faces
from tests.feature_files import openface_2, write_openface_2
from tests.onnx_files import write_graph
from tests.prediction_files import write_model, write_picture
from tests.reproduction import trees
from tests.video_files import write_video

__all__ = ["PLACES", "name_folder", "write_files"]

N_SUBJECTS = 8
# What the pages call the folder of any reader.
PLACES = ("DATA", "DIR", "photos", "photographs")


def name_folder(reader, arguments):
    """Return the folder for a reader, by its arguments; see `PLACES`."""
    reader = reader.replace("-", "_")
    if reader != "image_folder":
        return reader
    if re.search("frames=.?sequence", arguments):
        return "videos"
    return "photos" if re.search("pattern|csv", arguments) else reader


def write_files(home, text):
    """Write the files and folders that a text names, unless they are there."""
    for name, write in _WRITERS.items():
        if name in text and not (home / name).exists():
            write(home / name)


def _write_photographs(folder):
    """Write photographs named after subject and expression, and a list of them beside."""
    table, images = _draw_photographs()
    for name, image in zip(table["file"], images, strict=True):
        write_picture(folder / name, image)
    for place in (folder, folder.parent):
        table.to_csv(place / "list.csv", index=False)


def _write_image_folder(folder):
    """Write photographs in a folder per subject and expression."""
    table, images = _draw_photographs()
    for row, image in zip(table.itertuples(), images, strict=True):
        write_picture(folder / row.subject / row.expression / "1.jpg", image)


def _draw_photographs(n_subjects=N_SUBJECTS):
    data = make_faces(
        n_subjects, 1, expressions=("happy", "sad"), image_size=(128, 128), random_state=0
    )
    subjects = [f"S{int(subject[-3:]) + 1:03d}" for subject in data.subjects]
    table = data.frame[["expression"]].assign(subject=subjects)
    return table.assign(file=table["subject"] + "_" + table["expression"] + ".jpg"), data.images


def _write_new(folder):
    for name, image in zip(("a.jpg", "b.jpg"), _draw_photographs(1)[1], strict=True):
        write_picture(folder / name, image)


def _write_feature_tables(folder):
    for seed in range(2 * N_SUBJECTS):
        file = folder / f"S{seed // 2}" / ("happy", "sad")[seed % 2] / "1.csv"
        write_openface_2(file, openface_2(seed=seed))


def _write_videos(folder):
    """Write a video per subject and expression, in the same folders as photographs."""
    for frames, row in _draw_videos():
        write_video(folder / row.subject / row.expression / "1.mp4", frames)


def _write_video(file):
    write_video(file, np.concatenate([frames for frames, _ in _draw_videos()]))


def _draw_videos():
    data = make_face_sequences(
        2, expressions=("happy", "sad"), n_frames=4, image_size=(128, 128), random_state=1
    )
    return zip(data.faces["image"], data.frame.itertuples(), strict=True)


_SETS = ("ckplus", "ck48", "jaffe", "mmi", "nimstim")
_WRITERS = {
    "photos": _write_photographs,
    "image_folder": _write_image_folder,
    "new": _write_new,
    "feature_table": _write_feature_tables,
    "videos": _write_videos,
    "clip.mp4": _write_video,
    "interview.mp4": _write_video,
    "face.skfer": write_model,
    "model.skfer": write_model,
    "FILE.onnx": partial(write_graph, shape=["n", 1, 48, 48], n_classes=7, probabilities=True),
    **{name: partial(getattr(trees, f"write_{name}"), n_subjects=N_SUBJECTS) for name in _SETS},
}
