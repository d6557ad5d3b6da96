"""The Face Research Lab London Set."""

import os
import re
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._csv import read_table
from skfer.datasets._labels import canonical_expression
from skfer.datasets._spec import DatasetSpec, document, load_indexed

TABLE, POINTS = "london.csv", "landmarks.csv"
PEOPLE = "london_faces_info.csv"
PEOPLE_COLUMNS = {
    "face_id": "subject",
    "face_age": "age",
    "face_gender": "gender",
    "face_eth": "ethnicity",
}
# Folder and number of each view in the release: neutral faces have templates, smiling ones none.
VIEWS = {"neutral": ("neutral_front", "03"), "happy": ("smiling_front", "08")}
UNKNOWN = np.full((2, 2), np.nan)
SPEC = DatasetSpec(
    name="london",
    title="the London set",
    folders=("london",),
    entry=re.compile(rf"{re.escape(TABLE)}|{re.escape(PEOPLE)}"),
    example=f"{TABLE} or {PEOPLE}",
    counts={
        "neutral images": 102,
        "happy images": 102,
        "subjects": 102,
        "pairs of pupils": 102,
    },
    redistributable=True,
)


@document(SPEC)
def load_london(
    data_home: str | Path | None = None,
    *,
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the portraits of the Face Research Lab London Set [1]_.

    Two layouts are read. The release, as `fetch_london` unpacks it: ``london_faces_info.csv``
    (face_id, face_age, face_gender, face_eth), ``neutral_front/001_03.jpg`` with the landmarks
    ``neutral_front/001_03.tem``, and ``smiling_front/001_08.jpg``. Or a table: ``london.csv``
    (file, subject, expression, age, gender, ethnicity), ``landmarks.csv`` (file, x0, y0, x1, y1,
    ...: points 0 and 1 are the pupils) and the photographs that they name. 204 photographs of 102
    subjects are neutral or happy. Further columns of the frame: ``age`` (years; NaN if unknown),
    ``gender`` and ``ethnicity``.

    The Bunch has ``pupils``, (x, y) in pixels of the file, left eye first, of shape (204, 2, 2).
    They are known of neutral faces only, NaN elsewhere, and therefore not in the face array: as
    eyes they would tell the label.

    Parameters
    ----------
    %(data_home)s
    %(shared)s

    See Also
    --------
    fetch_london : Download the release first.

    References
    ----------
    .. [1] L. DeBruine and B. Jones, "Face Research Lab London Set" (version 5), figshare, 2017,
       doi:10.6084/m9.figshare.5047666.v5.

    Examples
    --------
    >>> from skfer.datasets import load_london
    >>> X, y, subjects = load_london("datasets", return_X_y=True)  # doctest: +SKIP
    """
    return load_indexed(SPEC, _index, data_home, on_missing=on_missing, return_X_y=return_X_y)


def _index(folder):
    frame = _read_layout(folder) if (folder / TABLE).is_file() else _read_release(folder)
    frame["age"] = pd.to_numeric(frame["age"], errors="coerce")
    there = np.array([path.is_file() for path in frame["path"]], dtype=bool)
    missing = [os.path.relpath(path, folder) for path in frame["path"][~there]]
    frame = frame[there]
    n_known = sum(np.isfinite(pupils).all() for pupils in frame["pupils"])
    return frame, {"missing": missing, "counts": {"pairs of pupils": n_known}}


def _read_release(folder):
    people = read_table(folder / PEOPLE, PEOPLE_COLUMNS)[[*PEOPLE_COLUMNS]]
    rows = []
    for person in people.rename(columns=PEOPLE_COLUMNS).to_dict("records"):
        for expression, (subfolder, view) in VIEWS.items():
            path = folder / subfolder / f"{person['subject']}_{view}.jpg"
            pupils = _read_pupils(path.with_suffix(".tem"))
            rows.append({**person, "path": path, "expression": expression, "pupils": pupils})
    return pd.DataFrame(rows)


def _read_pupils(file):
    """Read the first two points of a WebMorph template: their number, then x and y of each."""
    if not file.is_file():
        return UNKNOWN
    try:
        n_points, *numbers = file.read_text().split()
        # A file cut short has too few for the shape.
        points = np.array(numbers[: 2 * int(n_points)], dtype=float).reshape(int(n_points), 2)
    except ValueError as error:
        raise ValueError(f"'{file}' is not a WebMorph template: {error}.") from error
    if len(points) < 2 or not np.isfinite(points).all():
        raise ValueError(
            f"'{file}' is not a WebMorph template with pupils, its first two points, all finite."
        )
    return points[:2]


def _read_layout(folder):
    columns = ["subject", "age", "gender", "ethnicity", "expression", "file"]
    frame = read_table(folder / TABLE, columns)[columns].reset_index(drop=True)
    pupils = _read_pupil_table(folder / POINTS) if (folder / POINTS).is_file() else {}
    frame["path"] = [folder / name for name in frame.pop("file")]
    frame["pupils"] = [pupils.get(path, UNKNOWN) for path in frame["path"]]
    for row, (path, label) in enumerate(zip(frame["path"], frame["expression"], strict=True)):
        where = f"'{folder / TABLE}', row of '{path}'"
        try:
            expression = canonical_expression(label)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
        if expression not in VIEWS:
            raise ValueError(f"{where}: the London set has no faces of {expression}.")
        frame.loc[row, "expression"] = expression
    return frame


def _read_pupil_table(file):
    columns = ["x0", "y0", "x1", "y1"]
    table = read_table(file, ["file", *columns])
    try:
        pupils = table[columns].to_numpy(dtype=float).reshape(-1, 2, 2)
    except ValueError as error:
        raise ValueError(f"'{file}' has points that are not numbers: {error}.") from error
    return dict(zip((Path(file.parent, name) for name in table["file"]), pupils, strict=True))
