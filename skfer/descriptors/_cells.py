"""Histograms over the cells of a grid."""

import math

import numpy as np


def cell_histograms(bins, n_cells, n_bins, votes=None):
    """Sum the votes for each bin over the cells of a grid, (*n_cells, n_bins); None counts pixels.

    `bins` has one entry for each pixel, and `n_cells` says how many cells there are along each of
    its axes. They differ by a pixel where a side is no multiple; a side of fewer pixels leaves some
    empty.

    >>> cell_histograms(np.array([[0, 1, 1], [0, 0, 1]]), (1, 3), 2).tolist()
    [[[2, 0], [1, 1], [0, 2]]]
    """
    place = 0
    for n_pixels, n in zip(bins.shape, n_cells, strict=True):
        place = np.add.outer(place * n, np.arange(n_pixels) * n // n_pixels)
    place *= n_bins
    place += bins
    votes = None if votes is None else votes.ravel()
    sums = np.bincount(place.ravel(), votes, minlength=math.prod(n_cells) * n_bins)
    return sums.reshape(*n_cells, n_bins)


def count_pixels(shape, n_cells):
    """Count the pixels in each cell of a grid over an image of a shape."""
    return cell_histograms(np.zeros(shape, np.intp), n_cells, 1)[..., 0]
