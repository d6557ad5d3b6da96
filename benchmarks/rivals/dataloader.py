"""The usual way: skorch over a Dataset that augments by OpenCV, in a DataLoader."""

import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler
from torch.utils.data import DataLoader

from benchmarks.rivals.dataset import AugmentedFaces
from benchmarks.rivals.torch_loop import make_network

__all__ = ["train"]


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
