"""One function over many items, in threads."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor

from joblib import effective_n_jobs
from sklearn.utils import gen_even_slices
from sklearn.utils.parallel import Parallel, delayed


def map_in_threads(function, items, *, n_jobs=None):
    """Apply a function to each item in threads, for what OpenCV does without the GIL.

    None for `n_jobs` means 1 unless in a ``joblib.parallel_config`` context; -1 all processors.
    """
    if len(items) == 0:
        return []
    # Resolved here: Parallel takes no n_jobs from a context if told to share memory, which keeps
    # the threads in this process where the context is a cluster.
    n_jobs = min(effective_n_jobs(n_jobs), len(items))
    if n_jobs == 1:
        return _map(function, items)
    # One task a thread, since an image alone is hardly more work than the dispatch of a task.
    parts = Parallel(n_jobs=n_jobs, require="sharedmem")(
        delayed(_map)(function, items[part]) for part in gen_even_slices(len(items), n_jobs)
    )
    return [result for part in parts for result in part]


def stream_in_threads(function, items, *, n_jobs=None, n_ahead=4):
    """Yield the result for each item, in order; of an endless iterable, too.

    No more than `n_ahead` items for each thread are taken before the first result is asked for.
    """
    n_jobs = effective_n_jobs(n_jobs)
    if n_jobs == 1:
        yield from map(function, items)
        return
    pool, waiting = ThreadPoolExecutor(n_jobs), deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) == n_ahead * n_jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def cut_for_threads(n_items, max_items, *, n_jobs=None):
    """Cut a range into slices of at most `max_items`, the same number for each of `n_jobs` threads.

    >>> cut_for_threads(5, 2, n_jobs=2)
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None), slice(4, 5, None)]
    """
    n_jobs = min(effective_n_jobs(n_jobs), n_items)
    n_slices = n_jobs * -(-n_items // (n_jobs * max_items))
    return list(gen_even_slices(n_items, n_slices))


def _map(function, items):
    return [function(item) for item in items]
