"""The Face Research Lab London Set."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from skfer.datasets._base import find_dataset_folder, make_bunch
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.files import read_annotations
from skfer.datasets._indexing.index import UNKNOWN_EYES, make_index
from skfer.datasets._labels import canonical_expression
from skfer.datasets._layouts.webmorph import read_webmorph_template

__all__ = ["index_london", "load_london"]

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
N_SUBJECTS = 102
DESCR = """\
Face Research Lab London Set: neutral and smiling portraits
===========================================================

204 colour photographs of 102 adults, each once neutral and once happy (smiling), frontal, on a
plain background. The pupils of the neutral portraits are known.

DeBruine, L. and Jones, B. (2017). Face Research Lab London Set (version 5). figshare.
doi:10.6084/m9.figshare.5047666.v5. Licence CC BY 4.0; the sitters agreed to the use of their
photographs in research and its illustration.
"""


def index_london(folder):
    """List the photographs of a copy of the London set, those that are there and those that lack.

    Parameters
    ----------
    folder : Path
        The folder, in one of the layouts of `load_london`.

    Returns
    -------
    index : DataFrame of shape (n_images, 12)
        The columns of `make_index`, ``age``, ``gender`` and ``ethnicity``. ``eyes`` are the pupils
        where they are known.
    missing : list of str
        Photographs that the CSV of the folder tells of and that are not there.

    Raises
    ------
    ValueError
        If the CSV or a file of landmarks cannot be read; the message names it.
    """
    read_rows = _read_table if (folder / TABLE).is_file() else _read_release
    rows, missing = [], []
    for row in read_rows(folder):
        if row["path"].is_file():
            rows.append(row)
        else:
            missing.append(os.path.relpath(row["path"], folder))
    return make_index(rows, "london"), missing


def load_london(data_home=None, *, allow_partial=False, return_X_y=False):
    """Load the portraits of the Face Research Lab London Set [1]_.

    Two layouts are read. The release, as `fetch_london` unpacks it: ``london_faces_info.csv``
    (face_id, face_age, face_gender, face_eth), ``neutral_front/001_03.jpg`` with the landmarks
    ``neutral_front/001_03.tem``, and ``smiling_front/001_08.jpg``. Or a table: ``london.csv``
    (file, subject, expression, age, gender, ethnicity), ``landmarks.csv`` (file, x0, y0, x1, y1,
    ...: points 0 and 1 are the pupils) and the photographs that they name.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``london``; None takes the environment
        variable ``SKFER_DATA``.
    allow_partial : bool, default=False
        Accept a copy in which photographs or landmarks are missing.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (204,)
            Face array of paths. The eyes are unknown (NaN), those of the neutral portraits too:
            as they are known of neutral faces only, they would tell the label.
        images : None
            The photographs are decoded when a step needs them.
        target, subjects : ndarray of shape (204,), dtype str
            Expression, "happy" or "neutral", and subject, "001" to "173".
        target_names : list of str
            ``["happy", "neutral"]``.
        frame : DataFrame of shape (204, 12)
            The index: ``path``, ``subject``, ``expression``, ``sequence``, ``frame``, ``is_peak``,
            ``eyes`` (the pupils as (x, y) in pixels of the file, that on the left of the picture
            first; NaN for happy faces), ``landmarks`` (the ``.tem`` file, in the release),
            ``dataset``, ``age`` (years; NaN where not told), ``gender`` and ``ethnicity``.
        duplicates : DataFrame of shape (n_duplicates, 4)
            Files equal to one of another subject or expression; none in a proper copy.
        redistributable : bool
            True: the licence is CC BY 4.0.
        cropped : bool
            False.
        DESCR : str
            Description, source and licence.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Warns
    -----
    UserWarning
        If there are duplicates.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If there are not 204 photographs of 102 subjects and the pupils of 102 of them and
        `allow_partial` is False, or a CSV or a file of landmarks cannot be read.

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
    folder = find_dataset_folder(data_home, ("london",), (TABLE, PEOPLE))
    frame, missing = index_london(folder)
    _check_counts(frame, missing, folder, allow_partial)
    if frame.empty:
        raise ValueError(f"'{folder}' has none of the photographs of the London set.")
    duplicates = find_duplicates(frame)
    warn_of_duplicates(duplicates, "The London set")
    return make_bunch(
        frame,
        redistributable=True,
        cropped=False,
        descr=DESCR,
        return_X_y=return_X_y,
        duplicates=duplicates,
    )


def _check_counts(frame, missing, folder, allow_partial):
    n_known = sum(not np.isnan(eyes).any() for eyes in frame["eyes"])
    counts = frame["expression"].value_counts()
    expected = {
        "neutral photographs": N_SUBJECTS,
        "happy photographs": N_SUBJECTS,
        "subjects": N_SUBJECTS,
        "pairs of pupils": N_SUBJECTS,
    }
    found = {
        "neutral photographs": counts.get("neutral", 0),
        "happy photographs": counts.get("happy", 0),
        "subjects": frame["subject"].nunique(),
        "pairs of pupils": n_known,
    }
    check_complete(
        "the London set", folder, expected, found, missing=missing, allow_partial=allow_partial
    )


def _read_release(folder):
    for person in _read_people(folder / PEOPLE):
        for expression, (subfolder, view) in VIEWS.items():
            path = folder / subfolder / f"{person['subject']}_{view}.jpg"
            row = {**person, "path": path, "expression": expression}
            template = path.with_suffix(".tem")
            if template.is_file():
                row |= {"eyes": _read_pupils(template), "landmarks": str(template)}
            yield row


def _read_people(file):
    people = _read_columns(file, list(PEOPLE_COLUMNS), dtype={"face_id": str})
    return people.rename(columns=PEOPLE_COLUMNS).to_dict("records")


def _read_pupils(template):
    points = read_webmorph_template(template)
    if len(points) < 2:
        raise ValueError(f"'{template}' has {len(points)} points; the first two are the pupils.")
    return points[:2]


def _read_table(folder):
    file = folder / TABLE
    pupils = _read_pupil_table(folder / POINTS) if (folder / POINTS).is_file() else {}
    for row in read_annotations(file, folder, check_files=False).to_dict("records"):
        path = Path(row["path"])
        try:
            expression = canonical_expression(row["expression"])
        except ValueError as error:
            raise ValueError(f"'{file}', row of '{path}': {error}") from error
        if expression not in VIEWS:
            raise ValueError(
                f"'{file}', row of '{path}': the London set has no faces of {expression}."
            )
        eyes = pupils.get(path, UNKNOWN_EYES)
        yield {**row, "path": path, "expression": expression, "eyes": eyes}


def _read_pupil_table(file):
    columns = ["x0", "y0", "x1", "y1"]
    table = _read_columns(file, ["file", *columns], dtype=dict.fromkeys(columns, float))
    eyes = table[columns].to_numpy().reshape(-1, 2, 2)
    return dict(zip((file.parent / name for name in table["file"]), eyes, strict=True))


def _read_columns(file, columns, dtype):
    try:
        return pd.read_csv(file, usecols=columns, dtype=dtype)
    except ValueError as error:  # pandas names the column, but not the file
        raise ValueError(f"'{file}' is no table with {', '.join(columns)}: {error}") from error
