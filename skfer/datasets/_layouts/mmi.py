"""The MMI facial expression database."""

import warnings
from numbers import Integral

from skfer.datasets._base import find_dataset_folder, make_bunch
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.selection import check_protocol
from skfer.datasets._layouts.mmi_index import SESSIONS, check_known, index_mmi, list_sessions
from skfer.datasets._layouts.video import read_video_frames
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2

__all__ = ["load_mmi"]

PEAKS = ("middle", "action-units")
PAPER = {"images": 250, "subjects": 21}
DESCR = """\
MMI facial expression database
==============================

Image sequences of posed expressions, from a user's own copy: frontal sequences with one of the six
basic expressions. Each goes from neutral to the peak of the expression and back to neutral; the
frames taken are those round the peak.

Pantic, M., Valstar, M., Rademaker, R. and Maat, L. (2005). Web-based database for facial expression
analysis. IEEE Int. Conf. Multimedia and Expo, 317-321. doi:10.1109/ICME.2005.1521424.
Valstar, M. and Pantic, M. (2010). Induced disgust, happiness and surprise: an addition to the MMI
facial expression database. LREC Workshop on Emotion, 65-70.

The owners give MMI out under an agreement that forbids passing copies on; the images must not
appear in reports.
"""


def load_mmi(
    data_home=None,
    *,
    peak="middle",
    n_frames=2,
    rotated=(),
    subjects=None,
    exclude=(),
    protocol=None,
    allow_partial=False,
    return_X_y=False,
):
    """Load frames round the peak of the expressions of the MMI database [1]_.

    The folder is the user's own copy as it is given out: ``Sessions/1/session.xml`` (the view),
    ``Sessions/1/S001-001.xml`` (the emotion), ``Sessions/1/S001-001.avi`` and, of some sessions,
    ``Sessions/1/S001-001-oao_aucs.xml`` (the action units, frame by frame). Frames that were
    extracted before, ``Sessions/1/S001-001/<frame>.png``, are taken in place of the video, in the
    order of the numbers in their names.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder that has ``Sessions``, or the one above it where it is named ``MMI``, ``mmi`` or
        ``mmi-facial-expression-database``; None takes the environment variable ``SKFER_DATA``.
    peak : {"middle", "action-units"} or callable, default="middle"
        Where the peak of a sequence is: in its middle, frame ``n // 2`` of ``n`` from 0 on; in the
        middle of the frames with most action units at their apex, for the sessions that have a
        file of action units, which leaves out the others; or what ``peak(n, session)`` returns, an
        index from 0 to ``n - 1``. ``session`` has the attributes ``number``, ``sequence``,
        ``subject``, ``expression``, ``video`` (path or None), ``frames`` (paths) and
        ``action_units`` (path or None).
    n_frames : int, default=2
        How many frames of a sequence to take: those from ``peak - n_frames // 2`` on; near an end
        of the sequence the last or first so many.
    rotated : sequence of str, default=()
        Sessions, such as ``"1"``, that were recorded lying: their frames are turned by 90 degrees
        clockwise, which makes them upright. See Notes.
    subjects : sequence of str, default=None
        Load these subjects, such as ``"S001"``, alone; None loads all.
    exclude : sequence of str, default=()
        Sessions to leave out, such as those with glasses.
    protocol : {"c-spp-2019"}, default=None
        The selection of the C-SPP paper as far as it is known, see Notes: the two frames round the
        middle. `subjects` and `exclude` can be given with it.
    allow_partial : bool, default=False
        Accept a copy in which files of sessions are missing and, with `protocol`, other numbers of
        images and subjects than the paper had.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (n_images,)
            Face array; the eyes are unknown (NaN). Extracted frames are paths, which are decoded
            when a step needs them; frames of videos and of `rotated` sessions are decoded grey
            pixels, about 0.4 MB each.
        images : None
            The photographs are of any size.
        target, subjects : ndarray of shape (n_images,), dtype str
            Expression and subject ("S001") of each image.
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame of shape (n_images, 10)
            The index: ``path`` (of the frame or of its video), ``subject``, ``expression``,
            ``sequence`` ("S001-001"), ``frame`` (its number, from 0 on), ``is_peak``, ``eyes``,
            ``landmarks``, ``dataset`` and ``session`` ("1").
        dropped : DataFrame of shape (n_dropped, 2)
            ``session`` and ``reason`` of the sessions left out: not frontal (a picture of the
            front and the side in one too), without one of the six expressions, a photograph, or
            without an apex where `peak` needs one.
        duplicates : DataFrame of shape (n_duplicates, 4)
            Files equal to one of another subject or expression.
        redistributable : bool
            False: the agreement of MMI forbids passing images on.
        cropped : bool
            False.
        DESCR : str
            Description, source and licence.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Warns
    -----
    UserWarning
        If there are duplicates; or if `protocol` and ``allow_partial=True`` are given and the
        numbers are not those of the paper.

    Raises
    ------
    FileNotFoundError
        If there is no folder ``Sessions``.
    ValueError
        If a file cannot be read; a sequence has fewer than `n_frames` frames; two names stand for
        one subject; `rotated`, `subjects` or `exclude` name what is not there; `peak` returns no
        index of the sequence; nothing is left; files are missing or, with `protocol`, the numbers
        are not those of the paper, and `allow_partial` is False; or `protocol` is given along with
        `peak` or `n_frames`.

    Notes
    -----
    The C-SPP paper used 250 images of 21 subjects: two frames of each of 125 of 213 sequences, none
    with glasses. It names neither the sequences nor the frames, and the files do not tell glasses.
    ``protocol="c-spp-2019"`` takes the two frames round the middle and leaves to `exclude` or
    `subjects` which sequences go; it is an error if they then are not 250 of 21. A copy with all
    its sequences would be another, larger test set, faces with glasses in it, and unlike in
    NimStim the user can reach the numbers of the paper.

    How many sequences a copy has depends on what its owner asked the database for, so there is no
    official number to compare it with. Most sequences are not coded frame by frame: their peak is
    known roughly only, and to take the middle is a convention.

    The early sessions were recorded with the camera on its side. No file says which: programs of
    users of MMI turn sessions without action units, or those in which no face is found, so that
    `rotated` is left to the user. A session that lies and is not named there shows by eyes that are
    not found.

    References
    ----------
    .. [1] M. Pantic, M. Valstar, R. Rademaker and L. Maat, "Web-based database for facial
       expression analysis", ICME 2005, pp. 317-321, doi:10.1109/ICME.2005.1521424.

    Examples
    --------
    >>> from skfer.datasets import load_mmi
    >>> X, y, subjects = load_mmi(
    ...     "datasets", rotated=["1", "2"], return_X_y=True
    ... )  # doctest: +SKIP
    """
    _check_arguments(peak, n_frames)
    check_protocol(protocol, peak=(peak, "middle"), n_frames=(n_frames, 2))
    folder = find_dataset_folder(
        data_home, ("MMI", "mmi", "mmi-facial-expression-database"), (SESSIONS,)
    )
    check_known("rotated", rotated, list_sessions(folder), folder)
    frame, dropped, incomplete = index_mmi(
        folder, peak=peak, n_frames=n_frames, subjects=subjects, exclude=exclude
    )
    check_complete(
        "MMI",
        folder,
        {"sessions with missing files": 0},
        {"sessions with missing files": len(incomplete)},
        missing=[f"{number} ({error})" for number, error in incomplete.items()],
        allow_partial=allow_partial,
    )
    if frame.empty:
        raise ValueError(f"'{folder}' has no sequences of the expressions asked for.")
    if protocol is not None:
        _check_protocol_counts(frame, folder, allow_partial)
    duplicates = find_duplicates(frame.drop_duplicates("path"))  # a video stands in some rows
    warn_of_duplicates(duplicates, "MMI")
    return make_bunch(
        frame,
        images=_read_images(frame, rotated),
        redistributable=False,
        cropped=False,
        descr=DESCR,
        return_X_y=return_X_y,
        dropped=dropped,
        duplicates=duplicates,
    )


