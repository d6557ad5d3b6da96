"""From a folder of photographs to a folder of aligned faces: what `skfer align` does."""

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from skfer.alignment import (
    LOPES_CROP,
    SQUARE_CROP,
    EyeLocator,
    FaceAligner,
    YuNetFaceDetector,
)
from skfer.cli._output import print_first, refuse_replacing, refuse_within
from skfer.cli._words import find_table, in_words_of_the_command
from skfer.datasets import save_faces
from skfer.datasets._annotations import label_files
from skfer.datasets._index import find_image_files
from skfer.faces import make_face_array, with_fields
from skfer.inspection import AlignmentDisplay
from skfer.utils import check_images
from skfer.utils._csv import write_csv
from skfer.utils._files import atomic_path
from skfer.utils._opencv import cv2
from skfer.utils._text import count_of, join_some, without_name

_BATCH = 64
_TABLES_AND_SHEET = ("index.csv", "faces.csv", "sheet.png")
_CROPS = {"lopes": LOPES_CROP, "square": SQUARE_CROP, "none": None}


def align_folder(options):
    """Align by `save_faces`, which goes on after an interruption; write faces, index and sheet."""
    files = _find_files(options)
    csv = options.csv and find_table(options.csv, options.input, "IN")
    _check_output(files, csv, options)
    labels = _find_labels(files, csv, options)
    transformer = _make_transformer(options)
    data = save_faces(
        options.output / "aligned.npy",
        make_face_array([options.input.resolve() / file for file in files]),
        pd.DataFrame({"path": files, "subject": "", "expression": ""}),
        transformer=transformer,
        batch_size=_BATCH,
        n_jobs=options.jobs,
        on_unreadable="skip",
        verbose=int(sys.stderr.isatty()),
    )
    index = _make_index(files, data, options)
    listed = [
        f"{row.path}: {without_name(row.problem, row.path)}"
        for row in index.itertuples()
        if row.problem
    ]
    if listed and options.on_missing == "raise":
        problems = join_some(listed, 100)
        raise ValueError(
            f"Found no eyes in {count_of(len(listed), 'image')} ({problems}). Take them out of IN, "
            "or leave them out by --on-missing skip."
        )
    _write_faces(data, index, options)
    with atomic_path(options.output / "index.csv") as path:
        write_csv(path, index)
    if labels is not None:
        _write_labels(labels, index, options)
    _draw_sheet(data, transformer.aligner, options)
    print(f"{(index['face'] != '').sum()} faces of {len(index)} images: {options.output}")
    print_first(listed, ", see index.csv")


class PhotographAligner(BaseEstimator):
    """Decode each photograph once, locate its eyes and align it; drop none.

    The faces get the fields ``photo_eyes``, ``photo_landmarks`` (both in pixels of the photograph),
    ``confidence`` and ``problem``. Without eyes, ``eyes`` is NaN and the image means nothing.
    """

    def __init__(self, locator, aligner):
        self.locator = locator
        self.aligner = aligner

    def transform(self, faces):
        """Return a face array of images of one size, with the fields named above."""
        batch = check_images(self, faces, reset=False, any_size=True)
        faces = with_fields(faces, image=[batch.decode(index) for index in range(len(faces))])
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Found no eyes")  # it becomes the field `problem`
            found = self.locator.transform(faces)
        missing = self.locator.missing_
        problem = np.zeros(len(faces), "U120")
        problem[missing["sample"].to_numpy(dtype=int)] = missing["problem"]
        photo_eyes, unknown = found["eyes"].copy(), ~np.isfinite(found["eyes"]).all(axis=(1, 2))
        found["eyes"][unknown] = [[0, 0], [2, 0]]  # any, since the aligner takes no unknown ones
        found["confidence"][unknown] = 0
        aligned = self.aligner.transform(found)
        aligned["eyes"][unknown] = np.nan
        photo = {"photo_eyes": photo_eyes, "photo_landmarks": found["landmarks"]}
        return with_fields(aligned, problem=problem, **photo)


def _find_files(options):
    if not options.input.is_dir():
        raise FileNotFoundError(f"There is no folder '{options.input}'.")
    refuse_within("OUT", options.output, [options.input])
    files, unreadable = find_image_files(options.input)
    for path, problem in unreadable:
        print(f"Left out: '{path}' ({problem}).")
    faces = {}
    for file in files:
        other = faces.setdefault(_face_file(file), file)
        if other != file:
            raise ValueError(f"'{other}' and '{file}' would both become '{_face_file(file)}'.")
    return files


