"""The three files of saved faces: the array, its index and the state, which is written last.

What the state counts is on the disk; what it does not count yet is written again. A stamp for each
face tells whether its picture has been replaced since.
"""

import json
import os
import zlib
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from skfer.faces import is_face_array
from skfer.utils._files import atomic_path

FORMAT = "skfer saved faces 3"
STAMP_SIZE = 8  # characters that tell one state of a picture from another
NOTHING_DONE = {"n_done": 0, "unreadable": [], "stamps": "", "dtype": None}
NOTHING_DONE |= {"offset": 0, "n_bytes": 0, "crc32": 0}
NO_FILE = "-" * STAMP_SIZE


def check_name(file):
    """Return the name of saved faces as a Path; it must end with .npy."""
    file = Path(file)
    if file.suffix != ".npy":
        raise ValueError(f"'{file}': the name of saved faces ends with .npy.")
    return file


def index_file(file):
    """Return the name of the index of saved faces."""
    return file.with_suffix(".index.json")


def begin_or_resume(file, job, n_faces):
    """Return the state of an empty file, or of one that holds batches of the same job."""
    beside = beside_of(file)
    if beside.with_suffix(".json").exists() and not beside.exists():  # killed in `replace`
        os.replace(beside.with_suffix(".json"), file.with_suffix(".json"))
    if file.with_suffix(".json").exists():
        state = read_state(file)
        if state["n_bytes"]:
            for key, value in job.items():
                if state[key] != value:
                    raise ValueError(
                        f"'{file}' was begun with other options or faces: {key} was "
                        f"{state[key]!r}, now it is {value!r}. Choose another name, or delete it, "
                        "its .json and its .index.json."
                    )
            if state["n_done"] < n_faces:
                check_rows(file, state)
            return state
    else:
        for path in (file, index_file(file)):
            if path.exists():
                raise FileExistsError(f"'{path}' exists and was not begun by save_faces.")
    state = job | NOTHING_DONE | {"n_faces": n_faces}
    write_state(file, state)
    return state


def beside_of(file):
    """Return the name under which saved faces are written anew."""
    return file.with_name(f".{file.name}")


def replace(file):
    """Put what was written anew in the place of saved faces."""
    for suffix in (".npy", ".json"):  # between the two, the absence of the first tells
        os.replace(beside_of(file).with_suffix(suffix), file.with_suffix(suffix))


def read_state(file):
    """Read what `write_state` wrote; refuse anything else."""
    path = file.with_suffix(".json")
    try:
        state = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        state = None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"'{path}' was not written by save_faces in the format '{FORMAT}'.")
    return state


@contextmanager
def damage_is_a_value_error(file):
    """Raise a ValueError for whatever files that somebody changed may bring about in the block."""
    try:
        yield
    except (OSError, MemoryError, ValueError):
        raise
    except Exception as error:
        raise ValueError(f"'{file}', its .json or .index.json is damaged: {error!r}.") from error


def stamp_pictures(faces):
    """Return a text of STAMP_SIZE characters for each face, the same as long as its file is."""
    return np.array([_stamp(image) for image in faces["image"]], dtype=str)


def _stamp(image):
    if not isinstance(image, str):
        return NO_FILE
    try:
        status = os.stat(image)
    except (OSError, ValueError):  # of a name that no file can have
        return NO_FILE
    # Unlike the time of modification, that of the last change cannot be set back.
    state = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return f"{zlib.crc32(repr(state).encode()):0{STAMP_SIZE}x}"


def write_state(file, state):
    """Write the state of saved faces, the whole or nothing of it."""
    with atomic_path(file.with_suffix(".json")) as path:
        path.write_text(json.dumps({"format": FORMAT} | state, indent=1) + "\n")


def append(file, state, rows):
    """Write rows behind those that count, and count them in the state."""
    if state["dtype"] not in (None, str(rows.dtype)):
        raise ValueError(
            f"The faces of a batch are {rows.dtype}, those before are {state['dtype']}. Pass a "
            "transformer that gives all images one size and type, such as FaceAligner."
        )
    n_saved = state["n_done"] - len(state["unreadable"]) + len(rows)
    header = np.lib.format.header_data_from_array_1_0(rows) | {"shape": (n_saved,)}
    data = rows.tobytes()
    with open(file, "r+b" if state["dtype"] else "wb") as output:
        np.lib.format.write_array_header_1_0(output, header)  # of one size for any n_saved
        offset = output.tell()
        output.seek(offset + state["n_bytes"])
        output.write(data)
        output.truncate()
        output.flush()
        os.fsync(output.fileno())
    state |= {"dtype": str(rows.dtype), "offset": offset, "n_bytes": state["n_bytes"] + len(data)}
    state["crc32"] = zlib.crc32(data, state["crc32"])


def open_array(file, state, mmap_mode):
    """Load or map the rows that were saved; refuse another file."""
    size = state["offset"] + state["n_bytes"]
    is_whole = os.path.getsize(file) == size
    try:
        faces = np.lib.format.open_memmap(file, mode=mmap_mode or "r") if is_whole else None
    except Exception:  # whatever a damaged header brings about
        faces = None
    if not (
        is_face_array(faces)
        and str(faces.dtype) == state["dtype"]
        and faces.shape == (state["n_done"] - len(state["unreadable"]),)
        and faces.offset + faces.nbytes == size
    ):
        raise ValueError(
            f"'{file}' is damaged or another file: it does not hold the {state['n_bytes']} bytes "
            f"of {state['dtype']} that were saved."
        )
    return faces if mmap_mode else np.array(faces)


def check_rows(file, state):
    """Refuse other rows than were written."""
    rows = np.memmap(file, mode="r", offset=state["offset"], shape=(state["n_bytes"],))
    if zlib.crc32(rows) != state["crc32"]:
        raise ValueError(
            f"'{file}' is damaged: its checksum does not hold. Delete it, its .json and its "
            ".index.json, and save the faces again."
        )


def format_index(index):
    """Return an index as JSON.

    It keeps any text and every bit of a number, which the formats of pandas do not.
    """
    columns = []
    for name, column in index.items():
        try:
            values = json.dumps(column.tolist(), default=lambda entry: entry.tolist())
        except (AttributeError, TypeError) as error:
            raise ValueError(
                f"Column '{name}' of the index cannot be saved ({error}); only text, numbers, "
                "truth values and arrays can be. Drop the column."
            ) from error
        columns.append(f"[{json.dumps(str(name))}, {json.dumps(str(column.dtype))}, {values}]")
    return ("[" + ",\n".join(columns) + "]\n").encode()


def parse_index(text):
    """Read what `format_index` wrote; nested lists are arrays, such as the eyes."""
    return pd.DataFrame(
        {
            name: pd.Series(
                [np.array(v) if isinstance(v, list) else v for v in values], dtype=dtype
            )
            for name, dtype, values in json.loads(text)
        }
    )
