"""Networks taken out of a model, as safetensors, and put back."""

import json
from copy import deepcopy

import numpy as np
import pandas as pd
import safetensors.torch
import torch
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline
from skorch import NeuralNet
from skorch.history import History

from skfer import networks as _networks
from skfer.classifiers import CSPPClassifier, NetworkClassifier
from skfer.utils._torch_runtime import resolve_device, seeded

NETWORK_CLASSIFIERS = (CSPPClassifier, NetworkClassifier)

# Parameters that belong to a session: they are not saved, and each has this value when loaded.
_OF_THE_SESSION = {"callbacks": None, "compile": False, "device": "auto", "verbose": 0}

_OF_SCIKIT_LEARN = {"_metadata_request", "_sklearn_output_config"}

_LARGEST_BUFFER = 10**6
_LARGEST_MARGIN = 99  # pixels that a contrast window may reach beyond a small image

_KNOWN_CLASSES = {
    name: kind
    for module, base in ((torch.optim, torch.optim.Optimizer), (_networks, torch.nn.Module))
    for name, kind in vars(module).items()
    if isinstance(kind, type) and issubclass(kind, base) and not name.startswith("_")
}


def detach_networks(model):
    """Copy a model without networks and session; return it and the networks as files by name."""
    nets = [vars(estimator).get("net_") for estimator in _estimators_in(model)]
    stripped = deepcopy(model, {id(net): "net" for net in nets if net is not None})
    files = {}
    for original, copied in zip(_estimators_in(model), _estimators_in(stripped), strict=True):
        for name, value in vars(original).items():
            if isinstance(value, pd.DataFrame):  # tells of the images of a session: `missing_`
                delattr(copied, name)
        if isinstance(copied, Pipeline):
            copied.memory = None
        if isinstance(copied, NETWORK_CLASSIFIERS):
            vars(copied).update(_OF_THE_SESSION)
            for name in ("network", "optimizer"):
                setattr(copied, name, {"class": _name_class(name, getattr(copied, name))})
            if "net_" in vars(original):
                file = f"network-{len(files)}.safetensors"
                weights = original.net_.network.state_dict()
                weights = {key: weight.cpu().contiguous() for key, weight in weights.items()}
                files[file] = safetensors.torch.save(weights)
                copied.net_ = {"file": file, "history": _dump_history(original.net_)}
    return stripped, files


def attach_networks(model, files, *, networks, device):
    """Put the networks in `files` back into a model; whatever does not fit is a ValueError."""
    if isinstance(networks, torch.nn.Module):
        raise ValueError("networks is a module; give its class")
    networks = [networks] if isinstance(networks, type) else networks
    known = {kind.__name__: kind for kind in networks} | _KNOWN_CLASSES
    for estimator in _estimators_in(model):
        if isinstance(estimator, Pipeline):
            names = [name for name, _ in estimator.steps]
            if not names or len(set(names)) != len(names):
                raise ValueError("the steps of a pipeline need different names")
            estimator.memory = None
        if isinstance(estimator, NETWORK_CLASSIFIERS):
            _restore_parameters(estimator, known, device)
            if "net_" in vars(estimator):
                _restore_net(estimator, files)
    if files:
        raise ValueError(f"no step asks for {min(files)!r}")


def _estimators_in(value):
    """List every estimator in parameters and attributes, each once, networks left out."""
    found, seen, waiting = [], {}, [value]
    while waiting:
        value = waiting.pop()
        if id(value) in seen or isinstance(value, NeuralNet):
            continue
        seen[id(value)] = value
        if isinstance(value, BaseEstimator):
            found.append(value)
            waiting += vars(value).values()
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
    return found


def _name_class(parameter, kind):
    name = getattr(kind, "__name__", None)
    known = _KNOWN_CLASSES.get(name)
    if kind is known:
        return name
    if not (parameter == "network" and isinstance(kind, type)):
        raise TypeError(f"{parameter}={kind!r} cannot be saved without pickle.")
    if known is not None:
        raise TypeError(f"{name!r} is the name of a class of skfer or torch; rename your own.")
    return name


def _dump_history(net):
    """Write the history as JSON, without what callbacks of one's own may keep: arrays and such."""
    rows = [
        {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in row.items()
            if isinstance(value, int | float | str | np.number | np.bool_ | None)
        }
        for row in net.history
    ]
    return json.dumps(rows)


def _restore_parameters(classifier, known, device):
    state = vars(classifier)
    for name, value in list(state.items()):
        if isinstance(value, dict) and value.keys() == {"class"}:
            if value["class"] not in known:
                raise ValueError(
                    f"the {name} {value['class']!r} is not in skfer.networks or torch.optim; give "
                    "a network of your own by networks=[...]"
                )
            state[name] = known[value["class"]]
    expected = classifier.get_params(deep=False).keys() | _OF_SCIKIT_LEARN
    for name in state.keys() - expected:
        if not name.endswith("_") or hasattr(type(classifier), name):
            raise ValueError(f"{type(classifier).__name__} has no {name!r}")
    state.update(_OF_THE_SESSION | {"device": device})
    classifier._validate_params()


def _restore_net(classifier, files):
    saved = classifier.net_
    weights = safetensors.torch.load(files.pop(saved["file"]))
    labels = classifier.classes_
    if labels.dtype == object and not all(isinstance(label, str) for label in labels):
        raise ValueError(f"{str(labels)[:80]} are not labels")
    if not np.array_equal(labels, np.unique(labels)):
        raise ValueError("the labels are not sorted, or not different")
    height, width = classifier.image_shape_
    if not (0 < height < 2**15 and 0 < width < 2**15):
        raise ValueError(f"image_shape={(height, width)} is not that of an image")
    classifier.n_features_in_ = height * width
    classifier.pixel_range_ = tuple(map(float, classifier.pixel_range_))
    device = resolve_device(classifier.device)
    _check_weights(classifier, weights, device)
    with seeded(0, device):
        net = _make_net(classifier, device).initialize()
    net.network.load_state_dict(weights)
    net.finish()
    net.history_ = History(dict(row) for row in json.loads(saved["history"]))
    classifier.net_ = net


def _make_net(classifier, device):
    """Make the skorch net of a classifier, not initialized, as its `fit` does."""
    classifier._check_input_size()
    return classifier._build_net(n_images=2, device=device, seed=0)


def _check_weights(classifier, weights, device):
    """Compare the weights with those of the network, before any memory is taken for it."""
    empty = [name for name, tensor in weights.items() if tensor.numel() == 0]
    if empty:
        raise ValueError(f"weight {empty[0]!r} is empty")
    with torch.device("meta"):
        network = _make_net(classifier, device).module
    expected = network.state_dict()
    if expected.keys() != weights.keys():
        odd = min(expected.keys() ^ weights.keys())
        raise ValueError(f"the weights do not fit the network; {odd!r} is on one side only")
    for name, tensor in weights.items():
        if tensor.shape != expected[name].shape or tensor.dtype != expected[name].dtype:
            raise ValueError(
                f"weight {name!r} is {tuple(tensor.shape)}, {tensor.dtype}; the network has "
                f"{tuple(expected[name].shape)}, {expected[name].dtype}"
            )
    if any(buffer.numel() > _LARGEST_BUFFER for buffer in network.buffers()):
        raise ValueError("the network would need more memory than its weights")
    # Windows take as much of the replicated borders in memory as they reach beyond the image.
    largest = max(classifier._size_seen()) + _LARGEST_MARGIN
    for layer in network.modules():
        if isinstance(layer, _networks.LocalContrastNormalization) and layer.window > largest:
            raise ValueError(f"contrast_window={layer.window} is too large for the images")
