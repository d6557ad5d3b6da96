"""The skorch callbacks of a fit."""

from copy import deepcopy
from inspect import isclass, signature

import torch
from skorch.callbacks import EarlyStopping, LRScheduler, ProgressBar
from skorch.utils import noop


def cycles_momentum(optimizer, arguments):
    """Check whether a one-cycle schedule may move the momentum, which then must not be given."""
    names = {"momentum", "betas"}
    return bool(names & signature(optimizer).parameters.keys()) and not names & arguments.keys()


def make_callbacks(given, *, one_cycle=None, patience=None, progress=False):
    """List copies of the user's callbacks and those that parameters ask for.

    `one_cycle` are arguments of OneCycleLR, which the user's own LRScheduler replaces; with
    `patience`, the weights of the epoch with the least validation loss are kept.
    """
    callbacks = deepcopy(given or [])  # skorch fires the objects themselves, which gather state
    if one_cycle is not None and not any(map(_is_scheduler, callbacks)):
        schedule = LRScheduler(torch.optim.lr_scheduler.OneCycleLR, step_every="batch", **one_cycle)
        callbacks.append(("lr_scheduler", schedule))
    if patience is not None:
        keep_best = EarlyStopping(patience=patience, threshold=0, load_best=True, sink=noop)
        callbacks.append(("keep_best", keep_best))
    if progress:
        callbacks.append(("progress", ProgressBar(detect_notebook=False)))
    return callbacks


def _is_scheduler(callback):
    if isinstance(callback, tuple):
        callback = callback[1]
    return issubclass(callback if isclass(callback) else type(callback), LRScheduler)
