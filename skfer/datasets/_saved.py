"""Faces of a big collection, transformed once and saved in a file that can be mapped."""

from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, Literal

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch, check_consistent_length

from skfer._subjects import subject_ids
from skfer._typing import FaceArray
from skfer._version import __version__
from skfer.datasets._bunch import make_bunch
from skfer.datasets._saved_files import (
    NOTHING_DONE,
    begin_or_resume,
    beside_of,
    check_name,
    check_rows,
    damage_is_a_value_error,
    format_index,
    index_file,
    open_array,
    parse_index,
    read_state,
    replace,
    stamp_pictures,
)
from skfer.datasets._saved_rows import find_todo, process_batch, save_rows
from skfer.faces import is_face_array, is_sequence
from skfer.utils._choice import check_choice
from skfer.utils._files import atomic_path, only_writer

DESCR = """\
Faces saved by skfer.datasets.save_faces
========================================

{n_images} images of {n_subjects} subjects in '{file}', made by {transformer}.
"""


def save_faces(
    file: str | Path,
    faces: FaceArray,
    index: pd.DataFrame,
    *,
    transformer: BaseEstimator | None = None,
    batch_size: int = 1024,
    n_jobs: int | None = None,
    on_unreadable: Literal["raise", "skip"] = "raise",
    redistributable: bool = False,
    verbose: int = 0,
) -> Bunch:
    """Decode and transform faces batch by batch and save them as one array of fixed-size images.

    ``NAME.npy`` becomes a structured array that can be mapped into memory, ``NAME.index.json`` its
    index, and ``NAME.json`` says how many faces are done. The call may be stopped at any moment:
    the same call goes on after the last finished batch. It also makes those faces again whose
    picture has been replaced since, and tries those again that failed; faces whose picture is gone
    stay.

    Parameters
    ----------
    file : str or Path
        Where to save, a name that ends with ``.npy``.
    faces : ndarray of shape (n_faces,)
        Face array, of paths or pixels.
    index : DataFrame of shape (n_faces, n_columns)
        One row per face with the columns ``subject`` and ``expression`` and others of text, numbers
        or truth values: the ``frame`` of the Bunch that holds `faces`.
    transformer : estimator, default=None
        Fitted or stateless transformer that gives all images one size, such as
        :class:`~skfer.alignment.FaceAligner` or a pipeline that ends with it. Each batch is
        transformed on its own. None for images of one size.
    batch_size : int, default=1024
        Faces decoded, transformed and saved at a time.
    n_jobs : int, default=None
        Number of batches worked on at a time, in processes; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.
    on_unreadable : {"raise", "skip"}, default="raise"
        What to do with faces that cannot be decoded or transformed: "raise" an error that names
        the first, which keeps the finished batches; "skip" leaves them out and lists them.
    redistributable : bool, default=False
        Whether reports may show the images.
    verbose : int, default=0
        Show a progress bar if not 0.

    Returns
    -------
    data : Bunch
        What ``load_faces(file, mmap_mode="r")`` returns.

    Raises
    ------
    FileExistsError
        If there are files of these names that `save_faces` did not begin.
    TimeoutError
        If another process saves faces under this name.
    ValueError
        If the files are damaged or hold other faces, or faces made with another transformer or
        version of skfer; if faces and index do not fit; or if a face cannot be decoded or
        transformed, or differs in size.

    See Also
    --------
    load_faces : Load what was saved.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.alignment import FaceAligner
    >>> from skfer.datasets import load_faces, make_faces, save_faces
    >>> data = make_faces(2, 1, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "aligned.npy")
    ...     _ = save_faces(file, data.faces, data.frame, transformer=FaceAligner((32, 32)))
    ...     saved = load_faces(file)
    >>> saved.images.shape, str(saved.target[0])
    ((12, 32, 32), 'anger')
    """
    check_choice("on_unreadable", on_unreadable, ("raise", "skip"))
    file = check_name(file)
    _check_input(faces, index)
    index_text = format_index(index)
    job = {
        "faces": _hash_faces(faces),
        "index": joblib.hash(index_text),
        "transformer": _describe_transformer(transformer),
        "redistributable": redistributable,
        "skfer": __version__,
    }
    process = partial(process_batch, transformer=transformer, on_unreadable=on_unreadable)
    save = partial(save_rows, faces, process, batch_size=batch_size, n_jobs=n_jobs, verbose=verbose)
    stamps = stamp_pictures(faces)
    with only_writer(file):
        with damage_is_a_value_error(file):
            state = begin_or_resume(file, job, len(faces))
        n_done = state["n_done"]
        todo = find_todo(faces, state, stamps, process, batch_size)
        if todo[:n_done].any():
            check_rows(file, state)
            former = state, open_array(file, state, "r")
            state = state | NOTHING_DONE
            save(beside_of(file), state, todo[:n_done], stamps, former=former)
            replace(file)
        if n_done < len(faces):
            with atomic_path(index_file(file)) as path:
                path.write_bytes(index_text)
            save(file, state, todo, stamps)
    if state["dtype"] is None:
        raise ValueError(f"None of the faces can be saved: {state['unreadable'][0]['error']}")
    return load_faces(file, mmap_mode="r")


