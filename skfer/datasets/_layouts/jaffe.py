"""The Japanese Female Facial Expression (JAFFE) data set."""

import re

from skfer.datasets._base import make_bunch
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.index import make_index
from skfer.datasets._indexing.named_files import find_folder_of_names, match_file_names
from skfer.datasets._indexing.selection import check_protocol, keep_rows
from skfer.datasets._layouts.jaffe_ratings import read_jaffe_ratings

__all__ = ["index_jaffe", "load_jaffe"]

EXAMPLE = "KA.AN1.39.tiff"
PATTERN = re.compile(
    r"(?P<subject>K[ALMR]|MK|N[AM]|TM|UY|YM)\.(?P<code>AN|DI|FE|HA|NE|SA|SU)(?P<take>\d)\."
    r"(?P<number>\d+)\.tiff?",
    re.ASCII | re.IGNORECASE,
)
CODES = {
    "AN": "anger",
    "DI": "disgust",
    "FE": "fear",
    "HA": "happy",
    "NE": "neutral",
    "SA": "sad",
    "SU": "surprise",
}
N_IMAGES = {
    "anger": 30,
    "disgust": 29,
    "fear": 32,
    "happy": 31,
    "neutral": 30,
    "sad": 31,
    "surprise": 30,
}
N_SUBJECTS = 10
README = "README_FIRST.txt"
DESCR = """\
Japanese Female Facial Expression (JAFFE) data set
==================================================

213 grey photographs (256x256) of 10 Japanese women, from a user's own copy. Each posed the six
basic expressions and neutral, two to four times each. The label is the expression that was posed,
not the one that viewers see most in it.

Lyons, M., Akamatsu, S., Kamachi, M. and Gyoba, J. (1998). Coding facial expressions with Gabor
wavelets. Proc. IEEE Int. Conf. Automatic Face and Gesture Recognition, 200-205.
doi:10.1109/AFGR.1998.670949. Data: doi:10.5281/zenodo.3451524.

The owners give JAFFE out for non-commercial research under terms that forbid passing copies on;
the images must not appear in reports.
"""


def index_jaffe(folder):
    """List the images of a copy of JAFFE.

    Parameters
    ----------
    folder : Path
        The folder with the files, such as ``KA.AN1.39.tiff``: subject, expression and take, and a
        number without meaning.

    Returns
    -------
    index : DataFrame of shape (n_images, 10)
        The columns of `make_index` and ``picture`` ("KA-AN1"), as the ratings name it.

    Raises
    ------
    ValueError
        If a file is not named so.
    """
    rows = []
    for path, match in match_file_names(folder, PATTERN, EXAMPLE):
        subject, code, take = match["subject"].upper(), match["code"].upper(), match["take"]
        rows.append(
            {
                "path": path,
                "subject": subject,
                "expression": CODES[code],
                "picture": f"{subject}-{code}{take}",
            }
        )
    return make_index(rows, "jaffe")


def load_jaffe(
    data_home=None, *, neutral=True, protocol=None, allow_partial=False, return_X_y=False
):
    """Load the Japanese Female Facial Expression (JAFFE) data set [1]_.

    The folder is the user's own copy as it is given out: 213 files such as ``KA.AN1.39.tiff`` in
    one folder. 23 of them are palette images; they come out grey as the others do.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``jaffe``, ``JAFFE`` or ``jaffedbase``;
        None takes the environment variable ``SKFER_DATA``.
    neutral : bool, default=True
        Load the 30 neutral images too.
    protocol : {"c-spp-2019"}, default=None
        The selection of the C-SPP paper: the 183 images of the 10 subjects without neutral.
    allow_partial : bool, default=False
        Accept a copy in which images are missing.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (213,)
            Face array of paths; the eyes are unknown (NaN). 183 faces without neutral.
        images : None
            The photographs are decoded when a step needs them.
        target, subjects : ndarray of shape (213,), dtype str
            Posed expression, and subject: KA, KL, KM, KR, MK, NA, NM, TM, UY or YM.
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame of shape (213, 10)
            The index: ``path``, ``subject``, ``expression``, ``sequence``, ``frame``, ``is_peak``,
            ``eyes``, ``landmarks``, ``dataset`` and ``picture`` ("KA-AN1").
        ratings : DataFrame of shape (n_pictures, 7) or None
            Mean ratings by 60 viewers, from 1 to 5, of ``happy``, ``sad``, ``surprise``,
            ``anger``, ``disgust`` and ``fear`` in each ``picture``, as ``README_FIRST.txt`` gives
            them; None where that file is neither in the folder nor in the one above it. Not every
            image was rated.
        duplicates : DataFrame of shape (n_duplicates, 4)
            Files equal to one of another subject or expression; none in a proper copy.
        redistributable : bool
            False: the terms of JAFFE forbid passing images on.
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
        If a file is not named as above, the number of images, of subjects or of one expression is
        not the official one and `allow_partial` is False, the table of ratings cannot be read, or
        `protocol` is given along with ``neutral=False``.

    References
    ----------
    .. [1] M. Lyons, S. Akamatsu, M. Kamachi and J. Gyoba, "Coding facial expressions with Gabor
       wavelets", FG 1998, pp. 200-205, doi:10.1109/AFGR.1998.670949.

    Examples
    --------
    >>> from skfer.datasets import load_jaffe
    >>> X, y, subjects = load_jaffe(
    ...     "datasets", protocol="c-spp-2019", return_X_y=True
    ... )  # doctest: +SKIP
    """
    check_protocol(protocol, neutral=(neutral, True))
    folder = find_folder_of_names(data_home, ("jaffe", "JAFFE", "jaffedbase"), PATTERN, EXAMPLE)
    frame = index_jaffe(folder)
    _check_counts(frame, folder, allow_partial)
    if protocol is not None or not neutral:
        frame = keep_rows(frame, frame["expression"] != "neutral", folder)
    duplicates = find_duplicates(frame)
    warn_of_duplicates(duplicates, "JAFFE")
    return make_bunch(
        frame,
        redistributable=False,
        cropped=False,
        descr=DESCR,
        return_X_y=return_X_y,
        duplicates=duplicates,
        ratings=_find_ratings(folder),
    )


def _check_counts(frame, folder, allow_partial):
    counts = frame["expression"].value_counts()
    expected = {"images": sum(N_IMAGES.values()), "subjects": N_SUBJECTS}
    found = {"images": len(frame), "subjects": frame["subject"].nunique()}
    for expression, n_images in N_IMAGES.items():
        expected[f"{expression} images"] = n_images
        found[f"{expression} images"] = counts.get(expression, 0)
    check_complete("JAFFE", folder, expected, found, allow_partial=allow_partial)


def _find_ratings(folder):
    # The owners hand the readme out beside the archive of the images.
    for file in (folder / README, folder.parent / README):
        if file.is_file():
            return read_jaffe_ratings(file)
    return None
