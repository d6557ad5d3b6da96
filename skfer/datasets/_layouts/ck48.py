"""The 48x48 face crops of the Extended Cohn-Kanade data set."""

from skfer.datasets._base import find_dataset_folder, make_bunch, read_stack
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.files import list_image_files, parse_paths
from skfer.datasets._indexing.index import make_index
from skfer.datasets._indexing.selection import check_protocol, keep_rows
from skfer.datasets._labels import canonical_expression

__all__ = ["index_ck48", "load_ck48"]

FOLDERS = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")
PATTERN = (
    rf"(?P<expression>{'|'.join(FOLDERS)})/"
    r"(?P<sequence>(?P<subject>S\d{3})_\d{3})_(?P<frame>\d{8})\.png"
)
BASIC = {"images": 927, "subjects": 106, "sequences": 309}
WITH_CONTEMPT = {"images": 981, "subjects": 118, "sequences": 327}
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


def index_ck48(folder):
    """List the images of a copy of CK+48.

    Parameters
    ----------
    folder : Path
        The folder, in the layout of `load_ck48`.

    Returns
    -------
    index : DataFrame of shape (n_images, 9)
        The columns of `make_index`.

    Raises
    ------
    FileNotFoundError
        If the folder has no images.
    ValueError
        If an image file is misnamed.
    """
    files = parse_paths(folder, list_image_files(folder), PATTERN)
    files["expression"] = files["expression"].map(canonical_expression)
    files["frame"] = files["frame"].astype(int)
    files["is_peak"] = files["frame"] == files.groupby("sequence")["frame"].transform("max")
    return make_index(files.to_dict("records"), "ck48")


def load_ck48(
    data_home=None, *, contempt=False, protocol=None, allow_partial=False, return_X_y=False
):
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
    protocol : {"c-spp-2019"}, default=None
        The selection of the C-SPP paper, the 927 images without contempt. The paper cropped them
        itself, from the frames that `load_ckplus` gives.
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
        frame : DataFrame of shape (927, 9)
            The index: ``path``, ``subject``, ``expression``, ``sequence`` ("S010_004"), ``frame``
            (its number in the sequence), ``is_peak`` (whether it is the last of its sequence),
            ``eyes``, ``landmarks`` and ``dataset``.
        duplicates : DataFrame of shape (n_duplicates, 4)
            Files equal to one of another subject or expression; none in a proper copy.
        redistributable : bool
            False: the agreement of CK+ forbids passing images on.
        cropped : bool
            True.
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
        If the folder is not there or has no images.
    ValueError
        If an image file is not named as above, cannot be decoded or is not 48x48, images are
        missing and `allow_partial` is False, or `protocol` is given along with ``contempt=True``.

    References
    ----------
    .. [1] P. Lucey et al., "The Extended Cohn-Kanade Dataset (CK+): a complete dataset for action
       unit and emotion-specified expression", CVPR Workshops 2010, pp. 94-101.

    Examples
    --------
    >>> from skfer.datasets import load_ck48
    >>> X, y, subjects = load_ck48("datasets", return_X_y=True)  # doctest: +SKIP
    """
    check_protocol(protocol, contempt=(contempt, False))
    folder = find_dataset_folder(data_home, ("CK+48", "CK48", "ck48"), FOLDERS)
    frame = index_ck48(folder)
    keep = contempt | (frame["expression"] != "contempt")
    _check_counts(frame[keep], WITH_CONTEMPT if contempt else BASIC, folder, allow_partial)
    frame = keep_rows(frame, keep, folder)
    images = read_stack(frame["path"])
    if images.shape[1:] != (48, 48):
        raise ValueError(f"The images in '{folder}' have shape {images.shape[1:]}, not (48, 48).")
    duplicates = find_duplicates(frame)
    warn_of_duplicates(duplicates, "CK+48")
    return make_bunch(
        frame,
        images=images,
        redistributable=False,
        cropped=True,
        descr=DESCR,
        return_X_y=return_X_y,
        duplicates=duplicates,
    )


def _check_counts(frame, expected, folder, allow_partial):
    found = {
        "images": len(frame),
        "subjects": frame["subject"].nunique(),
        "sequences": frame["sequence"].nunique(),
    }
    check_complete("CK+48", folder, expected, found, allow_partial=allow_partial)
