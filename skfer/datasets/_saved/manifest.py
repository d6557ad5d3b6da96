"""What is known of saved faces: where they come from, how far they are and their checksums."""

import hashlib
import io
import json
import os
from copy import deepcopy
from pathlib import Path

import joblib
import numpy as np

__all__ = [
    "check_name",
    "checksum",
    "count_bytes",
    "count_done",
    "fingerprint_faces",
    "fingerprint_transformer",
    "format_header",
    "keep_intact_batches",
    "read_manifest",
    "to_dtype",
    "write_manifest",
]

FORMAT = "skfer saved faces 1"


def check_name(file):
    """Check the name of an array of saved faces.

    Parameters
    ----------
    file : str or Path
        The file.

    Returns
    -------
    file : Path
        The file.

    Raises
    ------
    ValueError
        If it does not end with ``.npy``.
    """
    file = Path(file)
    if file.suffix != ".npy":
        raise ValueError(f"'{file}': the name of saved faces ends with .npy.")
    return file


def count_done(manifest):
    """Count the faces that went into the finished batches, the skipped ones included.

    Parameters
    ----------
    manifest : dict
        The manifest.

    Returns
    -------
    n_done : int
        Number of faces.
    """
    return sum(batch["n_inputs"] for batch in manifest["batches"])


def count_bytes(manifest):
    """Count the bytes of the finished batches.

    Parameters
    ----------
    manifest : dict
        The manifest.

    Returns
    -------
    n_bytes : int
        Number of bytes, without the header of the file.
    """
    return sum(batch["n_bytes"] for batch in manifest["batches"])


def read_manifest(file):
    """Read the manifest beside an array of saved faces.

    Parameters
    ----------
    file : Path
        The .npy file.

    Returns
    -------
    manifest : dict
        The manifest.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If the file of its name is something else.
    """
    path = file.with_suffix(".json")
    try:
        manifest = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"'{path}' is missing: '{file}' was not written by save_faces, or was moved alone."
        ) from error
    except ValueError as error:
        raise ValueError(f"'{path}' is no manifest of save_faces: {error}.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"'{path}' is no manifest of save_faces in the format '{FORMAT}'.")
    return manifest


def write_manifest(file, manifest):
    """Write the manifest beside an array of saved faces, the whole or nothing of it.

    Parameters
    ----------
    file : Path
        The .npy file.
    manifest : dict
        The manifest; ``format`` is added.
    """
    path = file.with_suffix(".json")
    draft = path.with_name(path.name + ".part")
    draft.write_text(json.dumps({"format": FORMAT} | manifest, indent=1) + "\n")
    os.replace(draft, path)


def keep_intact_batches(file, manifest):
    """Keep the leading batches whose checksum holds.

    A batch that a crash of the machine lost, or that was damaged since, is to be made again, and
    all after it.

    Parameters
    ----------
    file : Path
        The .npy file.
    manifest : dict
        The manifest.

    Returns
    -------
    n_intact : int
        Number of leading batches that are intact.
    """
    if not file.exists():
        return 0
    with open(file, "rb") as content:
        content.seek(manifest["header_size"] or 0)
        for number, batch in enumerate(manifest["batches"]):
            if checksum(content.read(batch["n_bytes"])) != batch["sha256"]:
                return number
    return len(manifest["batches"])


def checksum(data):
    """Compute the SHA-256 of bytes.

    Parameters
    ----------
    data : bytes
        The bytes.

    Returns
    -------
    digest : str
        64 hexadecimal digits.
    """
    return hashlib.sha256(data).hexdigest()


def fingerprint_faces(faces, index_text):
    """Compute a checksum of what is to be saved: paths or pixels, eyes, subjects and the index.

    Parameters
    ----------
    faces : ndarray of shape (n_faces,)
        Face array. Files count by their path.
    index_text : str
        The index as CSV.

    Returns
    -------
    digest : str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256(_encode(index_text))
    for name in faces.dtype.names:
        digest.update(_encode(f"{name} {faces.dtype[name]} {len(faces)} "))
        if faces.dtype[name].hasobject:
            for entry in faces[name]:
                if isinstance(entry, np.ndarray):
                    digest.update(_encode(f"{entry.dtype} {entry.shape} "))
                    digest.update(entry.tobytes())
                else:
                    digest.update(_encode(f"{entry}\0"))
        else:
            for start in range(0, len(faces), 1024):  # a memory map may exceed the memory
                digest.update(faces[name][start : start + 1024].tobytes())
    return digest.hexdigest()


def fingerprint_transformer(transformer):
    """Compute a checksum of the parameters and the fitted state of a transformer.

    Parameters
    ----------
    transformer : estimator or None
        The transformer. Its ``n_jobs`` and ``verbose``, which change no result, do not count.

    Returns
    -------
    digest : str
        32 hexadecimal digits.
    """
    if transformer is None:
        return joblib.hash(None)
    transformer = deepcopy(transformer)
    neutral = {"n_jobs": None, "verbose": 0}
    transformer.set_params(
        **{
            name: neutral[name.rpartition("__")[2]]
            for name in transformer.get_params()
            if name.rpartition("__")[2] in neutral
        }
    )
    return joblib.hash(transformer)


def format_header(dtype, n_faces):
    """Write the header of a .npy file.

    Parameters
    ----------
    dtype : dtype
        Type of the array.
    n_faces : int
        Its length; the header of any other has the same size.

    Returns
    -------
    header : bytes
        The header.
    """
    header = io.BytesIO()
    descr = np.lib.format.dtype_to_descr(dtype)
    np.lib.format.write_array_header_1_0(
        header, {"descr": descr, "fortran_order": False, "shape": (n_faces,)}
    )
    return header.getvalue()


def to_dtype(descr):
    """Build a structured dtype from its description in JSON.

    Parameters
    ----------
    descr : list of list
        Name, type and perhaps shape of each field.

    Returns
    -------
    dtype : dtype
        The type.
    """
    return np.dtype([(name, kind, *map(tuple, shape)) for name, kind, *shape in descr])


def _encode(text):
    return text.encode("utf-8", "surrogateescape")
