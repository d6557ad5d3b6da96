"""Faces that OpenCV warps one by one, as a Dataset of PyTorch."""

import cv2
import numpy as np
import torch
from torch.utils.data import Dataset

__all__ = ["AugmentedFaces"]


class AugmentedFaces(Dataset):
    """Faces, each warped by OpenCV when it is asked for.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width), dtype uint8
        The faces.
    labels : ndarray of shape (n_images,), dtype int64
        Class codes.
    """

    def __init__(self, images, labels):
        self.images = images
        self.labels = labels
        self.rng = np.random.default_rng(0)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.images[index]
        height, width = image.shape
        centre = ((width - 1) / 2, (height - 1) / 2)
        scale = 1 + 0.025 * self.rng.normal()
        transform = cv2.getRotationMatrix2D(centre, 2.5 * self.rng.normal(), scale)
        transform[:, 2] += 0.015 * width * self.rng.normal(size=2)
        image = cv2.warpAffine(image, transform, (width, height), borderMode=cv2.BORDER_REPLICATE)
        if self.rng.random() < 0.5:
            image = image[:, ::-1]
        return torch.from_numpy(np.float32(image)[None] / 255), self.labels[index]
