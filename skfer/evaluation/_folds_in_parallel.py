"""Run the folds in parallel: in processes or threads, or on a cluster whose workers may die."""

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend


def run_folds(function, data, calls, n_jobs):
    """Yield ``function(data, *arguments)`` for each tuple of arguments, as the results come."""
    backend, _ = get_active_backend()
    if calls and hasattr(backend, "client"):  # with all folds kept, no cluster need be there
        yield from _run_on_dask(function, data, calls, backend)
        return
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    yield from parallel(delayed(function)(data, *arguments) for arguments in calls)


def _run_on_dask(function, data, calls, backend):
    """Run on the cluster of a joblib backend, but not through joblib.

    joblib puts each array on one worker, and what is there dies with it; and it waits for ever for
    a task that Dask gives up. Here each worker gets the data, once. The other arguments are part of
    the tasks, which are with the scheduler.
    """
    from distributed import as_completed

    client = backend.client
    data = client.scatter(data, broadcast=True, hash=False)
    futures = [
        client.submit(function, data, *arguments, pure=False, **backend.submit_kwargs)
        for arguments in calls
    ]
    for _, result in as_completed(futures, with_results=True):
        yield result
