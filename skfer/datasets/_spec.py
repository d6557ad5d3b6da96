"""What is known of a data set, and the one procedure that loads a copy of it."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files

import numpy as np

from skfer._docstring import Documented, fill_docstring
from skfer.datasets._bunch import get_data_home, make_bunch
from skfer.datasets._index import check_counts, count_images, find_duplicates, warn_of_duplicates
from skfer.datasets._labels import BASIC_EXPRESSIONS
from skfer.datasets._sequences import join_frames
from skfer.utils._choice import check_choice

C_SPP_2019 = "c-spp-2019"
DEFAULT_N_FOLDS = 8
# Arrays that an index carries, one entry per row: not for the frame, but for the Bunch.
ARRAYS = ("eyes", "pupils")


@dataclass(frozen=True)
class Protocol:
    """What a paper used of a data set: how many folds, which images, and how many of them.

    ``is_named`` is False where the paper does not say which images, so that nobody can reach its
    counts: other counts are then a warning, and not an error.
    """

    n_folds: int
    counts: dict  # as by `count_images`
    expressions: tuple = BASIC_EXPRESSIONS
    is_named: bool = True


@dataclass(frozen=True)
class DatasetSpec:
    """What is known of a data set before a copy of it is seen."""

    name: str  # in the registry and of the file of its description
    title: str  # in messages
    folders: tuple  # names that its folder may have
    entry: re.Pattern  # the whole name of a file or folder that it has at its top level
    example: str  # such an entry, in words
    counts: dict  # of the official copy, as by `count_images`
    redistributable: bool = False
    cropped: bool = False
    protocols: dict = field(default_factory=dict)

    @property
    def n_folds(self):
        """The number of folds of the paper, by which the data set is split if none is asked for."""
        return self.protocols[C_SPP_2019].n_folds if self.protocols else DEFAULT_N_FOLDS

    @property
    def descr(self):
        """Description, source and licence."""
        return (files("skfer.datasets") / "resources" / f"{self.name}.rst").read_text("utf-8")


def load_indexed(
    spec,
    index,
    data_home,
    *,
    protocol=None,
    selection=None,
    keep=None,
    read_images=None,
    as_sequences=False,
    on_missing="raise",
    return_X_y=False,
):
    """Find the folder of a data set, index and check it, select images and build the Bunch.

    ``index(folder)`` returns the index and a dict of what else it knows: ``missing`` (names),
    ``counts`` (beside those of `count_images`) and ``extra`` (for the Bunch). `selection` has the
    value and the default of each argument that selects images, which `protocol` excludes.
    ``keep(frame)`` returns which rows to keep, ``read_images(frame)`` the pixels; without it the
    files are decoded later. `as_sequences` makes one row of the frames of a sequence first. The
    other arguments are those of every reader.
    """
    check_choice("on_missing", on_missing, ("raise", "skip"))
    _check_protocol(spec, protocol, selection or {})
    folder = _find_folder(spec, data_home)
    frame, known = index(folder)
    columns = ["path", "subject", "expression"]
    frame = frame.reindex(columns=[*columns, *frame.columns.drop(columns, errors="ignore")])
    frame["path"] = frame["path"].astype(str)
    frame = frame.sort_values("path", kind="stable")
    if on_missing == "raise":
        found = count_images(frame) | known.get("counts", {})
        check_counts(spec.title, folder, spec.counts, found, known.get("missing", ()))
    if keep is not None:
        frame = frame[keep(frame)]
    if protocol is not None:
        frame = frame[frame["expression"].isin(spec.protocols[protocol].expressions)]
    frame = frame.reset_index(drop=True)
    if frame.empty:
        raise ValueError(f"'{folder}' has no images of the expressions asked for.")
    if protocol is not None:
        _check_protocol_counts(spec, spec.protocols[protocol], frame, on_missing)
    duplicates = find_duplicates(frame.drop_duplicates("path"))  # a video is in several rows
    warn_of_duplicates(duplicates, spec.title[0].upper() + spec.title[1:])
    if as_sequences:
        frame = join_frames(frame)
    arrays = {name: np.stack(frame.pop(name)) for name in ARRAYS if name in frame}
    images = frame.get("image") if read_images is None else read_images(frame)
    if "frame_eyes" in frame:
        arrays["frame_eyes"] = frame["frame_eyes"].tolist()
    return make_bunch(
        frame.drop(columns=["image", "frame_eyes"], errors="ignore"),
        images=images,
        redistributable=spec.redistributable,
        cropped=spec.cropped,
        descr=spec.descr,
        return_X_y=return_X_y,
        duplicates=duplicates,
        protocol=protocol,
        n_folds=spec.n_folds,
        **arrays,
        **known.get("extra", {}),
    )


def _check_protocol(spec, protocol, selection):
    if protocol is None:
        return
    check_choice("protocol", protocol, (None, *spec.protocols))
    changed = [
        f"{name}={value!r}" for name, (value, default) in selection.items() if value != default
    ]
    if changed:
        raise ValueError(
            f"protocol={protocol!r} selects the images; give it without {' and '.join(changed)}."
        )


def _find_folder(spec, data_home):
    home = get_data_home(data_home)
    for folder in (home, *(home / name for name in spec.folders)):
        if folder.is_dir() and any(spec.entry.fullmatch(entry.name) for entry in folder.iterdir()):
            return folder
    raise FileNotFoundError(
        f"Found no {spec.example} in '{home}' or in its sub-folder {' or '.join(spec.folders)}. "
        "Pass as data_home the folder that holds the data set."
    )


def _check_protocol_counts(spec, protocol, frame, on_missing):
    counts = count_images(frame)
    found = {what: counts.get(what, 0) for what in protocol.counts}
    if found == protocol.counts:
        return
    problem = (
        f"The C-SPP paper used {_describe(protocol.counts)} of {spec.title}; these are "
        f"{_describe(found)}"
    )
    if protocol.is_named and on_missing == "raise":
        raise ValueError(
            f"{problem}. Leave out what the paper left out, or pass on_missing='skip' to use these."
        )
    warnings.warn(f"{problem}, so compare with it with care.", stacklevel=4)


def _describe(counts):
    return ", ".join(f"{number} {what}" for what, number in counts.items())


_DATA_HOME = """\
data_home : str or Path, default=None
    The folder of the data set, or the one above it where it is named
    {folders}; None takes the environment variable ``SKFER_DATA``."""
_PROTOCOL = """\
protocol : {"c-spp-2019"}, default=None
    Load the images that the C-SPP paper used, as far as it names them.
