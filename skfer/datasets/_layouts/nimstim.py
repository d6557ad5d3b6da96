"""The NimStim set of facial expressions."""

import re
import warnings

from skfer.datasets._base import make_bunch
from skfer.datasets._indexing.completeness import check_complete
from skfer.datasets._indexing.duplicates import find_duplicates, warn_of_duplicates
from skfer.datasets._indexing.index import make_index
from skfer.datasets._indexing.named_files import find_folder_of_names, match_file_names
from skfer.datasets._indexing.selection import check_choice, check_protocol, keep_rows
from skfer.datasets._labels import BASIC_EXPRESSIONS

__all__ = ["index_nimstim", "load_nimstim"]

EXAMPLE = "01F_AN_C.BMP"
PATTERN = re.compile(
    r"(?P<actor>\d{2})(?P<sex>[FM])_(?P<code>AN|CA|DI|FE|HA|NE|SA|SP)_(?P<mouth>[COX])"
    r"\.(?:bmp|jpe?g|png|tiff?)",
    re.ASCII | re.IGNORECASE,
)
CODES = {
    "AN": "anger",
    "CA": "neutral",
    "DI": "disgust",
    "FE": "fear",
    "HA": "happy",
    "NE": "neutral",
    "SA": "sad",
    "SP": "surprise",
}
MOUTHS = {"C": "closed", "O": "open", "X": "exuberant"}
SEXES = {"F": "female", "M": "male"}
N_IMAGES, N_ACTORS = 672, 43
PAPER = {"anger": 85, "disgust": 80, "fear": 78, "happy": 123, "sad": 81, "surprise": 44}
N_ACTORS_OF_PAPER = 42
DESCR = """\
NimStim set of facial expressions
=================================

672 colour photographs of 43 actors (18 women, 25 men), from a user's own copy: anger, disgust,
fear, happy, sad, surprise, neutral and calm, most of them with open and with closed mouth, happy
also exuberant. The label is the expression that was posed.

Tottenham, N., Tanaka, J. W., Leon, A. C., McCarry, T., Nurse, M., Hare, T. A., Marcus, D. J.,
Westerlund, A., Casey, B. J. and Nelson, C. (2009). The NimStim set of facial expressions: judgments
from untrained research participants. Psychiatry Research 168(3), 242-249.
doi:10.1016/j.psychres.2008.05.006.

The owners give NimStim out for research under terms that forbid passing copies on; the images must
not appear in reports.
"""


def index_nimstim(folder):
    """List the images of a copy of NimStim.

    Parameters
    ----------
    folder : Path
        The folder with the files, such as ``01F_AN_C.BMP``: actor and sex, expression, mouth.

    Returns
    -------
    index : DataFrame of shape (n_images, 12)
        The columns of `make_index`, ``is_calm`` (bool; the expression is then neutral), ``mouth``
        ("closed", "open" or "exuberant") and ``gender`` ("female" or "male").

    Raises
    ------
    ValueError
        If a file is not named so.
    """
    rows = []
    for path, match in match_file_names(folder, PATTERN, EXAMPLE):
        code, sex = match["code"].upper(), match["sex"].upper()
        rows.append(
            {
                "path": path,
                "subject": match["actor"] + sex,
                "expression": CODES[code],
                "is_calm": code == "CA",
                "mouth": MOUTHS[match["mouth"].upper()],
                "gender": SEXES[sex],
            }
        )
    return make_index(rows, "nimstim")


