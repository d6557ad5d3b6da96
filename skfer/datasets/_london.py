"""The Face Research Lab London Set."""

import numpy as np
import pandas as pd

from skfer.datasets._base import find_dataset_folder, make_bunch
from skfer.datasets._files import read_annotations

__all__ = ["load_london"]

N_IMAGES, N_SUBJECTS = 204, 102
PUPILS = {"x0": "left_eye_x", "y0": "left_eye_y", "x1": "right_eye_x", "y1": "right_eye_y"}
DESCR = """\
Face Research Lab London Set: neutral and smiling portraits
===========================================================

204 colour photographs (540 pixels high) of 102 adults, each once neutral and once happy (smiling),
frontal, on a plain background. The pupils of the neutral portraits are known.

DeBruine, L. and Jones, B. (2017). Face Research Lab London Set (version 5). figshare.
doi:10.6084/m9.figshare.5047666.v5. Licence CC BY 4.0; the sitters agreed to the use of their
photographs in research and its illustration.
"""


def load_london(data_home=None, *, return_X_y=False):
    """Load the portraits of the Face Research Lab London Set [1]_.

    The folder holds ``london.csv`` (file, subject, expression, age, gender, ethnicity),
    ``landmarks.csv`` (file, x0, y0, x1, y1, ...: points 0 and 1 are the pupils) and the
    photographs that they name.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``london``; None takes the environment
        variable ``SKFER_DATA``.
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
        frame : DataFrame of shape (204, 10)
            The columns ``path``, ``subject``, ``expression``, ``age`` (years), ``gender``,
            ``ethnicity``, ``left_eye_x``, ``left_eye_y``, ``right_eye_x`` and ``right_eye_y``:
            the pupils in pixels, that on the left of the picture first; NaN for happy faces.
        redistributable : bool
            True: the licence is CC BY 4.0.
        cropped : bool
            False.
        DESCR : str
            Description, source and licence.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Raises
    ------
    FileNotFoundError
        If the folder, or a file that its CSV names, is not there.
    ValueError
        If there are not 204 images of 102 subjects.

    References
    ----------
    .. [1] L. DeBruine and B. Jones, "Face Research Lab London Set" (version 5), figshare, 2017,
       doi:10.6084/m9.figshare.5047666.v5.

    Examples
    --------
    >>> from skfer.datasets import load_london
    >>> X, y, subjects = load_london("datasets", return_X_y=True)  # doctest: +SKIP
    """
    folder = find_dataset_folder(data_home, ("london",), ("london.csv",))
    frame = read_annotations(folder / "london.csv", folder)
    n_subjects = frame["subject"].nunique()
    if (len(frame), n_subjects) != (N_IMAGES, N_SUBJECTS):
        raise ValueError(
            f"The London set has {N_IMAGES} images of {N_SUBJECTS} subjects; "
            f"'{folder / 'london.csv'}' names {len(frame)} of {n_subjects}."
        )
    frame = frame.merge(_read_pupils(folder), how="left", on="path")
    return make_bunch(
        frame, redistributable=True, cropped=False, descr=DESCR, return_X_y=return_X_y
    )


def _read_pupils(folder):
    file = folder / "landmarks.csv"
    if not file.is_file():
        raise FileNotFoundError(f"'{file}' is missing; it holds the pupils of the London set.")
    landmarks = pd.read_csv(file)
    pupils = landmarks[list(PUPILS)].rename(columns=PUPILS).astype(np.float64)
    pupils.insert(0, "path", [str(folder / name) for name in landmarks["file"]])
    return pupils
