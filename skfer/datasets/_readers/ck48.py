"""The 48x48 face crops of the Extended Cohn-Kanade data set."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.utils import Bunch

from skfer.datasets._bunch import read_stack
from skfer.datasets._index import find_image_files, refuse_misnamed
from skfer.datasets._labels import canonical_expression
from skfer.datasets._patterns import parse_paths
from skfer.datasets._spec import C_SPP_2019, DatasetSpec, Protocol, document, load_indexed
from skfer.utils._choice import check_choice

FOLDERS = "anger|contempt|disgust|fear|happy|sadness|surprise"
PATTERN = (
    rf"(?P<expression>{FOLDERS})/"
    r"(?P<sequence>(?P<subject>S\d{3})_\d{3})_(?P<frame_number>\d{8})\.png"
)
_SHAPE = (48, 48)
BASIC = {"images": 927, "subjects": 106, "sequences": 309}
WITH_CONTEMPT = {"images": 981, "subjects": 118, "sequences": 327}
SPEC = DatasetSpec(
    name="ck48",
    title="CK+48",
    folders=("CK+48", "CK48", "ck48"),
    entry=re.compile(FOLDERS),
    example=FOLDERS.replace("|", " or "),
    counts=BASIC,
    cropped=True,
    protocols={C_SPP_2019: Protocol(n_folds=8, counts=BASIC)},
)


def _index(folder, contempt):
    files, unreadable = find_image_files(folder)
    for path, problem in unreadable:
        raise ValueError(f"Cannot read '{path}': {problem}.")
    others = [file for file in files if not re.fullmatch(PATTERN, file)]
    refuse_misnamed(folder, others, "anger/S010_004_00000017.png")
    frame = parse_paths(folder, files, PATTERN)
    frame["expression"] = frame["expression"].map(canonical_expression)
    frame["frame_number"] = frame["frame_number"].astype(int)
    return frame[contempt | (frame["expression"] != "contempt")], {}


def _read_images(frame):
    return read_stack(frame["path"], _SHAPE)


def _read_sequences(frame):
    crops = read_stack([path for paths in frame["image"] for path in paths], _SHAPE)
    return np.split(crops, np.cumsum(frame["n_frames"])[:-1].astype(int))


@document(SPEC)
def load_ck48(
    data_home: str | Path | None = None,
    *,
    frames: Literal["single", "sequence"] = "single",
    contempt: bool = False,
    protocol: Literal["c-spp-2019"] | None = None,
    on_missing: Literal["raise", "skip"] = "raise",
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load the 48x48 face crops of the Extended Cohn-Kanade data set [1]_.

    The folder is the user's own copy: ``<emotion>/S010_004_00000017.png``, the emotions named
    anger, contempt, disgust, fear, happy, sadness and surprise: 927 images of 106 subjects in 309
    sequences. The protocol selects these; the paper cropped them itself, from the frames that
    `load_ckplus` gives. Further columns of the frame: ``sequence`` ("S010_004") and
    ``frame_number`` in the sequence.

    Parameters
    ----------
    %(data_home)s
    frames : {"single", "sequence"}, default="single"
        Whether each image is a row, or the three of each sequence, which are its peak and the two
        before: a column ``n_frames`` then takes the place of ``frame_number``.
    contempt : bool, default=False
        Load the seventh expression, contempt, too: then 981 images of 118 subjects.
    %(shared)s

    References
    ----------
    .. [1] P. Lucey et al., "The Extended Cohn-Kanade Dataset (CK+): a complete dataset for action
       unit and emotion-specified expression", CVPR Workshops 2010, pp. 94-101.

    Examples
    --------
    >>> from skfer.datasets import load_ck48
    >>> X, y, subjects = load_ck48("datasets", return_X_y=True)  # doctest: +SKIP
    """
    check_choice("frames", frames, ("single", "sequence"))
    as_sequences = frames == "sequence"
    return load_indexed(
        replace(SPEC, counts=WITH_CONTEMPT) if contempt else SPEC,
        partial(_index, contempt=contempt),
        data_home,
        protocol=protocol,
        selection={"contempt": (contempt, False)},
        read_images=_read_sequences if as_sequences else _read_images,
        as_sequences=as_sequences,
        on_missing=on_missing,
        return_X_y=return_X_y,
    )