def _check_output(files, csv, options):
    """Refuse to write over the photographs, their table, or files of which no run has written."""
    names = [*_TABLES_AND_SHEET, *map(_face_file, files)]
    inputs = [options.input / file for file in files] + ([csv] if csv else [])
    written = [options.output / name for name in names]
    refuse_replacing("OUT", options.output, inputs, written)
    there = [name for name, path in zip(names, written, strict=True) if os.path.lexists(path)]
    if there and not (options.output / "aligned.json").exists():
        raise ValueError(
            f"OUT '{options.output}' has {join_some(there, quoted=True)}, but no aligned.json of "
            "an earlier run of skfer align. Move these files away, or give another folder."
        )


def _find_labels(files, csv, options):
    """Return subject, expression and more of the files, None if they are not asked for."""
    if options.pattern is None and options.csv is None:
        return None
    with in_words_of_the_command():
        labels, missing = label_files(options.input, files, pattern=options.pattern, csv=csv)
    if missing:
        problems = join_some([f"'{name}' ({problem})" for _, name, problem in missing])
        print(f"Left out of the table: {count_of(len(missing), 'file')}: {problems}.")
    if len(labels) < len(files):
        print(f"Without subject and expression: {len(files) - len(labels)} images")
    return labels


def _write_labels(labels, index, options):
    """Write faces.csv: the file of each face with a subject and an expression, and these."""
    paths = {str(options.input / file): face for file, face in index[["path", "face"]].to_numpy()}
    labels.insert(0, "file", labels.pop("path").map(paths))
    with atomic_path(options.output / "faces.csv") as path:
        write_csv(path, labels[labels["file"].fillna("") != ""])


def _face_file(file):
    return Path("faces", file).with_suffix(".png").as_posix()


def _make_transformer(options):
    detector = options.yunet and YuNetFaceDetector(options.yunet)
    if detector is not None:
        detector.detect(np.zeros((32, 32), np.uint8))  # a wrong file is refused here
    locator = EyeLocator(
        detector=detector,
        choose=options.choose,
        on_missing="guess" if options.on_missing == "guess" else "skip",
        landmarks=True,
    )
    aligner = FaceAligner(
        (options.size, options.size),
        rotate=not options.no_rotate,
        crop=_CROPS[options.crop],
    )
    return PhotographAligner(locator, aligner)


def _make_index(files, data, options):
    """Return one row per file: path, face, eyes in the photograph, confidence and problem."""
    faces, paths = data.faces, data.frame["path"]
    known = np.isfinite(faces["eyes"]).all(axis=(1, 2))
    eyes = faces["photo_eyes"].reshape(-1, 4).round(2)
    index = pd.DataFrame(eyes, paths, columns=["left_x", "left_y", "right_x", "right_y"])
    index.insert(0, "face", np.where(known, paths.map(_face_file), ""))
    index["confidence"] = faces["confidence"].round(3)
    index["problem"] = faces["problem"]
    index = index.reindex(files).fillna({"face": "", "confidence": 0.0})
    root = f"{options.input.resolve()}{os.sep}"
    for row in data.unreadable.itertuples():
        index.loc[files[row.row], "problem"] = row.error.replace(root, "")
    return index.rename_axis("path").reset_index()


def _write_faces(data, index, options):
    for name in index["path"][index["face"] == ""]:  # of a former picture of this name, perhaps
        (options.output / _face_file(name)).unlink(missing_ok=True)
    for name, face in zip(data.frame["path"], data.faces, strict=True):
        if np.isfinite(face["eyes"]).all():
            with atomic_path(options.output / _face_file(name), one_of_many=True) as path:
                path.write_bytes(cv2.imencode(".png", face["image"])[1].tobytes())


def _draw_sheet(data, aligner, options):
    import matplotlib.pyplot as plt

    names = data.frame["path"].tolist()
    photographs = with_fields(
        make_face_array([options.input / name for name in names], data.faces["photo_eyes"]),
        confidence=data.faces["confidence"],
        landmarks=data.faces["photo_landmarks"],
    )
    display = AlignmentDisplay.from_faces(photographs, aligner, names=names)
    with atomic_path(options.output / "sheet.png") as path:
        display.figure_.savefig(path, dpi=110, bbox_inches="tight")
    plt.close(display.figure_)
