"""A classifier over a network as JSON and tensors, and back."""

import numpy as np
import torch
from skorch.history import History

from skfer import networks as _networks
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.persistence._values import decode_array, decode_value, encode_array, encode_value
from skfer.utils._torch_runtime import resolve_device, seeded

__all__ = ["CLASSIFIERS", "decode_network_classifier", "encode_network_classifier"]

CLASSIFIERS = {kind.__name__: kind for kind in (CSPPClassifier, NetworkClassifier)}

_NETWORKS = [
    getattr(_networks, name) for name in _networks.__all__ if name.endswith("Net")
]  # plain functions and layers are none

# Parameters that belong to a session: they are not saved, and each has this value when loaded.
_OF_THE_SESSION = {"callbacks": None, "compile": False, "device": "auto", "verbose": 0}

_LARGEST_BUFFER = 10**6


def encode_network_classifier(classifier):
    """Split a fitted classifier into plain values and tensors.

    Parameters
    ----------
    classifier : CSPPClassifier or NetworkClassifier
        Fitted.

    Returns
    -------
    description : dict
        For ``json.dumps``.
    tensors : dict of str to Tensor
        The weights, on the CPU.

    Raises
    ------
    TypeError
        If a parameter or the labels cannot be written down.
    """
    own = getattr(classifier, "network", None)
    name = getattr(own, "__name__", None)
    if own not in _NETWORKS and name in [network.__name__ for network in _NETWORKS]:
        raise TypeError(f"{name!r} is the name of a network of skfer; give your own another name.")
    known = [*_NETWORKS, own]
    parameters = classifier.get_params(deep=False)
    if isinstance(parameters["random_state"], np.random.RandomState):
        parameters["random_state"] = None
    description = {
        "class": type(classifier).__name__,
        "parameters": {
            name: encode_value(value, known)
            for name, value in parameters.items()
            if name not in _OF_THE_SESSION
        },
        "classes": encode_array(classifier.classes_),
        "image_shape": list(classifier.image_shape_),
        "history": [
            {name: encode_value(value) for name, value in epoch.items() if name != "batches"}
            for epoch in classifier.net_.history
        ],
    }
    for name in ("feature_names_in_", "validation_subjects_"):
        if hasattr(classifier, name):
            description[name] = encode_array(getattr(classifier, name))
    return description, {
        name: tensor.cpu().contiguous()
        for name, tensor in classifier.net_.network.state_dict().items()
    }


def decode_network_classifier(description, tensors, *, networks, device):
    """Build a fitted classifier from plain values and tensors.

    Parameters
    ----------
    description : dict
        As `encode_network_classifier` gave it.
    tensors : dict of str to Tensor
        The weights.
    networks : list of type
        Networks of the user's own that may be built.
    device : str
        Where the network goes.

    Returns
    -------
    classifier : CSPPClassifier or NetworkClassifier
        Fitted.

    Raises
    ------
    ValueError
        If the values are not those of a classifier, or do not fit the weights.
    """
    known = [*_NETWORKS, *networks]
    parameters = {
        name: decode_value(value, known) for name, value in description["parameters"].items()
    }
    session = _OF_THE_SESSION | {"device": device}
    classifier = CLASSIFIERS[description["class"]](**parameters, **session)
    classifier._validate_params()
    classifier.classes_ = decode_array(description["classes"])
    if not np.array_equal(classifier.classes_, np.unique(classifier.classes_)):
        raise ValueError("the labels are not sorted, or not different")
    height, width = (int(side) for side in description["image_shape"])
    if not (0 < height < 2**15 and 0 < width < 2**15):
        raise ValueError(f"image_shape={(height, width)} is none of an image")
    classifier.image_shape_ = (height, width)
    classifier.n_features_in_ = height * width
    classifier._check_input_size()
    for name in ("feature_names_in_", "validation_subjects_"):
        if name in description:
            setattr(classifier, name, decode_array(description[name]))
    _check_weights(classifier, tensors)
    where = resolve_device(device)
    with seeded(0, where) as seed:
        net = classifier._build_net(n_images=2, device=where, seed=seed).initialize()
    classifier.net_ = net
    net.network.eval().load_state_dict(tensors)
    net.history_ = History(
        {str(name): decode_value(value) for name, value in row.items()}
        for row in description["history"]
    )
    return classifier


def _check_weights(classifier, tensors):
    """Compare the weights with those of the network, before any memory is taken for it."""
    empty = [name for name, tensor in tensors.items() if tensor.numel() == 0]
    if empty:
        raise ValueError(f"weight {empty[0]!r} is empty")
    with torch.device("meta"):
        network = classifier._build_network(max(2, len(classifier.classes_)))
    expected = network.state_dict()
    if expected.keys() != tensors.keys():
        odd = sorted(expected.keys() ^ tensors.keys())
        raise ValueError(f"the weights do not fit the network; {odd[0]!r} is on one side only")
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape or tensor.dtype != expected[name].dtype:
            raise ValueError(
                f"weight {name!r} is {tuple(tensor.shape)}, {tensor.dtype}; the network has "
                f"{tuple(expected[name].shape)}, {expected[name].dtype}"
            )
    if any(buffer.numel() > _LARGEST_BUFFER for _, buffer in network.named_buffers()):
        raise ValueError("the network would need more memory than its weights")
