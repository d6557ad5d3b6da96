"""Faces that `save_faces` saved, mapped into memory or read."""

import os

import numpy as np
import pandas as pd

from skfer.datasets._bunch import make_bunch
from skfer.datasets._saved.index_text import parse_index
from skfer.datasets._saved.manifest import (
    check_name,
    checksum,
    count_bytes,
    count_done,
    keep_intact_batches,
    read_manifest,
    to_dtype,
)

__all__ = ["load_faces"]

DESCR = """\
Faces saved by skfer.datasets.save_faces
========================================

{n_images} images of {n_subjects} subjects in '{file}', made by {transformer}.
"""


def load_faces(file, *, mmap_mode=None, verify=False, return_X_y=False):
    """Load faces that `save_faces` saved.

    Parameters
    ----------
    file : str or Path
        The ``.npy`` file; its index and manifest lie beside it.
    mmap_mode : {"r", "c"}, default=None
        None reads the faces into memory. "r" maps the file: pages are read when they are used, and
        the images cannot be written to. "c" lets them be written in memory only.
    verify : bool, default=False
        Read the whole file and compare its checksums. Sizes, types and the checksum of the index
        are compared in any case.
    return_X_y : bool, default=False
        Return ``(faces, target, subjects)`` in place of the Bunch.

    Returns
    -------
    data : Bunch
        Faces, labels, subjects and one row of ``frame`` an image.

        faces : ndarray of shape (n_images,)
            Face array of images of one size, with the eyes where the transformer took them; a
            memory map if `mmap_mode` is given.
        images : ndarray of shape (n_images, height, width)
            Its images, a view.
        target, subjects : ndarray of shape (n_images,), dtype str
            Expression and subject of each image.
        target_names : list of str
            The expressions, sorted.
        frame : DataFrame
            The index as it was given, without the rows that were skipped.
        unreadable : DataFrame
            ``row`` (in the index as it was given), ``path`` and ``error`` of the skipped faces.
        redistributable, cropped : bool
            As given to `save_faces`; True.
        DESCR : str
            Description.
    (faces, target, subjects) : tuple of ndarray, if `return_X_y`
        The arrays alone.

    Raises
    ------
    FileNotFoundError
        If one of the three files is missing.
    ValueError
        If the faces were not saved to the end, or a file is truncated, changed or foreign.

    See Also
    --------
    save_faces : Save faces.
    """
    if mmap_mode not in (None, "r", "c"):
        raise ValueError(f"mmap_mode={mmap_mode!r}; expected None, 'r' or 'c'.")
    file = check_name(file)
    manifest = read_manifest(file)
    if not manifest["complete"]:
        n_done = count_done(manifest)
        raise ValueError(
            f"'{file}' is unfinished, {n_done} faces are done; repeat the call of save_faces."
        )
    faces = _open_array(file, manifest, mmap_mode)
    if verify and (n_intact := keep_intact_batches(file, manifest)) < len(manifest["batches"]):
        raise ValueError(
            f"'{file}' is damaged: the checksum of batch {n_intact} does not hold. Delete it, its "
            ".csv and its .json, and save the faces anew."
        )
    index_path = file.with_suffix(".csv")
    text = index_path.read_bytes()
    if checksum(text) != manifest["index_sha256"]:
        raise ValueError(f"'{index_path}' is not the index that was saved with '{file}'.")
    index = parse_index(text.decode("utf-8", "surrogateescape"), manifest["index_dtypes"])
    return make_bunch(
        index,
        faces=faces,
        redistributable=manifest["redistributable"],
        cropped=True,
        descr=DESCR.format(
            n_images=len(index),
            n_subjects=index["subject"].nunique(),
            file=file,
            transformer=manifest["transformer_repr"],
        ),
        return_X_y=return_X_y,
        unreadable=pd.DataFrame(manifest["unreadable"], columns=["row", "path", "error"]),
    )


def _open_array(file, manifest, mmap_mode):
    dtype = to_dtype(manifest["descr"])
    n_bytes = count_bytes(manifest)
    expected = manifest["header_size"] + n_bytes
    if (size := os.path.getsize(file)) != expected:
        raise ValueError(f"'{file}' has {size} bytes, but {expected} were saved; it is damaged.")
    try:
        faces = np.load(file, mmap_mode=mmap_mode, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise ValueError(f"'{file}' is no array of saved faces: {error}") from error
    if faces.dtype != dtype or faces.shape != (n_bytes // dtype.itemsize,):
        raise ValueError(
            f"'{file}' holds {faces.shape} of {faces.dtype}, which is not what was saved."
        )
    return faces
