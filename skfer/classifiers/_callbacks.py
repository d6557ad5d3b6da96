"""The skorch callbacks of a fit."""

from copy import deepcopy
from inspect import signature

import torch
from skorch.callbacks import EarlyStopping, LRScheduler, ProgressBar
from skorch.utils import noop, params_for

__all__ = ["cycles_momentum", "make_callbacks"]


def cycles_momentum(optimizer, parameters):
    """Tell whether a one-cycle schedule is to move the momentum.

    Parameters
    ----------
    optimizer : callable
        Class of torch.
    parameters : dict
        Those given for it, under names that begin with ``optimizer__``.

    Returns
    -------
    cycles : bool
        False if the optimizer has none, or the user gave it.

    Examples
    --------
    >>> import torch
    >>> from skfer.classifiers._callbacks import cycles_momentum
    >>> cycles_momentum(torch.optim.AdamW, {}), cycles_momentum(torch.optim.Adagrad, {})
    (True, False)
    """
    names = {"momentum", "betas"}
    given = params_for("optimizer", parameters).keys()
    return bool(names & signature(optimizer).parameters.keys()) and not names & given


def make_callbacks(given, *, one_cycle=None, patience=None, progress=False):
    """List the callbacks of the user and those that parameters ask for.

    Parameters
    ----------
    given : list of skorch callbacks or None
        Those of the user; they are copied, because skorch fires the objects themselves, and they
        gather state.
    one_cycle : dict, default=None
        Parameters of ``torch.optim.lr_scheduler.OneCycleLR``; None for no schedule.
    patience : int, default=None
        Keep the weights of the epoch with the least validation loss, and stop after so many
        epochs without less; None keeps the last.
    progress : bool, default=False
        Show a bar over the batches.

    Returns
    -------
    callbacks : list
        For skorch.

    Examples
    --------
    >>> from skfer.classifiers._callbacks import make_callbacks
    >>> [name for name, _ in make_callbacks(None, patience=3, progress=True)]
    ['keep_best', 'progress']
    """
    callbacks = deepcopy(given or [])
    if one_cycle is not None:
        schedule = LRScheduler(torch.optim.lr_scheduler.OneCycleLR, step_every="batch", **one_cycle)
        callbacks.append(("schedule", schedule))
    if patience is not None:
        keep_best = EarlyStopping(patience=patience, threshold=0, load_best=True, sink=noop)
        callbacks.append(("keep_best", keep_best))
    if progress:
        callbacks.append(("progress", ProgressBar(detect_notebook=False)))
    return callbacks
