"""The NimStim set of facial expressions."""

import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._index import list_images, match_names
from skfer.datasets._spec import C_SPP_2019, DatasetSpec, Protocol, document, load_indexed
from skfer.utils._choice import check_choice

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
SPEC = DatasetSpec(
    name="nimstim",
    title="NimStim",
    folders=("NimStim", "nimstim"),
    entry=PATTERN,
    example=f"images named such as '{EXAMPLE}'",
    counts={"images": 672, "subjects": 43},
    protocols={
        C_SPP_2019: Protocol(
            n_folds=8,
            counts={
                "images": 491,
                "subjects": 42,
                "anger images": 85,
                "disgust images": 80,
                "fear images": 78,
                "happy images": 123,
                "sad images": 81,
                "surprise images": 44,
            },
            is_named=False,
        )
    },
)


def index_nimstim(folder):
    """List the images of a copy: actor and sex, expression, mouth; calm ones are neutral."""
    rows = []
    for path, match in match_names(list_images(folder), PATTERN, EXAMPLE):
        code, sex = match["code"].upper(), match["sex"].upper()
        rows.append(
            {
                "path": path,
                "subject": match["actor"] + sex,
                "expression": CODES[code],
                "is_calm": code == "CA",
                "mouth": MOUTHS[match["mouth"].upper()],
                "gender": {"F": "female", "M": "male"}[sex],
            }
        )
    return pd.DataFrame(rows), {}


@document(SPEC)
def load_nimstim(
    data_home: str | Path | None = None,
    *,
    calm: Literal["skip", "neutral"] = "skip",
    protocol: Literal["c-spp-2019"] | None = None,
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the NimStim set of facial expressions [1]_.

    The folder is the user's own copy as it is given out: 672 files such as ``01F_AN_C.BMP`` in one
    folder. Names in lower case, of which the release has one, and copies as JPEG, PNG or TIFF
    are read too. Subjects are the actors ("01F"). Further columns of the frame: ``is_calm``,
    ``mouth`` ("closed", "open" or "exuberant") and ``gender``.

    Parameters
    ----------
    %(data_home)s
    calm : {"skip", "neutral"}, default="skip"
        What becomes of the calm faces, an expression that the vocabulary does not have: left out,
        or neutral ones.
    %(shared)s

    Notes
    -----
    The C-SPP paper used 491 images of 42 actors and does not say which. ``protocol="c-spp-2019"``
    takes all images of the six basic expressions and leaves out none of its own choosing; a
    warning gives both numbers. The official release itself has 43 actors: to refuse would be to
    refuse every copy, and to be silent would pass another test set off as the paper's.

    References
    ----------
    .. [1] N. Tottenham et al., "The NimStim set of facial expressions: judgments from untrained
       research participants", Psychiatry Research 168(3), 2009, pp. 242-249,
       doi:10.1016/j.psychres.2008.05.006.

    Examples
    --------
    >>> from skfer.datasets import load_nimstim
    >>> data = load_nimstim("datasets", calm="neutral")  # doctest: +SKIP
    >>> closed = data.faces[data.frame["mouth"] == "closed"]  # doctest: +SKIP
    """
    check_choice("calm", calm, ("skip", "neutral"))
    return load_indexed(
        SPEC,
        index_nimstim,
        data_home,
        protocol=protocol,
        selection={"calm": (calm, "skip")},
        keep=lambda frame: ~frame["is_calm"] | (calm == "neutral"),
        on_missing=on_missing,
        return_X_y=return_X_y,
    )
