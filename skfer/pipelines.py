"""The published systems as pipelines, one call each."""

import inspect

import torch
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.alignment import LOPES_CROP, SQUARE_CROP, EyeLocator, FaceAligner
from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.descriptors import GaborDescriptor, PixelDescriptor
from skfer.networks import CSPPNet
from skfer.preprocessing import IntensityNormalizer

__all__ = [
    "make_cspp_pipeline",
    "make_gabor_svm_pipeline",
    "make_network_pipeline",
    "make_pixel_knn_pipeline",
]

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


def make_cspp_pipeline(*, align="eyes", recipe="default", random_state=None, **parameters):
    """Make the C-SPP system: alignment, augmentation, contrast and network.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs: eyes that are not known are located, then each face is
        rotated, cropped and resized to 48 x 48. None for faces that are cropped already.
    recipe : {"default", "paper"}, default="default"
        ``"default"`` warps the training faces again for each batch and normalizes their contrast
        inside the network. ``"paper"`` follows Li et al. (2019) [1]_, section 4.1 and Table 2:
        each training face and 70 copies with noise on their eyes, contrast normalization, and
        stochastic gradient descent; about a hundred times slower.
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
    network, *, align="eyes", recipe="default", random_state=None, **parameters
):
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


def make_gabor_svm_pipeline(*, align="eyes", C=1.0):
    """Make the Gabor + SVM system, the common baseline of the field.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.
    C : float, default=1.0
        Inverse regularization of the linear support vector machine.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    Examples
    --------
    >>> from skfer.pipelines import make_gabor_svm_pipeline
    >>> [name for name, _ in make_gabor_svm_pipeline().steps]
    ['locate', 'align', 'describe', 'scale', 'classify']
    """
    return Pipeline(
        [
            *_alignment(align, crop=SQUARE_CROP),
            ("describe", GaborDescriptor()),
            ("scale", StandardScaler()),
            ("classify", SVC(kernel="linear", C=C)),
        ]
    )


def make_pixel_knn_pipeline(*, align="eyes"):
    """Make the nearest neighbour on pixels, which shows how much a split leaks.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    Examples
    --------
    >>> from skfer.pipelines import make_pixel_knn_pipeline
    >>> [name for name, _ in make_pixel_knn_pipeline(align=None).steps]
    ['describe', 'classify']
    """
    return Pipeline(
        [
            *_alignment(align),
            ("describe", PixelDescriptor()),
            ("classify", KNeighborsClassifier(n_neighbors=1)),
        ]
    )


def _network_pipeline(kind, network, align, recipe, random_state, parameters):
    if recipe not in _RECIPES:
        raise ValueError(f"recipe={recipe!r}; expected one of {list(_RECIPES)}.")
    accepted = inspect.signature(network).parameters
    chosen = {
        name: value
        for name, value in _RECIPES[recipe].items()
        if not name.startswith("network__") or name.removeprefix("network__") in accepted
    }
    classifier = kind(network, **chosen | {"random_state": random_state} | parameters)
    if recipe == "default":
        # The margin keeps the warps of the training faces inside the picture.
        alignment = _alignment(align, margin=0.125)
        if alignment and classifier.input_size is None:
            classifier.set_params(input_size=(48, 48))
        return Pipeline([*alignment, ("classify", classifier)])
    sampler = EyeJitterSampler(70, sigma=0.03, aligned=align is None, random_state=random_state)
    jitter = ("jitter", sampler)
    alignment = _alignment(align)
    normalize = ("normalize", IntensityNormalizer())
    return SamplingPipeline(
        [*alignment[:1], jitter, *alignment[1:], normalize, ("classify", classifier)]
    )


def _alignment(align, *, crop=LOPES_CROP, margin=0.0):
    if align is None:
        return []
    if align != "eyes":
        raise ValueError(f"align={align!r}; expected 'eyes' or None.")
    aligner = FaceAligner((48, 48), crop=crop, margin=margin)
    return [("locate", EyeLocator()), ("align", aligner)]
