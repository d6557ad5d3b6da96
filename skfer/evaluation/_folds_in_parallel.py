"""Run the folds in parallel: in processes or threads, or on a cluster whose workers may die."""

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend


def run_folds(function, X, calls, n_jobs):
    """Yield ``function(X, *arguments)`` for each tuple of arguments, as the results come."""
    X = _on_all_workers(X)
    # The arguments stay in their tuple: arrays by themselves would be moved by joblib to some
    # worker of Dask, and be lost with it. X is kept here until all is done, for the same reason.
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    yield from parallel(delayed(_call)(function, X, arguments) for arguments in calls)


def _call(function, X, arguments):
    return function(X, *arguments)


def _on_all_workers(X):
    """Send the images to each worker of Dask once; elsewhere there is nothing to do."""
    client = getattr(get_active_backend()[0], "client", None)
    return X if client is None else client.scatter(X, broadcast=True, hash=False)
