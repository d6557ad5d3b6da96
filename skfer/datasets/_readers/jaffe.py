"""The Japanese Female Facial Expression (JAFFE) data set."""

import re
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._index import list_images, match_names
from skfer.datasets._spec import C_SPP_2019, DatasetSpec, Protocol, document, load_indexed

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
SPEC = DatasetSpec(
    name="jaffe",
    title="JAFFE",
    folders=("jaffe", "JAFFE", "jaffedbase"),
    entry=PATTERN,
    example=f"images named such as '{EXAMPLE}'",
    counts={
        "images": 213,
        "subjects": 10,
        "anger images": 30,
        "disgust images": 29,
        "fear images": 32,
        "happy images": 31,
        "neutral images": 30,
        "sad images": 31,
        "surprise images": 30,
    },
    protocols={C_SPP_2019: Protocol(n_folds=10, counts={"images": 183, "subjects": 10})},
)


def index_jaffe(folder):
    """List the images of a copy: subject, expression, take, and a number without meaning."""
    rows = [
        {
            "path": path,
            "subject": match["subject"].upper(),
            "expression": CODES[match["code"].upper()],
        }
        for path, match in match_names(list_images(folder), PATTERN, EXAMPLE)
    ]
    return pd.DataFrame(rows), {}


@document(SPEC)
def load_jaffe(
    data_home: str | Path | None = None,
    *,
    protocol: Literal["c-spp-2019"] | None = None,
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the Japanese Female Facial Expression (JAFFE) data set [1]_.

    The folder is the user's own copy as it is given out: 213 files such as ``KA.AN1.39.tiff`` in
    one folder. 23 of them are palette images; they come out grey as the others do. The label is
    the expression that was posed. The subjects are KA, KL, KM, KR, MK, NA, NM, TM, UY and YM. The
    protocol selects the 183 images without neutral.

    Parameters
    ----------
    %(data_home)s
    %(shared)s

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
    return load_indexed(
        SPEC,
        index_jaffe,
        data_home,
        protocol=protocol,
        on_missing=on_missing,
        return_X_y=return_X_y,
    )