"""
_RETURNS = """\
on_missing : {"raise", "skip"}, default="raise"
    What to do with a copy whose counts are not the official ones: refuse it and name what is
    missing, or use what is there.
return_X_y : bool, default=False
    Return ``(faces, target, subjects)`` instead of the Bunch.

Returns
-------
data : Bunch
    Faces, labels and subjects, one entry per image.

    faces : ndarray of shape (n_images,)
        Face array. Photographs are paths, which are decoded when a step needs the pixels.
    images : ndarray of shape (n_images, height, width), dtype uint8, or None
        The pixels of crops of one size; None for photographs.
    target, subjects : ndarray of shape (n_images,), dtype str
        Expression and subject of each image.
    target_names : list of str
        The expressions, sorted.
    frame : DataFrame of shape (n_images, n_columns)
        ``path``, ``subject``, ``expression`` and the columns named above, sorted by path.
    duplicates : DataFrame of shape (n_duplicates, 4)
        ``path``, ``subject``, ``expression`` and ``copy_of`` of files that are equal to one of
        another subject or expression.
    protocol, n_folds : str or None, and int
        The protocol, as given, and the number of folds of the paper on this data set, else 8.
    redistributable, cropped : bool
        Whether a report may show the images; whether they are face crops, not photographs.
    DESCR : str
        Description, source and licence.
(faces, target, subjects) : tuple of ndarray, if `return_X_y`
    The arrays.

Raises
------
FileNotFoundError
    If there is no such folder or a part of the data set is absent.
ValueError
    If a file has a name or content that does not belong there, the counts are not the official
    ones, nothing is left, or an argument has no such value.

Warns
-----
UserWarning
    If there are duplicates, or the counts are not those of the protocol."""


def document(spec: DatasetSpec) -> Callable[[Documented], Documented]:
    """Fill ``%(data_home)s`` and ``%(shared)s``, what all readers share, into a docstring."""
    data_home = _DATA_HOME.format(folders=" or ".join(f"``{name}``" for name in spec.folders))
    shared = (_PROTOCOL if spec.protocols else "") + _RETURNS
    return fill_docstring(data_home=data_home, shared=shared)
