"""The state and the index of saved faces, two JSON files beside the array."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from skfer.utils._files import atomic_path

__all__ = [
    "check_name",
    "format_index",
    "index_file",
    "parse_index",
    "read_state",
    "write_state",
]

FORMAT = "skfer saved faces 2"


def read_state(file):
    """Read what `write_state` wrote; refuse anything else."""
    path = file.with_suffix(".json")
    try:
        state = json.loads(path.read_bytes())
    except ValueError:
        state = None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise ValueError(f"'{path}' was not written by save_faces in the format '{FORMAT}'.")
    return state


def write_state(file, state):
    """Write the state of saved faces, the whole or nothing of it."""
    with atomic_path(file.with_suffix(".json")) as path:
        path.write_text(json.dumps({"format": FORMAT} | state, indent=1) + "\n")


def index_file(file):
    """Return the name of the index of saved faces."""
    return file.with_suffix(".index.json")


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


def check_name(file):
    """Return the name of saved faces as a Path; it must end with .npy."""
    file = Path(file)
    if file.suffix != ".npy":
        raise ValueError(f"'{file}': the name of saved faces ends with .npy.")
    return file