def load_faces(
    file: str | Path,
    *,
    mmap_mode: Literal["r", "c"] | None = None,
    verify: bool = False,
    return_X_y: bool = False,
) -> Bunch | Any:
    """Load faces that `save_faces` saved.

    Parameters
    ----------
    file : str or Path
        The ``.npy`` file; the other two lie beside it.
    mmap_mode : {"r", "c"}, default=None
        None reads the faces into memory. "r" maps the file: pages are read when they are used, and
        the images cannot be written to. "c" lets them be written in memory only.
    verify : bool, default=False
        Read the whole file and compare its checksum. Sizes, types and the checksum of the index
        are compared in any case.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` instead of the Bunch.

    Returns
    -------
    data : Bunch
        As the readers return it: ``faces`` (a memory map if `mmap_mode` is given), ``images`` (a
        view of them), ``target``, ``target_names``, ``subjects`` and ``frame``, the index without
        the rows that were skipped; and ``unreadable``, a DataFrame of the skipped faces with
        ``row`` (in the index as it was given), ``path`` and ``error``.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        Only the arrays.

    Raises
    ------
    FileNotFoundError
        If one of the three files is missing.
    ValueError
        If the faces were not saved to the end, or a file is truncated, changed or foreign.

    Examples
    --------
    >>> from skfer.datasets import load_faces
    >>> load_faces("aligned.npy")
    Traceback (most recent call last):
    ...
    FileNotFoundError: ...
    """
    check_choice("mmap_mode", mmap_mode, (None, "r", "c"))
    file = check_name(file)
    with damage_is_a_value_error(file):
        state = read_state(file)
        if state["n_done"] < state["n_faces"]:
            raise ValueError(
                f"'{file}' is unfinished, {state['n_done']} faces are done; repeat the call of "
                "save_faces."
            )
        faces = open_array(file, state, mmap_mode)
        if verify:
            check_rows(file, state)
        text = index_file(file).read_bytes()
        if joblib.hash(text) != state["index"]:
            raise ValueError(f"'{index_file(file)}' is not the index that was saved with '{file}'.")
        unreadable = pd.DataFrame(state["unreadable"], columns=["row", "path", "error"])
        index = parse_index(text).drop(unreadable["row"]).reset_index(drop=True)
        if len(index) != len(faces):
            raise ValueError(f"'{index_file(file)}' has {len(index)} rows for {len(faces)} faces.")
        if verify and (subject_ids(index["subject"]) != faces["subject"]).any():
            raise ValueError(
                f"'{index_file(file)}' names other subjects than the faces of '{file}'."
            )
        return make_bunch(
            index,
            faces=faces,
            redistributable=state["redistributable"],
            cropped=True,
            descr=DESCR.format(
                n_images=len(index),
                n_subjects=index["subject"].nunique(),
                file=file,
                transformer=state["transformer"],
            ),
            return_X_y=return_X_y,
            unreadable=unreadable,
        )


def _hash_faces(faces):
    """Compute a checksum of all fields of a face array; image files count by their path."""
    return joblib.hash(
        [
            (name, joblib.hash(np.asarray(faces[name][start : start + 1024])))
            for name in faces.dtype.names
            for start in range(0, len(faces), 1024)  # a memory map may exceed the memory
        ]
    )


def _describe_transformer(transformer):
    """Return parameters and a checksum of state and files; not of ``n_jobs`` and ``verbose``."""
    transformer, files = deepcopy(transformer), []
    if transformer is not None:
        for name, value in transformer.get_params().items():
            if name.rpartition("__")[2] in ("n_jobs", "verbose"):
                transformer.set_params(**{name: None})
            elif isinstance(value, str | Path) and Path(value).is_file():  # of a detector, say
                files.append(Path(value).read_bytes())
    return f"{transformer!r} ({joblib.hash([transformer, files])})"


def _check_input(faces, index):
    if not is_face_array(faces) or len(faces) == 0:
        raise ValueError("faces must be a face array with at least one face.")
    if any(map(is_sequence, faces["image"])):
        raise ValueError("faces are sequences, and what is saved is single images of one size.")
    check_consistent_length(index, faces)
    if missing := {"subject", "expression"} - set(index):
        raise ValueError(f"The index has no column '{min(missing)}'.")
    differing = np.flatnonzero(subject_ids(index["subject"]) != faces["subject"])
    if len(differing):
        raise ValueError(f"The subject in row {differing[0]} of the index is not that of the face.")