def load_nimstim(
    data_home=None,
    *,
    calm="drop",
    mouth=None,
    protocol=None,
    allow_partial=False,
    return_X_y=False,
):
    """Load the NimStim set of facial expressions [1]_.

    The folder is the user's own copy as it is given out: 672 files such as ``01F_AN_C.BMP`` in one
    folder. Names in lower case, of which the release has one, and copies as JPEG, PNG or TIFF
    are read too.

    Parameters
    ----------
    data_home : str or Path, default=None
        The folder, or the one above it where it is named ``NimStim`` or ``nimstim``; None takes
        the environment variable ``SKFER_DATA``.
    calm : {"drop", "neutral"}, default="drop"
        What becomes of the calm faces, an expression that the vocabulary does not have: left out,
        or neutral ones.
    mouth : {"closed", "open", "exuberant"}, default=None
        Load the images with this mouth alone; None loads all. Exuberant are some of the happy.
    protocol : {"c-spp-2019"}, default=None
        The selection of the C-SPP paper as far as it is known, see Notes.
    allow_partial : bool, default=False
        Accept a copy in which images are missing.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (n_images,)
            Face array of paths; the eyes are unknown (NaN). 672 images with ``calm="neutral"``.
        images : None
            The photographs are decoded when a step needs them.
        target, subjects : ndarray of shape (n_images,), dtype str
            Posed expression, and actor ("01F").
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame of shape (n_images, 12)
            The index: ``path``, ``subject``, ``expression``, ``sequence``, ``frame``, ``is_peak``,
            ``eyes``, ``landmarks``, ``dataset``, ``is_calm``, ``mouth`` and ``gender``.
        duplicates : DataFrame of shape (n_duplicates, 4)
            Files equal to one of another subject or expression.
        redistributable : bool
            False: the terms of NimStim forbid passing images on.
        cropped : bool
            False.
        DESCR : str
            Description, source and licence.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Warns
    -----
    UserWarning
        If there are duplicates, or `protocol` selects other numbers of images than the paper had.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If a file is not named as above, there are not 672 images of 43 actors and `allow_partial`
        is False, or `protocol` is given along with `calm` or `mouth`.

    Notes
    -----
    The C-SPP paper used 491 images of 42 actors: 85 of anger, 80 of disgust, 78 of fear, 123 of
    happy, 81 of sad and 44 of surprise. It does not say which actor and which images it left out,
    so ``protocol="c-spp-2019"`` takes all images of these six expressions, whatever the mouth, and
    leaves out none of its own choosing. A copy that has other numbers than the paper is used with
    a warning that gives both: the official release itself has 43 actors, so that to refuse would
    be to refuse every copy, and to be silent would pass another test set off as the paper's.

    References
    ----------
    .. [1] N. Tottenham et al., "The NimStim set of facial expressions: judgments from untrained
       research participants", Psychiatry Research 168(3), 2009, pp. 242-249,
       doi:10.1016/j.psychres.2008.05.006.

    Examples
    --------
    >>> from skfer.datasets import load_nimstim
    >>> X, y, subjects = load_nimstim(
    ...     "datasets", calm="neutral", mouth="closed", return_X_y=True
    ... )  # doctest: +SKIP
    """
    check_choice("calm", calm, ("drop", "neutral"))
    check_choice("mouth", mouth, (None, *MOUTHS.values()))
    check_protocol(protocol, calm=(calm, "drop"), mouth=(mouth, None))
    folder = find_folder_of_names(data_home, ("NimStim", "nimstim"), PATTERN, EXAMPLE)
    frame = index_nimstim(folder)
    check_complete(
        "NimStim",
        folder,
        {"images": N_IMAGES, "actors": N_ACTORS},
        {"images": len(frame), "actors": frame["subject"].nunique()},
        allow_partial=allow_partial,
    )
    if protocol is not None:
        frame = keep_rows(frame, frame["expression"].isin(BASIC_EXPRESSIONS), folder)
        _warn_of_other_counts(frame)
    else:
        keep = ~frame["is_calm"] | (calm == "neutral")
        if mouth is not None:
            keep &= frame["mouth"] == mouth
        frame = keep_rows(frame, keep, folder)
    duplicates = find_duplicates(frame)
    warn_of_duplicates(duplicates, "NimStim")
    return make_bunch(
        frame,
        redistributable=False,
        cropped=False,
        descr=DESCR,
        return_X_y=return_X_y,
        duplicates=duplicates,
    )


def _warn_of_other_counts(frame):
    found = frame["expression"].value_counts().sort_index().to_dict()
    n_actors = frame["subject"].nunique()
    if found != PAPER or n_actors != N_ACTORS_OF_PAPER:
        warnings.warn(
            f"The C-SPP paper does not say which {_describe(PAPER, N_ACTORS_OF_PAPER)} of NimStim "
            f"it used; these are {_describe(found, n_actors)}, so compare with it with care.",
            stacklevel=3,
        )


def _describe(counts, n_actors):
    each = ", ".join(f"{expression} {n_images}" for expression, n_images in counts.items())
    return f"{sum(counts.values())} images of {n_actors} actors ({each})"
