"""Faces of a big collection, decoded and aligned once and saved in one file."""

from copy import deepcopy

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import gen_batches
from sklearn.utils.parallel import Parallel, delayed
from tqdm import tqdm

from skfer._version import __version__
from skfer.datasets._saved.index_text import format_index
from skfer.datasets._saved.loading import load_faces
from skfer.datasets._saved.manifest import (
    check_name,
    checksum,
    count_bytes,
    count_done,
    fingerprint_faces,
    fingerprint_transformer,
    format_header,
    keep_intact_batches,
    read_manifest,
    to_dtype,
    write_manifest,
)
from skfer.faces import is_face_array, with_fields
from skfer.utils import check_images

__all__ = ["save_faces"]


def save_faces(
    file,
    faces,
    index,
    *,
    transformer=None,
    batch_size=1024,
    n_jobs=None,
    on_error="raise",
    redistributable=False,
    verbose=0,
):
    """Decode and transform faces batch by batch and save them as one array of fixed-size images.

    Three files are written: ``NAME.npy``, a structured array that can be mapped into memory;
    ``NAME.csv``, its index; ``NAME.json``, the manifest with checksums. The call may be stopped at
    any moment: the same call goes on after the last finished batch.

    Parameters
    ----------
    file : str or Path
        Where to save, a name that ends with ``.npy``.
    faces : ndarray of shape (n_faces,)
        Face array, of paths or pixels.
    index : DataFrame of shape (n_faces, n_columns)
        One row a face with the columns ``subject`` and ``expression`` and others of text, numbers
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
    on_error : {"raise", "skip"}, default="raise"
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
    ValueError
        If the files hold other faces, or faces made with another transformer or version of skfer;
        if faces and index do not fit; if a face cannot be decoded or transformed; or if the images
        differ in size.

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
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error={on_error!r}; expected 'raise' or 'skip'.")
    file = check_name(file)
    _check_input(faces, index)
    index_text, _ = format_index(index)
    manifest = _begin_or_resume(
        file,
        {
            "inputs": fingerprint_faces(faces, index_text),
            "transformer": fingerprint_transformer(transformer),
            "transformer_repr": repr(transformer),
            "redistributable": redistributable,
            "skfer": __version__,
        },
    )
    if not manifest["complete"]:
        n_done = count_done(manifest)
        batches = [
            slice(n_done + batch.start, n_done + batch.stop)
            for batch in gen_batches(len(faces) - n_done, batch_size)
        ]
        # Batches arrive in their order, and few are held: those that wait to be written.
        # In processes: what Python does for each image would make threads wait for each other.
        results = Parallel(n_jobs=n_jobs, return_as="generator")(
            delayed(_process_batch)(faces[batch], batch.start, transformer, on_error)
            for batch in batches
        )
        with tqdm(total=len(faces), initial=n_done, unit="face", disable=not verbose) as progress:
            for batch, (done, failures) in zip(batches, results, strict=True):
                _append(file, manifest, batch.stop - batch.start, done, failures)
                progress.update(batch.stop - batch.start)
        _finish(file, manifest, index)
    return load_faces(file, mmap_mode="r")


def _begin_or_resume(file, job):
    """Return the manifest of an empty file, or of one that holds batches of the same job."""
    if not file.with_suffix(".json").exists():
        for path in (file, file.with_suffix(".csv")):
            if path.exists():
                raise FileExistsError(f"'{path}' exists and was not begun by save_faces.")
        manifest = job | {
            "complete": False,
            "header_size": None,
            "descr": None,
            "batches": [],
            "unreadable": [],
        }
        write_manifest(file, manifest)
        return manifest
    manifest = read_manifest(file)
    for key, name in (
        ("inputs", "other faces or another index"),
        ("transformer", f"another transformer, {manifest['transformer_repr']}"),
        ("redistributable", f"redistributable={manifest['redistributable']}"),
        ("skfer", f"skfer {manifest['skfer']}"),
    ):
        if manifest[key] != job[key]:
            raise ValueError(
                f"'{file}' was begun with {name}. Choose another name, or delete it, its .csv and "
                "its .json."
            )
    if not manifest["complete"]:
        del manifest["batches"][keep_intact_batches(file, manifest) :]
        n_done = count_done(manifest)
        manifest["unreadable"] = [face for face in manifest["unreadable"] if face["row"] < n_done]
        if not manifest["batches"]:
            manifest["descr"] = None
    return manifest


def _process_batch(faces, start, transformer, on_error):
    """Return the transformed faces, or None if there are none, and what is wrong with others."""
    try:
        return _transform(faces, transformer), []
    except ValueError as error:
        problem = error
    done, failures = [], []
    for row in range(len(faces)):
        try:
            done.append(_transform(faces[row : row + 1], transformer))
        except ValueError as error:
            # The step numbers faces within the batch; the cause names the file alone.
            reason = str(error.__cause__ or error)
            image = faces["image"][row]
            path = image if isinstance(image, str) else None
            if on_error == "raise":
                raise ValueError(f"Row {start + row}, file '{path}': {reason}") from error
            failures.append({"row": start + row, "path": path, "error": reason})
    if not failures or len({part.dtype for part in done}) > 1:
        raise problem
    return (np.concatenate(done) if done else None), failures


def _transform(faces, transformer):
    if transformer is None:
        return with_fields(faces, image=check_images(BaseEstimator(), faces).images)
    # Copied, since a transformer may take notes, as EyeLocator does, and it is the caller's.
    transformed = deepcopy(transformer).transform(faces)
    if not is_face_array(transformed) or transformed.dtype.hasobject:
        raise TypeError(f"{transformer} gives no faces of one size; end with a FaceAligner.")
    if len(transformed) != len(faces):
        raise TypeError(f"{transformer} makes {len(transformed)} faces of {len(faces)}.")
    return transformed


def _append(file, manifest, n_inputs, faces, failures):
    """Write a batch, then its entry in the manifest: what is not entered does not count."""
    if faces is not None and manifest["descr"] is None:
        header = format_header(faces.dtype, 0)
        manifest["descr"] = np.lib.format.dtype_to_descr(faces.dtype)
        manifest["header_size"] = len(header)
        file.write_bytes(header)
    elif faces is not None and faces.dtype != (first := to_dtype(manifest["descr"])):
        raise ValueError(
            f"The images of a batch are {faces.dtype['image']}, those before {first['image']}. "
            "Pass a transformer that gives all images one size, such as FaceAligner."
        )
    data = b"" if faces is None else faces.tobytes()
    if data:
        with open(file, "r+b") as output:
            output.seek(manifest["header_size"] + count_bytes(manifest))
            output.write(data)
    manifest["batches"].append(
        {"n_inputs": n_inputs, "n_bytes": len(data), "sha256": checksum(data)}
    )
    manifest["unreadable"] += failures
    write_manifest(file, manifest)


def _finish(file, manifest, index):
    n_bytes = count_bytes(manifest)
    if n_bytes == 0:
        raise ValueError(f"None of the faces can be saved: {manifest['unreadable'][0]['error']}")
    dtype = to_dtype(manifest["descr"])
    with open(file, "r+b") as output:
        output.write(format_header(dtype, n_bytes // dtype.itemsize))
        output.truncate(manifest["header_size"] + n_bytes)
    skipped = [failure["row"] for failure in manifest["unreadable"]]
    text, dtypes = format_index(index.drop(index=index.index[skipped]))
    data = text.encode("utf-8", "surrogateescape")
    file.with_suffix(".csv").write_bytes(data)
    write_manifest(
        file,
        manifest | {"complete": True, "index_dtypes": dtypes, "index_sha256": checksum(data)},
    )


def _check_input(faces, index):
    if not is_face_array(faces) or len(faces) == 0:
        raise ValueError("faces must be a face array with at least one face.")
    if len(index) != len(faces):
        raise ValueError(f"The index has {len(index)} rows, but there are {len(faces)} faces.")
    for column in ("subject", "expression"):
        if column not in index:
            raise ValueError(f"The index has no column '{column}'.")
    differing = np.flatnonzero(index["subject"].to_numpy().astype(str) != faces["subject"])
    if len(differing):
        row = differing[0]
        raise ValueError(
            f"Row {row} of the index has the subject '{index['subject'].iloc[row]}', but "
            f"faces['subject'][{row}] is '{faces['subject'][row]}'."
        )
