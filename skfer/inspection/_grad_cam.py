"""Grad-CAM: where the last convolution of a network looks."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted
from torch import nn
from torch.nn import functional as F

from skfer._typing import Array, Images
from skfer.classifiers import NetworkClassifier
from skfer.inspection._occlusion import explained_classes
from skfer.utils._validation import check_images


def grad_cam(
    classifier: NetworkClassifier,
    X: Images,
    *,
    labels: ArrayLike | None = None,
    layer: str | None = None,
) -> Array:
    """Weigh the feature maps of a layer by the gradient of a label's score.

    Parameters
    ----------
    classifier : CSPPClassifier or NetworkClassifier
        Fitted; of a pipeline the last step.
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Aligned faces, as the classifier takes them.
    labels : array-like of shape (n_images,), default=None
        Label explained for each face; None takes the one predicted.
    layer : str, default=None
        Name of a layer in ``classifier.net_.module_.named_modules()`` with maps as output; None
        takes the last convolution.

    Returns
    -------
    maps : ndarray of shape (n_images, height, width), dtype float32
        The positive part of the weighted sum, bilinearly enlarged, from 0 to 1 for each face (all
        0 where nothing supports the label). Zero in the margin around `input_size`.

    Raises
    ------
    TypeError
        If the classifier has no network.
    ValueError
        If the network has no such layer, or a label is unknown.

    References
    ----------
    .. [1] Selvaraju et al. (2017). Grad-CAM: visual explanations from deep networks via
       gradient-based localization. ICCV, equations 1 and 2.

    Examples
    --------
    >>> from skfer.classifiers import CSPPClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.inspection import grad_cam
    >>> from skfer.alignment import FaceAligner
    >>> X, y, _ = make_faces(2, 2, expressions=("happy", "sad"), random_state=0, return_X_y=True)
    >>> X = FaceAligner((48, 48)).fit_transform(X)
    >>> classifier = CSPPClassifier(max_epochs=1, random_state=0).fit(X, y)
    >>> grad_cam(classifier, X[:3]).shape
    (3, 48, 48)
    """
    if not isinstance(classifier, NetworkClassifier):
        raise TypeError(
            f"{type(classifier).__name__} has no network; give a CSPPClassifier or "
            "NetworkClassifier, of a pipeline the last step, or use occlusion_maps."
        )
    check_is_fitted(classifier)
    classes = explained_classes(classifier, X, labels)
    pixels = check_images(classifier, X, reset=False).images
    net = classifier.net_
    module = net.network
    chosen = _find_layer(module, layer)
    batches = net.get_iterator(net.get_dataset(pixels, classes), training=False)
    maps = np.concatenate(
        [_batch_maps(module, chosen, images, columns) for images, columns in batches]
    )
    return _place(maps, pixels.shape[1:])


def _find_layer(module, name):
    layers = dict(module.named_modules())
    if name is not None:
        if name not in layers:
            raise ValueError(f"The network has no layer {name!r}; it has {list(layers)[1:]}.")
        return layers[name]
    convolutions = [layer for layer in layers.values() if isinstance(layer, nn.Conv2d)]
    if not convolutions:
        raise ValueError("The network has no convolution; name a layer with maps.")
    return convolutions[-1]


def _batch_maps(module, layer, images, columns):
    seen = {}
    # Cloned, since a ReLU behind the layer may write into its output.
    handle = layer.register_forward_hook(
        lambda layer, inputs, output: seen.setdefault("maps", output).clone()
    )
    try:
        with torch.enable_grad():
            scores = module(images.requires_grad_())
            if "maps" not in seen:
                raise ValueError("The network does not call this layer as a whole; name one of it.")
            score = scores.gather(1, columns[:, None]).sum()
            (gradient,) = torch.autograd.grad(score, seen["maps"])
    finally:
        handle.remove()
    if gradient.ndim != 4:
        raise ValueError(f"Layer {layer} gives no maps, but shape {tuple(gradient.shape)}.")
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    maps = (weights * seen["maps"]).sum(dim=1, keepdim=True).relu().detach()
    maps = F.interpolate(maps, images.shape[2:], mode="bilinear", align_corners=False)
    largest = maps.amax(dim=(2, 3), keepdim=True)
    return torch.where(largest > 0, maps / largest, 0.0)[:, 0].cpu().numpy()


def _place(maps, shape):
    top, left = ((whole - part) // 2 for whole, part in zip(shape, maps.shape[1:], strict=True))
    placed = np.zeros((len(maps), *shape), np.float32)
    placed[:, top : top + maps.shape[1], left : left + maps.shape[2]] = maps
    return placed
