"""The files of the Extended Cohn-Kanade data set, read one by one."""

import re
from decimal import Decimal
from importlib.resources import files

import numpy as np

from skfer.datasets._labels import decode_expression

__all__ = ["official_sequences", "read_emotion", "read_eyes"]

NUMBER = re.compile(rb"\s*([0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?)\s*")
N_POINTS = 68
# Points 37 to 42 and 43 to 48 of the 68 go round the eyes, that on the left of the picture first.
EYES = slice(36, 42), slice(42, 48)


def official_sequences():
    """Name the labelled sequences of the official data set.

    Returns
    -------
    sequences : list of str
        327 names such as ``"S005_001"``, sorted.

    Examples
    --------
    >>> from skfer.datasets._layouts.ckplus_files import official_sequences
    >>> sequences = official_sequences()
    >>> len(sequences), sequences[0]
    (327, 'S005_001')
    """
    resource = files("skfer.datasets._layouts") / "resources" / "ckplus_sequences.txt"
    text = resource.read_text("ascii")
    lines = [line.split() for line in text.splitlines()]
    return [f"{subject}_{number}" for subject, *numbers in lines for number in numbers]


def read_emotion(file):
    r"""Read the expression from an emotion file.

    Parameters
    ----------
    file : Path
        A text of one number, such as ``3.0000000e+00``.

    Returns
    -------
    expression : str
        An expression other than neutral, with which all sequences begin and none ends.

    Raises
    ------
    ValueError
        If the file holds anything else.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.datasets._layouts.ckplus_files import read_emotion
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "S005_001_00000011_emotion.txt")
    ...     _ = file.write_text("   3.0000000e+00\n")
    ...     read_emotion(file)
    'disgust'
    """
    data = file.read_bytes()
    match = NUMBER.fullmatch(data)
    # Decimal, because float would round 3.00000000000000001 to 3.
    code = Decimal(match[1].decode("ascii")) if match else None
    if code is None or code not in range(1, 8):
        raise ValueError(
            f"'{file}' holds {data[:40]!r}; an emotion file of CK+ holds one number from 1 (anger) "
            "to 7 (surprise)."
        )
    return decode_expression(int(code), "ckplus")


def read_eyes(file):
    """Read the eye centres from a file of landmarks.

    Parameters
    ----------
    file : Path
        A text of 68 lines, x and y in pixels.

    Returns
    -------
    eyes : ndarray of shape (2, 2), dtype float64
        The means of the six points round each eye, (x, y) in pixels, that on the left of the
        picture first.

    Raises
    ------
    ValueError
        If the file holds anything else.
    """
    try:
        points = np.array(file.read_text("ascii").split(), dtype=float)
    except ValueError as error:
        raise ValueError(f"'{file}' is no file of landmarks: {error}.") from error
    if points.size != 2 * N_POINTS or not np.isfinite(points).all():
        raise ValueError(
            f"'{file}' holds {points.size} numbers; a file of landmarks holds {N_POINTS} points, "
            "x and y, all finite."
        )
    points = points.reshape(N_POINTS, 2)
    return np.stack([points[eye].mean(axis=0) for eye in EYES])
