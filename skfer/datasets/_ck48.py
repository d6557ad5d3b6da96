"""The 48x48 face crops of the Extended Cohn-Kanade data set."""

from typing import NamedTuple

from skfer.datasets._base import find_dataset_folder, make_bunch, read_stack
from skfer.datasets._files import list_image_files, parse_paths
from skfer.datasets._labels import canonical_expression

__all__ = ["load_ck48"]

FOLDERS = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")
PATTERN = (
    rf"(?P<expression>{'|'.join(FOLDERS)})/"
    r"(?P<sequence>(?P<subject>S\d{3})_\d{3})_(?P<frame>\d{8})\.png"
)
DESCR = """\
Extended Cohn-Kanade data set (CK+), faces cropped to 48x48
===========================================================

The last three frames of each labelled sequence, from a user's own copy: 927 images of 106 subjects
in 309 sequences with the six basic expressions; with contempt 981 of 118 in 327. The last frame of
a sequence is the peak of the expression. The frames of one sequence are nearly equal and most
subjects have several sequences: only splits by subject tell how a method does on new people.

Lucey, P., Cohn, J. F., Kanade, T., Saragih, J., Ambadar, Z. and Matthews, I. (2010). The Extended
Cohn-Kanade Dataset (CK+): a complete dataset for action unit and emotion-specified expression.
CVPR Workshops, 94-101. doi:10.1109/CVPRW.2010.5543262.

The owners give CK+ out under an agreement that forbids passing copies on and lets the faces of a
few subjects only be printed; the images must not appear in reports.
"""


class Counts(NamedTuple):
    """What a complete copy has."""

    images: int
    subjects: int
    sequences: int


BASIC = Counts(927, 106, 309)
WITH_CONTEMPT = Counts(981, 118, 327)


def load_ck48(data_home=None, *, contempt=False, allow_partial=False, return_X_y=False):
    """Load the 48x48 face crops of the Extended Cohn-Kanade data set [1]_.

    The folder is the user's own copy: ``<emotion>/S010_004_00000017.png``, the emotions named
    anger, contempt, disgust, fear, happy, sadness and surprise.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``CK+48``; None takes the environment
        variable ``SKFER_DATA``.
    contempt : bool, default=False
        Load the seventh expression, contempt, too.
    allow_partial : bool, default=False
        Accept a copy in which images are missing.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (927,)
            Face array; the eyes are unknown (NaN). 981 faces with contempt.
        images : ndarray of shape (927, 48, 48), dtype uint8
            The pixels.
        target, subjects : ndarray of shape (927,), dtype str
            Expression and subject ("S010") of each image.
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame of shape (927, 6)
            The columns ``path``, ``subject``, ``expression``, ``sequence`` ("S010_004"), ``frame``
            (its number in the sequence) and ``is_peak`` (whether it is the last of its sequence).
        redistributable : bool
            False: the agreement of CK+ forbids passing images on.
        cropped : bool
            True.
        DESCR : str
            Description, source and licence.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Raises
    ------
    FileNotFoundError
        If the folder is not there or has no images.
    ValueError
        If an image file is not named as above, cannot be decoded or is not 48x48, or images are
        missing and `allow_partial` is False.

    References
    ----------
    .. [1] P. Lucey et al., "The Extended Cohn-Kanade Dataset (CK+): a complete dataset for action
       unit and emotion-specified expression", CVPR Workshops 2010, pp. 94-101.

    Examples
    --------
    >>> from skfer.datasets import load_ck48
    >>> X, y, subjects = load_ck48("datasets", return_X_y=True)  # doctest: +SKIP
    """
    folder = find_dataset_folder(data_home, ("CK+48", "CK48", "ck48"), FOLDERS)
    frame = parse_paths(folder, list_image_files(folder), PATTERN)
    if not contempt:
        frame = frame[frame["expression"] != "contempt"].reset_index(drop=True)
    if not allow_partial:
        _check_counts(frame, WITH_CONTEMPT if contempt else BASIC, folder)
    if frame.empty:
        raise ValueError(f"'{folder}' has no images of the expressions asked for.")
    frame["expression"] = frame["expression"].map(canonical_expression)
    frame["frame"] = frame["frame"].astype(int)
    frame["is_peak"] = frame["frame"] == frame.groupby("sequence")["frame"].transform("max")
    images = read_stack(frame["path"])
    if images.shape[1:] != (48, 48):
        raise ValueError(f"The images in '{folder}' have shape {images.shape[1:]}, not (48, 48).")
    return make_bunch(
        frame,
        images=images,
        redistributable=False,
        cropped=True,
        descr=DESCR,
        return_X_y=return_X_y,
    )


def _check_counts(frame, expected, folder):
    found = Counts(len(frame), frame["subject"].nunique(), frame["sequence"].nunique())
    wrong = [
        f"{getattr(expected, name)} {name} expected, {getattr(found, name)} found"
        for name in Counts._fields
        if getattr(found, name) != getattr(expected, name)
    ]
    if wrong:
        raise ValueError(
            f"The copy of CK+48 in '{folder}' is not complete: {'; '.join(wrong)}. Pass "
            "allow_partial=True to use it nevertheless."
        )
