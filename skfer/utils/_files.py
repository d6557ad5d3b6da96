"""Files that are there whole or not at all."""

import errno
import os
import secrets
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = ".skfer-"
_SECONDS_LEFT = 3600  # nobody writes to one file for so long without a pause


@contextmanager
def atomic_path(path, *, one_of_many=False):
    """Yield a path beside `path` to write to; it takes the place of `path` once it is on the disk.

    If the block fails, `path` stays as it was. Two writers never share the file they write to. What
    killed ones have left is removed an hour later. For `one_of_many` files that the same call would
    write again, there is neither this look nor a wait for the disk.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not one_of_many:
        _remove_left(path.parent)
    # The suffix stays the last, since some writers choose the format by it.
    beside = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}{path.suffix}")
    try:
        yield beside
        if not one_of_many:
            with open(beside, "rb+") as file:
                os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            remedy = f"{error.strerror}; what was there is kept: make room and repeat the call"
            raise OSError(error.errno, remedy, str(path)) from error
        if str(error.filename) == str(beside):  # a name that means nothing to the user
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        beside.unlink(missing_ok=True)


def identify(path):
    """Return device and inode, which are equal for two paths to one file or folder."""
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _remove_left(folder):
    for left in folder.glob(f"{_PREFIX}{'[0-9a-f]' * 16}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _SECONDS_LEFT:
                left.unlink()


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
