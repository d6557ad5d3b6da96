"""The images and videos behind files, folders and patterns."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from skfer.faces import VIDEO_SUFFIXES
from skfer.utils._files import identify
from skfer.utils._suffixes import HEIF_SUFFIXES, IMAGE_SUFFIXES, why_unread
from skfer.utils._text import natural_key


def find_inputs(paths: Iterable[str | Path]) -> tuple[list[str], list[tuple[str, str]]]:
    """Find images and videos.

    Parameters
    ----------
    paths : iterable of str or Path
        Files; folders, which are searched with all their sub-folders, but for hidden files; and
        patterns with ``*``, ``**``, ``?`` or ``[...]`` where there is no file of that name.

    Returns
    -------
    inputs : list of str
        The files that can be images or videos by their suffix, each once: in the order of `paths`,
        and within a folder as people count, ``img2`` before ``img10``.
    left_out : list of tuple of str
        Path and reason of each other file, and of each folder that cannot be listed.

    Raises
    ------
    FileNotFoundError
        If there is nothing at one of the `paths`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.inference import find_inputs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("img10.jpg", "img2.JPG", "clip.mp4", "notes.txt"):
    ...         Path(folder, name).touch()
    ...     inputs, left_out = find_inputs([folder])
    >>> [Path(path).name for path in inputs]
    ['clip.mp4', 'img2.JPG', 'img10.jpg']
    >>> [(Path(path).name, reason) for path, reason in left_out]
    [('notes.txt', 'neither an image nor a video')]
    """
    inputs, left_out, seen = [], [], set()
    for path in (os.fspath(path) for path in paths):
        for file, problem in _search(path):
            if (place := os.path.abspath(file)) in seen:  # 'in/a.png' and './in/a.png' are one
                continue
            seen.add(place)
            problem = problem or _find_problem(file)
            if problem:
                left_out.append((file, problem))
            else:
                inputs.append(file)
    return inputs, left_out


def _search(path):
    """Yield (file, problem) for what is at one path."""
    found = [path]
    if not os.path.lexists(path):
        found = sorted(glob.glob(path, recursive=True), key=natural_key)
    if not found:
        pattern = " that matches" if glob.has_magic(path) else ""
        raise FileNotFoundError(f"There is no file or folder{pattern} '{path}'.")
    for name in found:
        yield from _walk(name) if os.path.isdir(name) else [(name, "")]


def _walk(folder):
    """Yield the visible files below a folder; one that is reached twice is read once."""
    problems = []
    # What lies above is known too, so that a link upwards leads nowhere.
    seen = {identify(above): str(above) for above in Path(folder).resolve().parents}
    folders = os.walk(folder, followlinks=True, onerror=problems.append)
    for parent, names, files in folders:
        first = seen.setdefault(identify(parent), parent)
        if first != parent:
            names.clear()
            yield parent, f"the same folder as '{first}'"
            continue
        names[:] = sorted((name for name in names if name[0] != "."), key=natural_key)
        for name in sorted(files, key=natural_key):
            if name[0] != ".":
                yield os.path.join(parent, name), ""
    for problem in problems:
        yield problem.filename, problem.strerror


def _find_problem(path):
    suffix = os.path.splitext(path)[1].lower()
    if problem := why_unread(suffix):
        return problem
    if suffix not in (*IMAGE_SUFFIXES, *HEIF_SUFFIXES, *VIDEO_SUFFIXES):
        return "neither an image nor a video"
    if not os.path.isfile(path):
        return "not a regular file, or a link to nowhere"
    return ""
