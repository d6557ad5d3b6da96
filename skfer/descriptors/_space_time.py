"""Histograms of gradients in small blocks of a sequence, and where these are."""

from numbers import Integral

import numpy as np

from skfer.descriptors._cells import cell_histograms, count_pixels
from skfer.descriptors._phog import orientation_bins, sobel_gradients

# Added to the length of a block, in quadrature, so that noise in a flat block does not become as
# strong as an edge: white to black over a cell of 8 pixels is about 1 long.
_LEAST_MEAN = 0.1


def check_cell_shape(cell_shape):
    """Refuse a cell that is not three whole numbers of at least 1."""
    counts = [isinstance(size, Integral) and size >= 1 for size in cell_shape]
    if len(counts) != 3 or not all(counts):
        raise ValueError(
            f"cell_shape={cell_shape!r}; expected three whole numbers of at least 1: frames, rows "
            "and columns."
        )


def space_time_features(frames, cell_shape, n_orientations):
    """Take frames (n_frames, height, width) to features of blocks of 2 x 2 x 2 cells.

    Returns features (n_blocks, 8 * n_orientations) of length 1 at most, and places (n_blocks, 3):
    time, y and x of the centres as fractions of the sequence.

    >>> features, places = space_time_features(np.zeros((6, 24, 24)), (2, 8, 8), 8)
    >>> features.shape, places[0].round(2).tolist()
    ((8, 64), [0.33, 0.33, 0.33])
    """
    dx, dy = sobel_gradients(frames)
    votes = np.hypot(dx, dy)
    bins = orientation_bins(dx, dy, votes, n_orientations, 360)
    n_cells = [max(1, round(n / size)) for n, size in zip(frames.shape, cell_shape, strict=True)]
    cells = cell_histograms(bins, n_cells, n_orientations, votes)
    cells /= count_pixels(bins.shape, n_cells)[..., None]
    # Where there is one cell along an axis, it is both of the block.
    cells = np.pad(cells, [(0, int(n == 1)) for n in n_cells] + [(0, 0)], mode="edge")
    blocks = np.lib.stride_tricks.sliding_window_view(cells, (2, 2, 2), axis=(0, 1, 2))
    shape = blocks.shape[:3]
    features = blocks.transpose(0, 1, 2, 4, 5, 6, 3).reshape(-1, 8 * n_orientations)
    length = np.sqrt(np.square(features).sum(axis=1, keepdims=True) + _LEAST_MEAN**2)
    centres = [
        (np.arange(n) + 1) / cells for n, cells in zip(shape, np.maximum(n_cells, 2), strict=True)
    ]
    places = np.stack(np.meshgrid(*centres, indexing="ij"), axis=-1).reshape(-1, 3)
    return features / length, places