def _check_arguments(peak, n_frames):
    if not callable(peak) and peak not in PEAKS:
        raise ValueError(f"peak={peak!r}; expected 'middle', 'action-units' or a callable.")
    if not isinstance(n_frames, Integral) or isinstance(n_frames, bool) or n_frames < 1:
        raise ValueError(f"n_frames={n_frames!r}; expected a number from 1 on.")


def _check_protocol_counts(frame, folder, allow_partial):
    found = {"images": len(frame), "subjects": frame["subject"].nunique()}
    if found == PAPER:
        return
    problem = (
        f"The C-SPP paper used {PAPER['images']} images of {PAPER['subjects']} subjects of MMI; "
        f"these are {found['images']} of {found['subjects']}, from '{folder}'. It left out "
        "sequences with glasses and does not name them"
    )
    if not allow_partial:
        raise ValueError(
            f"{problem}: name them in exclude, or pass allow_partial=True to use these."
        )
    warnings.warn(f"{problem}, so compare with it with care.", stacklevel=3)


def _read_images(frame, rotated):
    """Decode what a path alone cannot stand for."""
    images = [None] * len(frame)
    for path, rows in frame.groupby("path", sort=False):
        rotate = rows["session"].iloc[0] in rotated
        if path.lower().endswith(".avi"):
            decoded = read_video_frames(path, rows["frame"])
        else:
            decoded = [read_image(path) if rotate else path]
        for row, image in zip(rows.index, decoded, strict=True):
            images[row] = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE) if rotate else image
    return images
