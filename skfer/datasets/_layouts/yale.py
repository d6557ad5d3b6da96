"""The Yale face database."""

import re

import numpy as np

from skfer.datasets._base import make_bunch
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.index import make_index
from skfer.datasets._indexing.named_files import find_folder_of_names, match_file_names
from skfer.datasets._indexing.selection import check_choice, keep_rows
from skfer.utils._opencv import cv2

__all__ = ["index_yale", "load_yale"]

EXAMPLE = "subject01.happy"
EXPRESSIONS = {"normal": "neutral", "happy": "happy", "sad": "sad", "surprised": "surprise"}
NEUTRAL_CONDITIONS = ("centerlight", "leftlight", "rightlight", "glasses", "noglasses")
CONDITIONS = (*EXPRESSIONS, *NEUTRAL_CONDITIONS, "sleepy", "wink")
N_SUBJECTS = 15
PATTERN = re.compile(
    rf"subject(?P<number>0[1-9]|1[0-5])\.(?P<condition>{'|'.join(CONDITIONS)})"
    r"(?:\.(?:bmp|gif|jpe?g|pgm|png|tiff?))?",
    re.ASCII | re.IGNORECASE,
)
# So it is in the archive, which has no other image of this name.
MISNAMED = {"subject01.gif": "subject01.centerlight"}
GIF_OF_ONE_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01"
    b"\x00\x00\x02\x02D\x01\x00;"
)
DESCR = """\
Yale face database
==================

165 grey photographs (320x243) of 15 subjects, from a user's own copy. Each subject was taken 11
times: normal, happy, sad, surprised, sleepy, winking, in light from the left, the centre and the
right, with and without glasses. The photograph of subject 4 that is named sad was lost; the release
has a copy of the normal one in its place.

Belhumeur, P. N., Hespanha, J. P. and Kriegman, D. J. (1997). Eigenfaces vs. Fisherfaces:
recognition using class specific linear projection. IEEE Trans. Pattern Analysis and Machine
Intelligence 19(7), 711-720. doi:10.1109/34.598228.

The owners give the database out for non-commercial research; the images must not appear in reports.
"""


def index_yale(folder):
    """List the images of a copy of the Yale face database that show an expression.

    Parameters
    ----------
    folder : Path
        The folder with the files, such as ``subject01.happy``, with or without the extension of
        an image. ``subject01.gif`` is ``subject01.centerlight``.

    Returns
    -------
    index : DataFrame of shape (n_images, 10)
        The columns of `make_index` and ``condition`` ("normal", "glasses" ...). Expressions: happy
        and sad, surprised as surprise, normal and the conditions of light and glasses as neutral;
        None for sleepy and wink, which the vocabulary does not have.

    Raises
    ------
    ValueError
        If a file is not named so.
    """
    rows = []
    for path, match in match_file_names(folder, PATTERN, EXAMPLE, misnamed=MISNAMED):
        condition = match["condition"].lower()
        expression = "neutral" if condition in NEUTRAL_CONDITIONS else EXPRESSIONS.get(condition)
        rows.append(
            {
                "path": path,
                "subject": f"subject{match['number']}",
                "expression": expression,
                "condition": condition,
            }
        )
    return make_index(rows, "yale")


def load_yale(data_home=None, *, conditions=(), allow_partial=False, return_X_y=False):
    """Load the expressions of the Yale face database [1]_.

    The folder is the user's own copy as it is given out: 165 GIF files named ``subject01.happy``,
    without extension, in one folder. Copies with an extension, ``subject01.happy.gif`` or
    ``subject01.happy.png``, are read too.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``yalefaces``, ``yale`` or ``Yale``; None
        takes the environment variable ``SKFER_DATA``.
    conditions : sequence of str, default=()
        Further images to load: "centerlight", "leftlight", "rightlight", "glasses", "noglasses".
        They show the normal face and count as neutral ones. Sleepy and winking faces, which no
        expression of the vocabulary describes, are never loaded.
    allow_partial : bool, default=False
        Accept a copy in which images are missing.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (60,)
            Face array of paths; the eyes are unknown (NaN). 15 more with each condition.
        images : None
            The photographs are decoded when a step needs them.
        target, subjects : ndarray of shape (60,), dtype str
            Expression, and subject ("subject01").
        target_names : list of str
            ``["happy", "neutral", "sad", "surprise"]``.
        frame : DataFrame of shape (60, 10)
            The index: ``path``, ``subject``, ``expression``, ``sequence``, ``frame``, ``is_peak``,
            ``eyes``, ``landmarks``, ``dataset`` and ``condition``.
        duplicates : DataFrame of shape (1, 4)
            Files equal to one of another subject or expression: ``subject04.sad``, a copy of
            ``subject04.normal``.
        redistributable : bool
            False: the owners give no leave to pass images on.
        cropped : bool
            False.
        DESCR : str
            Description, source and licence.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Warns
    -----
    UserWarning
        If there are duplicates, as in the official release.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If a file is not named as above, there are not 11 images of 15 subjects and `allow_partial`
        is False, or `conditions` has another name.
    RuntimeError
        If the files are GIF and the installed OpenCV cannot decode it.

    References
    ----------
    .. [1] P. N. Belhumeur, J. P. Hespanha and D. J. Kriegman, "Eigenfaces vs. Fisherfaces:
       recognition using class specific linear projection", IEEE TPAMI 19(7), 1997, pp. 711-720,
       doi:10.1109/34.598228.

    Examples
    --------
    >>> from skfer.datasets import load_yale
    >>> X, y, subjects = load_yale("datasets", return_X_y=True)  # doctest: +SKIP
    """
    if isinstance(conditions, str):
        raise ValueError(f"conditions is a sequence of names; give ({conditions!r},).")
    for condition in conditions:
        check_choice("condition", condition, NEUTRAL_CONDITIONS)
    folder = find_folder_of_names(data_home, ("yalefaces", "yale", "Yale"), PATTERN, EXAMPLE)
    frame = index_yale(folder)
    _check_counts(frame, folder, allow_partial)
    frame = keep_rows(frame, frame["condition"].isin([*EXPRESSIONS, *conditions]), folder)
    _check_that_gif_decodes(frame["path"])
    duplicates = find_duplicates(frame)
    warn_of_duplicates(duplicates, "The Yale face database")
    return make_bunch(
        frame,
        redistributable=False,
        cropped=False,
        descr=DESCR,
        return_X_y=return_X_y,
        duplicates=duplicates,
    )


def _check_counts(frame, folder, allow_partial):
    names = set(frame["subject"] + "." + frame["condition"])
    official = [
        f"subject{number:02d}.{condition}"
        for number in range(1, N_SUBJECTS + 1)
        for condition in CONDITIONS
    ]
    check_complete(
        "the Yale face database",
        folder,
        {"images": len(official), "subjects": N_SUBJECTS},
        {"images": len(frame), "subjects": frame["subject"].nunique()},
        missing=[name for name in official if name not in names],
        allow_partial=allow_partial,
    )


def _check_that_gif_decodes(paths):
    if not any(_is_gif(path) for path in paths):
        return
    if cv2.imdecode(np.frombuffer(GIF_OF_ONE_PIXEL, np.uint8), cv2.IMREAD_GRAYSCALE) is None:
        raise RuntimeError(
            f"OpenCV {cv2.__version__} cannot decode GIF, the format of the Yale face database. "
            'Either install a newer one, pip install "opencv-python>=4.11,<5", or convert the '
            "files to PNG and keep their names: subject01.happy.png."
        )


def _is_gif(path):
    with open(path, "rb") as file:
        return file.read(3) == b"GIF"
