"""The networks as pipelines: C-SPP and those it is compared with."""

import inspect
from collections.abc import Callable
from typing import Any, Literal

import torch
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.pipeline import Pipeline
from torch import nn

from skfer._typing import RandomState
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.networks import CSPPNet, SongNet
from skfer.pipelines._alignment import alignment_steps
from skfer.preprocessing import IntensityNormalizer
from skfer.utils._choice import check_choice

# Table 2 of the C-SPP paper; it names neither batch normalization nor weight decay. Parameters of
# the network are left out where it has none of that name.
_RECIPES = {
    "default": {},
    "paper": {
        "lr": 0.0009,
        "max_epochs": 50,
        "batch_size": 128,
        "optimizer": torch.optim.SGD,
        "optimizer__momentum": 0.9,
        "optimizer__weight_decay": None,
        "lr_scheduler": None,
        "true_class_probability": 0.9,
        "augmentation": None,
        "network__batch_norm": False,
        "network__dropout": 0.5,
        "network__contrast_window": None,
    },
}


def make_cspp_pipeline(
    *,
    align: Literal["eyes"] | None = "eyes",
    recipe: Literal["default", "paper"] = "default",
    random_state: RandomState = None,
    **parameters: Any,
) -> Pipeline:
    """Make the C-SPP system: alignment, augmentation, contrast and network.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs: eyes that are not known are located, then each face is
        rotated, cropped and resized to 48 x 48. None for faces that are cropped already.
    recipe : {"default", "paper"}, default="default"
        ``"default"`` warps the training faces again for each batch, except in the last epochs,
        and normalizes their contrast inside the network. ``"paper"`` follows Li et al. (2019)
        [1]_, section 4.1 and Table 2: each training face and 70 copies with noise on their eyes,
        contrast normalization, and stochastic gradient descent; about a hundred times slower.
    random_state : int, RandomState instance or None, default=None
        Seed of the augmentation and of the network.
    **parameters : dict
        Parameters of :class:`~skfer.classifiers.CSPPClassifier` that differ from the recipe,
        such as ``network__dropout``.

    Returns
    -------
    pipeline : Pipeline
        Unfitted; with ``recipe="paper"`` a pipeline of imbalanced-learn, which runs samplers in
        ``fit`` only.

    References
    ----------
    .. [1] Li et al. (2019). Subject independent facial expression recognition: cross-connection
       and spatial pyramid pooling convolutional neural network. IVSP.

    Examples
    --------
    >>> from skfer.pipelines import make_cspp_pipeline
    >>> [name for name, _ in make_cspp_pipeline().steps]
    ['locate', 'align', 'classify']
    >>> [name for name, _ in make_cspp_pipeline(align=None, recipe="paper").steps]
    ['jitter', 'normalize', 'classify']
    """
    return _network_pipeline(CSPPClassifier, CSPPNet, align, recipe, random_state, parameters)


def make_network_pipeline(
    network: Callable[..., nn.Module],
    *,
    align: Literal["eyes"] | None = "eyes",
    recipe: Literal["default", "paper"] = "default",
    random_state: RandomState = None,
    **parameters: Any,
) -> Pipeline:
    """Make the same system over another network, such as the steps that led to C-SPP.

    Parameters
    ----------
    network : type
        One of :mod:`skfer.networks`, or as :class:`~skfer.classifiers.NetworkClassifier` takes
        it.
    align : {"eyes"} or None, default="eyes"
        As in :func:`make_cspp_pipeline`.
    recipe : {"default", "paper"}, default="default"
        As in :func:`make_cspp_pipeline`; the parts of the paper's recipe that are parameters of
        the network are given to it if it has them.
    random_state : int, RandomState instance or None, default=None
        Seed of the augmentation and of the network.
    **parameters : dict
        Parameters of :class:`~skfer.classifiers.NetworkClassifier` that differ from the recipe.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    Examples
    --------
    >>> from skfer.networks import LopesNet
    >>> from skfer.pipelines import make_network_pipeline
    >>> benchmark = make_network_pipeline(LopesNet, recipe="paper", network__padding="same")
    >>> benchmark["classify"].network__batch_norm
    False
    """
    return _network_pipeline(NetworkClassifier, network, align, recipe, random_state, parameters)


def make_song_pipeline(
    *, align: Literal["eyes"] | None = "eyes", random_state: RandomState = None, **parameters: Any
) -> Pipeline:
    """Make the network of Song et al. (2014) [1]_ with the default recipe.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        As in :func:`make_cspp_pipeline`.
    random_state : int, RandomState instance or None, default=None
        Seed of the augmentation and of the network.
    **parameters : dict
        Parameters of :class:`~skfer.classifiers.NetworkClassifier` that differ from the recipe.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    References
    ----------
    .. [1] I. Song, H. J. Kim and P. B. Jeon, "Deep learning for real-time robust facial expression
       recognition on a smartphone", ICCE 2014.

    Examples
    --------
    >>> from skfer.pipelines import make_song_pipeline
    >>> make_song_pipeline(align=None)["classify"].network.__name__
    'SongNet'
    """
    return make_network_pipeline(SongNet, align=align, random_state=random_state, **parameters)


def _network_pipeline(kind, network, align, recipe, random_state, parameters):
    check_choice("recipe", recipe, _RECIPES)
    accepted = inspect.signature(network).parameters
    chosen = {
        name: value
        for name, value in _RECIPES[recipe].items()
        if not name.startswith("network__") or name.removeprefix("network__") in accepted
    }
    classifier = kind(network, **chosen | {"random_state": random_state} | parameters)
    if recipe == "default":
        # The margin keeps the warps of the training faces inside the picture.
        alignment = alignment_steps(align, margin=0.125)
        if alignment and classifier.input_size is None:
            classifier.set_params(input_size=(48, 48))
        return Pipeline([*alignment, ("classify", classifier)])
    sampler = EyeJitterSampler(70, sigma=0.03, aligned=align is None, random_state=random_state)
    jitter = ("jitter", sampler)
    alignment = alignment_steps(align)
    normalize = ("normalize", IntensityNormalizer())
    return SamplingPipeline(
        [*alignment[:1], jitter, *alignment[1:], normalize, ("classify", classifier)]
    )
