"""The usual way: skorch over a Dataset that augments by OpenCV, in a DataLoader."""

import cv2
import numpy as np
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler
from torch.utils.data import DataLoader, Dataset

from benchmarks.rivals.torch_loop import make_network

__all__ = ["train"]


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
        scale = 1 + 0.05 * self.rng.normal()
        transform = cv2.getRotationMatrix2D(centre, 5 * self.rng.normal(), scale)
        transform[:, 2] += 0.03 * width * self.rng.normal(size=2)
        image = cv2.warpAffine(image, transform, (width, height), borderMode=cv2.BORDER_REPLICATE)
        if self.rng.random() < 0.5:
            image = image[:, ::-1]
        return torch.from_numpy(np.float32(image)[None] / 255), self.labels[index]


def train(images, labels, *, epochs=1, batch_size=32, device="cpu"):
    """Train C-SPP for some epochs.

    Parameters
    ----------
    images : ndarray of shape (n_images, 48, 48), dtype uint8
        The faces.
    labels : ndarray of shape (n_images,), dtype int64
        Class codes.
    epochs : int, default=1
        Passes over the faces.
    batch_size : int, default=32
        Faces in a batch.
    device : str, default="cpu"
        Where to train.

    Returns
    -------
    net : NeuralNetClassifier
        The trained net.
    """
    n_batches = -(-len(images) // batch_size)
    schedule = LRScheduler(
        torch.optim.lr_scheduler.OneCycleLR,
        max_lr=2e-3,
        total_steps=epochs * n_batches,
        step_every="batch",
    )
    net = NeuralNetClassifier(
        make_network(),
        criterion=torch.nn.CrossEntropyLoss,
        criterion__label_smoothing=0.12,
        optimizer=torch.optim.AdamW,
        optimizer__weight_decay=0.02,
        lr=2e-3,
        max_epochs=epochs,
        batch_size=batch_size,
        train_split=None,
        iterator_train=DataLoader,
        iterator_train__shuffle=True,
        callbacks=[schedule],
        device=device,
        verbose=0,
    )
    return net.fit(AugmentedFaces(images, labels), y=None)
