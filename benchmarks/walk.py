"""The walk of a psychologist, from photographs to predictions: `python -m benchmarks.walk FOLDER`.

Makes a folder as people have it (mixed suffixes, turned phone pictures, a truncated file, a picture
without a face, other files between them, a list saved by a spreadsheet, a video), then runs the
commands of the README in it and prints the terminal session that stands in the documentation.
"""

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np

from skfer.datasets import make_faces
from skfer.utils._opencv import cv2

EXPRESSIONS = ("anger", "happy", "sad", "surprise")
COMMANDS = (
    "skfer index photos --csv list.csv --on-unreadable skip",
    "skfer evaluate photos --csv list.csv --on-unreadable skip --on-missing skip "
    "--method hog-svm --folds 5 --out report",
    "skfer fit photos --csv list.csv --on-unreadable skip --on-missing skip "
    "--method hog-svm --out face.skfer",
    "skfer predict face.skfer new --out new.csv",
    "skfer predict face.skfer interview.mp4 --smooth 0.5 --out interview.csv",
)
_SUFFIXES = (".jpg", ".JPG", ".jpeg", ".png", ".bmp")
# An EXIF block with nothing but orientation 6: the camera was held upright.
_UPRIGHT = bytes.fromhex(
    "ffe10022 457869660000 4d4d002a00000008 0001 0112 0003 00000001 00060000 00000000"
)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=20)
    options = parser.parse_args(arguments)
    make_folder(options.folder, options.subjects)
    for command in COMMANDS:
        print(f"\n$ {command}", flush=True)
        words = [sys.executable, "-m", *shlex.split(command)]
        subprocess.run(words, cwd=options.folder, check=True, stderr=subprocess.STDOUT)


def make_folder(folder, n_subjects=20, seed=0):
    """Write `photos` with `list.csv`, `new` and `interview.mp4`; the last subject is in the video.

    One photograph cannot be read and one shows no face. Of `new`, one picture shows two people,
    one none, and one cannot be read.
    """
    data = make_faces(
        n_subjects, 1, expressions=EXPRESSIONS, image_size=(200, 200), random_state=seed
    )
    photos = [photograph(face, seed) for seed, face in enumerate(data.images)]
    known = data.subjects != data.subjects[-1]
    lines = ["file;subject;expression;age"]
    for number in np.flatnonzero(known):
        person = int(data.subjects[number][-3:])
        name = f"P{person:03d}_{data.target[number]}{_SUFFIXES[number % len(_SUFFIXES)]}"
        write_picture(folder / "photos" / name, photos[number], upright=number % 7 == 0)
        lines.append(f"{name};P{person:03d};{data.target[number]};{20 + person}")
    for name, content in {
        "P000_broken.jpg": b"\xff\xd8\xff\xe0 cut",
        "notes.txt": b"ask Jo",
    }.items():
        (folder / "photos" / name).write_bytes(content)
    write_picture(folder / "photos" / "P001_wall.jpg", wall())
    lines += ["P000_broken.jpg;P000;sad;20", "P001_wall.jpg;P001;sad;21"]
    (folder / "list.csv").write_text("\r\n".join(lines), encoding="utf-8-sig")
    strangers = np.flatnonzero(~known)
    for number in strangers:
        write_picture(folder / "new" / f"visitor {number}.jpg", photos[number])
    both = np.hstack([photos[number][:, 120:520] for number in strangers[:2]])
    write_picture(folder / "new" / "both.png", both)
    write_picture(folder / "new" / "wall.jpg", wall())
    (folder / "new" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    write_interview(folder / "interview.mp4", seed + 1)


def photograph(face, seed):
    """Return a photograph of 640x480 pixels with a face in it."""
    picture = wall(seed)
    left, top = np.random.default_rng(seed).integers([200, 100], [240, 140])
    picture[top : top + len(face), left : left + len(face)] = face
    return picture


def wall(seed=0):
    """Return a picture without a face: a wall in uneven light."""
    rng = np.random.default_rng(seed)
    light = np.linspace(90, 150, 640) + np.linspace(-10, 10, 480)[:, None]
    return (light + rng.normal(0, 3, (480, 640))).clip(0, 255).astype(np.uint8)


def write_picture(path, picture, *, upright=False):
    """Write a picture; `upright` stores it turned, with the note in its EXIF, as phones do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    upright = upright and path.suffix.lower() in (".jpg", ".jpeg")
    stored = cv2.rotate(picture, cv2.ROTATE_90_COUNTERCLOCKWISE) if upright else picture
    content = cv2.imencode(path.suffix.lower(), stored)[1].tobytes()
    path.write_bytes(content[:2] + _UPRIGHT + content[2:] if upright else content)


def write_interview(path, seed, n_frames=12):
    """Write a video at 25 frames a second: three expressions of one person, who then leaves."""
    expressions = ("neutral", "happy", "surprise")
    faces = make_faces(
        1, n_frames, expressions=expressions, image_size=(200, 200), random_state=seed
    )
    frames = [photograph(face, seed) for face in faces.images] + [wall(seed)] * n_frames
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 25, (640, 480))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()


if __name__ == "__main__":
    main()
