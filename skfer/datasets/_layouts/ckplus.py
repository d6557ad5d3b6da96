"""The Extended Cohn-Kanade data set (CK+)."""

from numbers import Integral

from skfer.datasets._base import find_dataset_folder, make_bunch
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.selection import check_protocol, keep_rows
from skfer.datasets._layouts.ckplus_files import official_sequences
from skfer.datasets._layouts.ckplus_index import EMOTION_FOLDERS, IMAGE_FOLDERS, index_ckplus

__all__ = ["load_ckplus"]

N_SEQUENCES = {
    "anger": 45,
    "contempt": 18,
    "disgust": 59,
    "fear": 25,
    "happy": 69,
    "sad": 28,
    "surprise": 83,
}
N_SUBJECTS = 118
DESCR = """\
Extended Cohn-Kanade data set (CK+)
===================================

Image sequences of posed expressions, from a user's own copy. Each goes from neutral to the peak of
the expression, its last frame. 327 of the 593 sequences, of 118 of the 123 subjects, have an
emotion label; without contempt 309 of 106. The frames of one sequence are nearly equal and most
subjects have several sequences: only splits by subject tell how a method does on new people.

Lucey, P., Cohn, J. F., Kanade, T., Saragih, J., Ambadar, Z. and Matthews, I. (2010). The Extended
Cohn-Kanade Dataset (CK+): a complete dataset for action unit and emotion-specified expression.
CVPR Workshops, 94-101. doi:10.1109/CVPRW.2010.5543262.

The owners give CK+ out under an agreement that forbids passing copies on and lets the faces of a
few subjects only be printed; the images must not appear in reports.
"""


def load_ckplus(
    data_home=None,
    *,
    frames="last3",
    neutral=False,
    contempt=False,
    protocol=None,
    allow_partial=False,
    return_X_y=False,
):
    """Load the labelled sequences of the Extended Cohn-Kanade data set [1]_.

    The folder is the user's own copy as it is given out, its archives unpacked:
    ``cohn-kanade-images/S005/001/S005_001_00000011.png``,
    ``Emotion/S005/001/S005_001_00000011_emotion.txt`` and, if the eyes are wanted,
    ``Landmarks/S005/001/S005_001_00000011_landmarks.txt``. These three may lie in a folder with the
    name of their archive, such as ``Emotion_labels/Emotion``.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``CK+``, ``CKplus`` or ``ckplus``; None
        takes the environment variable ``SKFER_DATA``.
    frames : {"peak", "last3", "all"} or int, default="last3"
        Which frames of a sequence show its expression: the peak, the peak and the two frames
        before it, all (the first are close to neutral), or that many up to the peak.
    neutral : bool, default=False
        Add the first frame of each sequence as neutral. ``frames="all"`` are then the others.
    contempt : bool, default=False
        Load the 18 sequences of contempt, the seventh expression, too.
    protocol : {"c-spp-2019"}, default=None
        The selection of the C-SPP paper: 927 images of 106 subjects, the last three frames of 309
        sequences.
    allow_partial : bool, default=False
        Accept a copy in which sequences are missing.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (927,)
            Face array of paths. The eyes are the means of the landmarks round each eye; unknown
            (NaN) without a file of landmarks. 981 faces with contempt.
        images : None
            The photographs are decoded when a step needs them.
        target, subjects : ndarray of shape (927,), dtype str
            Expression and subject ("S010") of each image.
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame of shape (927, 9)
            The index: ``path``, ``subject``, ``expression``, ``sequence`` ("S010_004"), ``frame``
            (its number in the sequence), ``is_peak``, ``eyes``, ``landmarks`` (the file of the 68
            points, or None) and ``dataset``.
        duplicates : DataFrame of shape (n_duplicates, 4)
            Files equal to one of another subject or expression.
        redistributable : bool
            False: the agreement of CK+ forbids passing images on.
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
        If the images or the emotion files are not there.
    ValueError
        If a file is misnamed or cannot be read, a folder has two emotion files, an emotion file
        holds no code of an expression or names a frame that is not there, a sequence has too few
        frames; if sequences are missing or unknown and `allow_partial` is False; or if `protocol`
        is given along with `frames`, `neutral` or `contempt`.

    Notes
    -----
    The peak is the frame that the emotion file names, in the official data set the last one.

    References
    ----------
    .. [1] P. Lucey et al., "The Extended Cohn-Kanade Dataset (CK+): a complete dataset for action
       unit and emotion-specified expression", CVPR Workshops 2010, pp. 94-101.

    Examples
    --------
    >>> from skfer.datasets import load_ckplus
    >>> X, y, subjects = load_ckplus("datasets", return_X_y=True)  # doctest: +SKIP
    """
    _check_frames(frames)
    check_protocol(
        protocol,
        frames=(frames, "last3"),
        neutral=(neutral, False),
        contempt=(contempt, False),
    )
    folder = find_dataset_folder(
        data_home, ("CK+", "CKplus", "ckplus"), (*IMAGE_FOLDERS, *EMOTION_FOLDERS)
    )
    frame, without_images = index_ckplus(folder, frames=frames, neutral=neutral)
    _check_counts(frame, without_images, folder, allow_partial)
    of_contempt = frame.loc[frame["expression"] == "contempt", "sequence"]
    frame = keep_rows(frame, contempt | ~frame["sequence"].isin(of_contempt), folder)
    duplicates = find_duplicates(frame)
    warn_of_duplicates(duplicates, "CK+")
    return make_bunch(
        frame,
        eyes=frame["eyes"].tolist(),
        redistributable=False,
        cropped=False,
        descr=DESCR,
        return_X_y=return_X_y,
        duplicates=duplicates,
    )


def _check_frames(frames):
    is_count = isinstance(frames, Integral) and not isinstance(frames, bool) and frames > 0
    if not is_count and frames not in ("peak", "last3", "all"):
        raise ValueError(
            f"frames={frames!r}; expected 'peak', 'last3', 'all' or a number of frames from 1 on."
        )


def _check_counts(frame, without_images, folder, allow_partial):
    labelled = frame[frame["is_peak"].astype(bool)]  # object in an empty index
    official, names = official_sequences(), set(labelled["sequence"])
    counts = labelled["expression"].value_counts()
    expected = {
        "labelled sequences": len(official),
        "other sequences": 0,
        "emotion files without images": 0,
        "subjects": N_SUBJECTS,
    }
    found = {
        "labelled sequences": len(names & set(official)),
        "other sequences": len(names - set(official)),
        "emotion files without images": len(without_images),
        "subjects": labelled["subject"].nunique(),
    }
    for expression, n_sequences in N_SEQUENCES.items():
        expected[f"{expression} sequences"] = n_sequences
        found[f"{expression} sequences"] = counts.get(expression, 0)
    missing = [
        name.replace("_", "/")
        + (f" (no images for '{without_images[name]}')" if name in without_images else "")
        for name in sorted({*official, *without_images} - names)
    ]
    check_complete("CK+", folder, expected, found, missing=missing, allow_partial=allow_partial)
