"""What the networks share: contrast in front, features in the middle, a classifier behind."""

from collections import OrderedDict
from copy import deepcopy

import torch
from torch import nn

from skfer.networks._layers import LocalContrastNormalization


class BaseNetwork(nn.Module):
    """Base of the networks: ``classify(features(images))``.

    A subclass sets ``contrast`` through this constructor and in its own ``classify`` and ``trunk``,
    from normalized images to maps; or it writes ``_describe(images)``, which takes such images to
    feature rows.
    """

    contrast: nn.Module
    trunk: nn.Module
    classify: nn.Module

    def __init__(self, contrast_window: int | None):
        super().__init__()
        self.contrast = (
            nn.Identity()
            if contrast_window is None
            else LocalContrastNormalization(contrast_window)
        )

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the feature rows that the classifying layers see.

        Parameters
        ----------
        images : Tensor of shape (n_images, 1, height, width)
            Grey images, float.

        Returns
        -------
        features : Tensor of shape (n_images, n_features)
            One row per image.
        """
        return self._describe(self.contrast(images))

    def _describe(self, images):
        return self.trunk(images).flatten(1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Compute the scores of the classes, before the softmax.

        Parameters
        ----------
        images : Tensor of shape (n_images, 1, height, width)
            Grey images, float.

        Returns
        -------
        scores : Tensor of shape (n_images, n_classes)
            One row per image.
        """
        return self.classify(self.features(images))


def hidden_classifier(n_features, n_classes, *, hidden_units, dropout):
    """Make a hidden layer with dropout and an output layer."""
    return nn.Sequential(
        OrderedDict(
            hidden=nn.Linear(n_features, hidden_units),
            relu=nn.ReLU(inplace=True),
            dropout=nn.Dropout(dropout),
            output=nn.Linear(hidden_units, n_classes),
        )
    )


def count_features(trunk, image_size):
    """Return how many values layers give for one image of `image_size` (height, width)."""
    # Without memory: the size of an image may come from a file.
    trunk = deepcopy(trunk).to("meta").eval()
    try:
        return trunk(torch.zeros(1, 1, *image_size, device="meta")).numel()
    except RuntimeError as error:
        raise ValueError(
            f"image_size={tuple(image_size)} is too small for this network; give larger images."
        ) from error
