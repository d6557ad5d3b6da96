"""Landmark files of WebMorph and Psychomorph."""

import numpy as np

__all__ = ["read_webmorph_template"]


def read_webmorph_template(file):
    r"""Read the points of a template file (``.tem``).

    Parameters
    ----------
    file : Path
        Text: the number of points, then x and y of each in pixels, y downwards. The lines that
        follow, which join points to contours, are not read.

    Returns
    -------
    points : ndarray of shape (n_points, 2), dtype float64
        Of the 189 points of the London set, the first two are the pupils, that on the left of the
        picture first.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no template.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.datasets._layouts.webmorph import read_webmorph_template
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "001_03.tem")
    ...     _ = file.write_text("2\n565.0\t632.0\n778.0\t624.0\n0\n")
    ...     read_webmorph_template(file)
    array([[565., 632.],
           [778., 624.]])
    """
    try:
        n_points, *numbers = file.read_text().split()
        # A file cut short has too few for the shape.
        points = np.array(numbers[: 2 * int(n_points)], dtype=float).reshape(int(n_points), 2)
    except ValueError as error:
        raise ValueError(f"'{file}' is no WebMorph template: {error}.") from error
    if not np.isfinite(points).all():
        raise ValueError(f"'{file}' is no WebMorph template: it has points that are no numbers.")
    return points
