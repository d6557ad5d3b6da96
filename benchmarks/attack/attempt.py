"""What an attempt is, and the rules by which it fails."""

import os
from typing import NamedTuple


class Attempt(NamedTuple):
    """One attempt of an attack."""

    what: str  # was done
    outcome: str  # in a word, to be counted
    problem: str | None = None  # the promise that was broken


def judge(what, outcome, *, allowed, megabytes=None):
    """Turn the outcome of a victim into an attempt; `allowed` names documented exceptions."""
    problem = None
    if outcome.misdeeds:
        problem = f"code or files: {'; '.join(outcome.misdeeds)}"
    elif outcome.ending not in ("returned", "raised"):
        problem = f"{outcome.ending} {outcome.text}".strip()
    elif outcome.ending == "raised" and not set(allowed) & set(outcome.error):
        problem = f"undocumented {outcome.error[0]}: {outcome.text}"
    elif megabytes is not None and outcome.peak_mb > megabytes:
        problem = f"{outcome.peak_mb:.0f} MB of memory, {megabytes:.0f} allowed"
    return Attempt(what, outcome.error[0] if outcome.error else outcome.ending, problem)


def allowed_megabytes(path, pixels=0):
    """Return the memory that a file may ask for: 20 times its size and 64 MB.

    The pixels that an image announces come on top, up to the documented limit of 2**26: 5 bytes
    each, since OpenCV decodes some formats in colour first.
    """
    return (20 * os.path.getsize(path) + 5 * pixels) / 2**20 + 64


def read_tree(folder):
    """Return the bytes of all files below a folder, by relative name, hidden ones left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)
    }
