"""Files that are there whole or not at all."""

import os
import secrets
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def atomic_path(path):
    """Yield a path beside `path` to write to; it takes the place of `path` once it is on the disk.

    If the block fails, `path` stays as it was. Two processes never share the file they write to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The suffix stays the last, since some writers choose the format by it.
    beside = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        yield beside
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def only_writer(path):
    """Let one process at a time write to `path`; the lock, a file beside, ends with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        held = FileLock(path.with_name(f".{path.name}.lock"), timeout=0).acquire()
    except Timeout as error:
        raise TimeoutError(f"'{path}' is being written by another process; wait for it.") from error
    with held:
        yield
