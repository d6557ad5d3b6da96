"""The arguments of network and optimizer, from the parameters of the classifier."""

from copy import deepcopy
from inspect import signature

import torch
from skorch.utils import params_for
from torch import nn

_WEIGHT_DECAY = 0.02
# Not SGD, which then cannot take layers that are unfrozen later, nor Adagrad, which has no such
# kernel on every GPU.
_FUSED = (torch.optim.Adam, torch.optim.AdamW)
_IMPLEMENTATIONS = {"foreach", "fused", "differentiable"}  # of an optimizer, one at a time


def make_network(network, parameters, n_classes, image_size):
    """Call `network` with its parameters, and with `image_size` (height, width) if it takes one."""
    if isinstance(network, nn.Module):
        raise ValueError(
            "network is a module; give its class, or a function that makes it, so that each fit "
            "can start again."
        )
    given = params_for("network", parameters)
    if "image_size" in signature(network).parameters:
        given.setdefault("image_size", image_size)
    given["n_classes"] = n_classes
    _check_accepted(network, given)
    module = network(**given)
    if not isinstance(module, nn.Module):
        raise ValueError(f"network gave {type(module).__name__}, not a torch.nn.Module.")
    # A function may give the same module again, which then would start with its former weights.
    return module if isinstance(network, type) else deepcopy(module)


def check_scores(module, n_classes, image_size):
    """Refuse scores of another shape, which could be trained and would mean nothing."""
    device = next(module.parameters(), torch.empty(0)).device
    try:
        with torch.no_grad():
            scores = module.eval()(torch.zeros(1, 1, *image_size, device=device))
    except RuntimeError as error:
        odd = {str(weights.dtype) for weights in module.parameters()} - {"torch.float32"}
        if not odd:
            raise
        raise ValueError(
            f"{type(module).__name__} has weights of {min(odd)} and fails on images of float32; "
            "make all of its weights float32, without .double() or .half()."
        ) from error
    shape = getattr(scores, "shape", None)
    if shape != (1, n_classes):
        gave = type(scores).__name__ if shape is None else f"shape {tuple(shape)}"
        raise ValueError(
            f"{type(module).__name__} gave {gave} for 1 image and {n_classes} classes; expected "
            f"scores of shape (1, {n_classes})."
        )


def optimizer_arguments(optimizer, parameters, device):
    """Return the arguments for the optimizer; a default is among them only if it takes it."""
    given = params_for("optimizer", parameters)
    known = signature(optimizer).parameters
    fixed = getattr(optimizer, "keywords", {})  # of a functools.partial
    if given["weight_decay"] in (None, "auto"):
        wants_default = given.pop("weight_decay") == "auto"
        if wants_default and "weight_decay" in known and "weight_decay" not in fixed:
            given["weight_decay"] = _WEIGHT_DECAY
    can_fuse = getattr(optimizer, "func", optimizer) in _FUSED and device.type in ("cpu", "cuda")
    if can_fuse and not _IMPLEMENTATIONS & {*given, *fixed}:
        given["fused"] = True
    _check_accepted(optimizer, given.keys() - {"param_groups"})  # which skorch takes
    return given


def _check_accepted(function, names):
    accepted = signature(function).parameters
    unknown = sorted(set(names) - set(accepted))
    if unknown and not any(p.kind is p.VAR_KEYWORD for p in accepted.values()):
        name = getattr(function, "__name__", repr(function))
        raise ValueError(f"{name} takes no {unknown[0]!r}; its parameters are {list(accepted)}.")
