"""Histograms of oriented gradients in patches around landmarks."""

import numpy as np

from skfer.utils._opencv import cv2

GRID = 3  # cells along each side of a patch
N_DIRECTIONS = 8
N_PATCH_FEATURES = GRID * GRID * N_DIRECTIONS
_ANGLES = np.arange(N_DIRECTIONS // 2) * (2 * np.pi / N_DIRECTIONS)
_STEPS = np.arange(GRID) - (GRID - 1) / 2
_OFFSETS = np.stack(np.meshgrid(_STEPS, _STEPS), axis=-1).reshape(-1, 2)


def describe_patches(image, points, cell):
    """Describe the surroundings of each point (n_points, 2) by N_PATCH_FEATURES numbers."""
    channels = [
        cv2.blur(channel, (cell, cell), borderType=cv2.BORDER_REPLICATE)
        for channel in _direction_channels(image)
    ]
    places = (points[:, None] + cell * _OFFSETS).reshape(-1, 2)
    cells = _sample(np.stack(channels), places).T.reshape(len(points), -1)
    length = np.sqrt((cells * cells).sum(axis=1, keepdims=True))
    # A patch without structure stays near zero instead of showing its noise.
    return (cells / (length + 0.05 * length.mean() + 1e-6)).ravel()


def _direction_channels(image):
    dx = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=1, borderType=cv2.BORDER_REPLICATE)
    dy = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=1, borderType=cv2.BORDER_REPLICATE)
    for angle in _ANGLES:
        along = np.float32(np.cos(angle)) * dx + np.float32(np.sin(angle)) * dy
        yield np.maximum(along, 0)
        yield np.maximum(-along, 0)


def _sample(channels, places):
    height, width = channels.shape[1:]
    x = np.clip(places[:, 0], 0, width - 1.001)
    y = np.clip(places[:, 1], 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    u, v = (x - left).astype(np.float32), (y - top).astype(np.float32)
    upper = channels[:, top, left] * (1 - u) + channels[:, top, left + 1] * u
    lower = channels[:, top + 1, left] * (1 - u) + channels[:, top + 1, left + 1] * u
    return upper * (1 - v) + lower * v
