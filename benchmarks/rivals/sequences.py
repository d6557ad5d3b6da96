"""The descriptors of sequences as loops over planes, cells and modes, with OpenCV and SciPy."""

import cv2
import numpy as np
from scipy.linalg import logm
from scipy.stats import multivariate_normal

_BANDS = (0.0, 0.2, 0.4, 0.65, 1.0)


def phog_top_with_opencv(frames):
    """Describe three kinds of planes of four bands by PHOGs with edges, plane by plane."""
    height = frames.shape[1]
    features = []
    for top, bottom in zip(_BANDS, _BANDS[1:], strict=False):
        block = frames[:, round(top * height) : round(bottom * height)]
        for axis in range(3):
            planes = [
                np.ascontiguousarray(np.take(block, index, axis))
                for index in range(block.shape[axis])
            ]
            features.append(np.mean([phog_with_opencv(plane) for plane in planes], axis=0))
    return np.concatenate(features)


def phog_with_opencv(plane, n_orientations=20, n_levels=3, quantile=0.7):
    """Describe one plane by orientations of its edges, cell by cell."""
    dx, dy = _gradients(plane)
    magnitudes = np.hypot(dx, dy)
    scale = 2**14 / max(np.abs(dx).max(), np.abs(dy).max(), 1e-12)
    upper = scale * np.quantile(magnitudes, quantile)
    across, down = (np.rint(scale * part).astype(np.int16) for part in (dx, dy))
    magnitudes *= cv2.Canny(across, down, 0.4 * upper, upper, L2gradient=True) > 0
    turns = (np.arctan2(dy, dx) / (2 * np.pi) + 1e-4 / n_orientations) % 1
    height, width = plane.shape
    rows, columns = np.arange(height), np.arange(width)
    features = []
    for level in range(n_levels):
        for row, column in np.ndindex(2**level, 2**level):
            cell = np.ix_(rows * 2**level // height == row, columns * 2**level // width == column)
            votes = magnitudes[cell]
            features.append(np.histogram(turns[cell], n_orientations, (0, 1), weights=votes)[0])
    features = np.concatenate(features)
    return features / max(features.sum(), 1e-12)


def flow_with_opencv(frames, n_rows=6, n_columns=6, n_orientations=8, n_segments=4):
    """Describe the flow between frames by directions, frame by frame and cell by cell."""
    frames = frames.astype(float) - frames.min()
    frames = np.rint(255 * (frames / max(frames.max(), 1e-12))).astype(np.uint8)
    dis = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    dis.setFinestScale(0)
    height, width = frames.shape[1:]
    rows, columns = np.arange(height) * n_rows // height, np.arange(width) * n_columns // width
    histograms = []
    for before, after in zip(frames, frames[1:], strict=False):
        flow = dis.calc(before, after, None).astype(float)
        length = np.hypot(flow[..., 0], flow[..., 1])
        position = np.arctan2(flow[..., 1], flow[..., 0]) / (2 * np.pi) * n_orientations
        lower = np.floor(position)
        share = position - lower
        for row, column in np.ndindex(n_rows, n_columns):
            cell = np.ix_(rows == row, columns == column)
            for first in (0, 1):
                votes = length[cell] * (share[cell] if first else 1 - share[cell])
                bins = (lower[cell] + first).astype(int) % n_orientations
                counts = np.bincount(bins.ravel(), votes.ravel(), n_orientations)
                histograms.append(counts / votes.size)
    n_pairs = len(frames) - 1
    histograms = np.reshape(histograms, (n_pairs, -1, 2, n_orientations)).sum(axis=2)
    bounds = [part * n_pairs // n_segments for part in range(n_segments + 1)]
    return np.ravel(
        [histograms[a:b].mean(axis=0) for a, b in zip(bounds, bounds[1:], strict=False)]
    )


def expressionlets_with_scipy(frames, pca, mixture, n_best=8, regularization=0.01):
    """Describe local features by the log-covariances of a fitted mixture, mode by mode."""
    features, places = _local_features(frames)
    points = np.hstack([pca.transform(features), (places - 0.5) * np.sqrt(12)])
    described = []
    for mean, variances in zip(mixture.means_, mixture.covariances_, strict=True):
        density = multivariate_normal.logpdf(points, mean, np.diag(variances))
        best = points[np.argsort(density)[::-1][:n_best]]
        covariance = np.cov(best.T) + regularization * np.eye(points.shape[1])
        logarithm = logm(covariance).real
        for row in range(len(logarithm)):
            described.append(logarithm[row, row])
            described.extend(np.sqrt(2) * logarithm[row, row + 1 :])
    return np.array(described)


def _local_features(frames, cell_shape=(2, 8, 8), n_orientations=8):
    """Histogram the gradients of each cell, and join those of 2 x 2 x 2 cells."""
    gradients = [_gradients(frame) for frame in frames]
    lengths = np.array([np.hypot(dx, dy) for dx, dy in gradients])
    turns = np.array([np.arctan2(dy, dx) for dx, dy in gradients]) / (2 * np.pi)
    turns = (turns + 1e-4 / n_orientations) % 1
    n_cells = [side // size for side, size in zip(frames.shape, cell_shape, strict=True)]
    cells = np.empty((*n_cells, n_orientations))
    for index in np.ndindex(*n_cells):
        cell = tuple(slice(i * n, (i + 1) * n) for i, n in zip(index, cell_shape, strict=True))
        votes = lengths[cell]
        counts = np.histogram(turns[cell], n_orientations, (0, 1), weights=votes)[0]
        cells[index] = counts / votes.size
    features, places = [], []
    for t, y, x in np.ndindex(*(n - 1 for n in n_cells)):
        block = cells[t : t + 2, y : y + 2, x : x + 2].ravel()
        features.append(block / np.sqrt((block**2).sum() + 0.01))
        places.append([(t + 1) / n_cells[0], (y + 1) / n_cells[1], (x + 1) / n_cells[2]])
    return np.array(features), np.array(places)


def _gradients(plane):
    """Return the gradients of a plane that is stretched to 0..1."""
    plane = plane.astype(float) - plane.min()
    plane = (plane / (plane.max() or 1.0)).astype(np.float32)
    border = cv2.BORDER_REPLICATE
    return (
        cv2.Sobel(plane, cv2.CV_32F, 1, 0, borderType=border),
        cv2.Sobel(plane, cv2.CV_32F, 0, 1, borderType=border),
    )
