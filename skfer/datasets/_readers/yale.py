"""The Yale face database."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from sklearn.utils import Bunch

from skfer.datasets._index import list_images, match_names
from skfer.datasets._spec import DatasetSpec, document, load_indexed
from skfer.utils._choice import check_choice

EXAMPLE = "subject01.happy"
EXPRESSIONS = {"normal": "neutral", "happy": "happy", "sad": "sad", "surprised": "surprise"}
NEUTRAL_CONDITIONS = ("centerlight", "leftlight", "rightlight", "glasses", "noglasses")
CONDITIONS = (*EXPRESSIONS, *NEUTRAL_CONDITIONS, "sleepy", "wink")
SUBJECTS = [f"subject{number:02d}" for number in range(1, 16)]
PATTERN = re.compile(
    rf"(?P<subject>{'|'.join(SUBJECTS)})\.(?P<condition>{'|'.join(CONDITIONS)})"
    r"(?:\.(?:bmp|gif|jpe?g|pgm|png|tiff?))?",
    re.ASCII | re.IGNORECASE,
)
# So it is in the archive, which has no other image of this name.
MISNAMED = {"subject01.gif": "subject01.centerlight"}
SPEC = DatasetSpec(
    name="yale",
    title="the Yale face database",
    folders=("yalefaces", "yale", "Yale"),
    entry=PATTERN,
    example=f"images named such as '{EXAMPLE}'",
    counts={"images": len(SUBJECTS) * len(CONDITIONS), "subjects": len(SUBJECTS)},
)


def index_yale(folder):
    """List the images of a copy; sleepy and winking faces, and those missing, have no label."""
    files = list_images(folder, prefix="subject")
    rows = []
    for path, match in match_names(files, PATTERN, EXAMPLE, MISNAMED):
        condition = match["condition"].lower()
        expression = "neutral" if condition in NEUTRAL_CONDITIONS else EXPRESSIONS.get(condition)
        rows.append(
            {
                "path": path,
                "subject": match["subject"].lower(),
                "expression": expression,
                "condition": condition,
            }
        )
    names = {f"{row['subject']}.{row['condition']}" for row in rows}
    official = [f"{subject}.{condition}" for subject in SUBJECTS for condition in CONDITIONS]
    return pd.DataFrame(rows), {"missing": [name for name in official if name not in names]}


@document(SPEC)
def load_yale(
    data_home: str | Path | None = None,
    *,
    conditions: Sequence[str] = (),
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the expressions of the Yale face database [1]_.

    The folder is the user's own copy as it is given out: 165 GIF files named ``subject01.happy``,
    without extension, in one folder. Copies with an extension, ``subject01.happy.gif`` or
    ``subject01.happy.png``, are read too. Loaded are the 60 normal (neutral), happy, sad and
    surprised faces; a further column of the frame, ``condition``, names them so.

    Parameters
    ----------
    %(data_home)s
    conditions : sequence of str, default=()
        Further images to load: "centerlight", "leftlight", "rightlight", "glasses", "noglasses".
        They show the normal face and count as neutral ones. Sleepy and winking faces, which no
        expression of the vocabulary describes, are never loaded.
    %(shared)s

    Notes
    -----
    ``subject04.sad`` of the release is a copy of ``subject04.normal``: there is one duplicate.

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
    return load_indexed(
        SPEC,
        index_yale,
        data_home,
        keep=lambda frame: frame["condition"].isin([*EXPRESSIONS, *conditions]),
        on_missing=on_missing,
        return_X_y=return_X_y,
    )
