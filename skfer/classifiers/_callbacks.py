"""The skorch callbacks of a fit."""

from copy import deepcopy
from inspect import isclass, signature

import torch
from skorch.callbacks import EarlyStopping, LRScheduler, ProgressBar
from skorch.utils import noop

_OF_VALIDATION = {"valid_loss", "valid_loss_best", "valid_acc", "valid_acc_best"}


def cycles_momentum(optimizer, arguments):
    """Check whether a one-cycle schedule may move the momentum, which then must not be given."""
    names = {"momentum", "betas"}
    given = arguments.keys() | getattr(optimizer, "keywords", {}).keys()  # of a functools.partial
    return bool(names & signature(optimizer).parameters.keys()) and not names & given


def make_callbacks(given, *, one_cycle, patience, progress):
    """List copies of the user's callbacks and those that parameters ask for.

    `one_cycle` are arguments of OneCycleLR, which the user's own LRScheduler replaces; with
    `patience`, the weights of the epoch with the least validation loss are kept.
    """
    callbacks = deepcopy(given or [])  # skorch fires the objects themselves, which gather state
    plain = [callback[1] if isinstance(callback, tuple) else callback for callback in callbacks]
    plain = [callback() if isclass(callback) else callback for callback in plain]
    waiting = {getattr(callback, "monitor", None) for callback in plain} & _OF_VALIDATION
    if waiting and patience is None:
        raise ValueError(f"A callback waits for {min(waiting)!r}; give validation_fraction too.")
    if one_cycle is not None and not any(isinstance(one, LRScheduler) for one in plain):
        one_cycle_of = torch.optim.lr_scheduler.OneCycleLR
        callbacks.append(LRScheduler(one_cycle_of, step_every="batch", **one_cycle))
    if patience is not None:
        callbacks.append(EarlyStopping(patience=patience, threshold=0, load_best=True, sink=noop))
    if progress:
        callbacks.append(ProgressBar(detect_notebook=False))
    return callbacks
