"""Small copies of the data sets in their official layouts, of synthetic faces."""

import numpy as np

from skfer.datasets import make_faces
from skfer.utils._opencv import cv2
from tests.video_files import write_video

EXPRESSIONS = ("anger", "disgust", "fear", "happy", "sad", "surprise")
N_SUBJECTS = 3
_JAFFE_SUBJECTS = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
_CKPLUS_CODES = dict(zip(EXPRESSIONS, (1, 3, 4, 5, 6, 7), strict=True))
_LETTERS = dict(zip(EXPRESSIONS, ("AN", "DI", "FE", "HA", "SA", "SU"), strict=True))
_SESSION = '<?xml version="1.0"?><session><track filename="a" view="0"/></session>'


def write_trees(home):
    """Write all sets; returns the options of the command."""
    writers = {
        "ckplus": write_ckplus,
        "jaffe": write_jaffe,
        "mmi": write_mmi,
        "nimstim": write_nimstim,
    }
    for name, write in writers.items():
        write(home / name)
    return [word for name in writers for word in (f"--{name}", str(home / name))]


def write_ckplus(folder, **changes):
    """Write the last three frames of a sequence of each subject and expression, and landmarks."""
    for subject, number, expression, face, points in _faces(seed=1, n_images=3, **changes):
        parts = (f"S{500 + subject}", f"{EXPRESSIONS.index(expression) + 1:03d}")
        name = f"{'_'.join(parts)}_{number + 1:08d}"
        _write(folder.joinpath("cohn-kanade-images", *parts, f"{name}.png"), face)
        landmarks = folder.joinpath("Landmarks", *parts, f"{name}_landmarks.txt")
        landmarks.parent.mkdir(parents=True, exist_ok=True)
        np.savetxt(landmarks, points)
        if number == 2:
            emotion = folder.joinpath("Emotion", *parts, f"{name}_emotion.txt")
            emotion.parent.mkdir(parents=True)
            emotion.write_text(f"   {_CKPLUS_CODES[expression]}.0000000e+00\n")


def write_ck48(folder, **changes):
    """Write the crops of the same frames."""
    for subject, number, expression, face, _ in _faces(seed=1, n_images=3, **changes):
        name = f"S{500 + subject}_{EXPRESSIONS.index(expression) + 1:03d}_{number + 1:08d}.png"
        crop = cv2.resize(face, (48, 48), interpolation=cv2.INTER_AREA)
        _write(folder / {"sad": "sadness"}.get(expression, expression) / name, crop)


def write_jaffe(folder, **changes):
    """Write two images of each subject and expression."""
    for row, (subject, number, expression, face, _) in enumerate(
        _faces(seed=2, n_images=2, **changes)
    ):
        name = f"{_JAFFE_SUBJECTS[subject]}.{_LETTERS[expression]}{number + 1}.{row}.tiff"
        _write(folder / name, face)


def write_nimstim(folder, **changes):
    """Write two images of each actor and expression."""
    for subject, number, expression, face, _ in _faces(seed=3, n_images=2, **changes):
        code = {"surprise": "SP"}.get(expression, _LETTERS[expression])
        _write(folder / f"{subject + 1:02d}F_{code}_{'CO'[number]}.BMP", face)


def write_mmi(folder, **changes):
    """Write the video of a session of each subject and expression; the subjects are as in CK+."""
    videos = {}
    for subject, _, expression, face, _ in _faces(seed=4, n_images=2, **changes):
        code = EXPRESSIONS.index(expression) + 1
        session = folder / "Sessions" / str(subject * 10 + code)
        name = f"S{500 + subject}-{code:03d}"
        session.mkdir(parents=True, exist_ok=True)
        videos.setdefault(session / f"{name}.avi", []).append(face)
        (session / "session.xml").write_text(_SESSION)
        tag = f'<Metatag Name="Emotion" Value="{code}"/>'
        (session / f"{name}.xml").write_text(f"<Annotation>{tag}</Annotation>")
    for file, frames in videos.items():
        write_video(file, frames)


def _faces(seed, n_images, n_subjects=N_SUBJECTS, expressions=EXPRESSIONS):
    data = make_faces(
        n_subjects, n_images, expressions=expressions, image_size=(64, 64), random_state=seed
    )
    subjects = np.unique(data.subjects).tolist()
    counts = {}
    rows = zip(data.subjects, data.target, data.images, data.landmarks, strict=True)
    for subject, expression, face, points in rows:
        number = counts[subject, expression] = counts.get((subject, expression), -1) + 1
        yield subjects.index(subject), number, expression, face, points


def _write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
