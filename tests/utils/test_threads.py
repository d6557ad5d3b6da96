import itertools
import threading

import pytest
from joblib import parallel_config

from skfer.utils._threads import cut_for_threads, map_in_threads, stream_in_threads


@pytest.mark.parametrize("n_jobs", [None, 1, 2, 7, -1])
@pytest.mark.parametrize("n_items", [0, 1, 5])
def test_results_keep_the_order(n_jobs, n_items):
    assert map_in_threads(str, range(n_items), n_jobs=n_jobs) == [*map(str, range(n_items))]


def test_a_config_runs_as_many_threads_as_it_says():
    both = threading.Barrier(2, timeout=60)
    with parallel_config(n_jobs=2):
        # Each waits for the other: passes only if two are at work at once.
        assert sorted(map_in_threads(lambda item: both.wait(), ["a", "b"])) == [0, 1]


def test_an_error_comes_through():
    with pytest.raises(ZeroDivisionError):
        map_in_threads(lambda item: 1 / item, [1, 0, 1], n_jobs=2)


@pytest.mark.parametrize("n_jobs", [None, 1, 2, 7])
@pytest.mark.parametrize("n_items", [0, 1, 5, 30])
def test_a_stream_keeps_the_order(n_jobs, n_items):
    assert [*stream_in_threads(str, iter(range(n_items)), n_jobs=n_jobs)] == [
        *map(str, range(n_items))
    ]


def test_a_stream_of_two_runs_two_at_a_time():
    both = threading.Barrier(2, timeout=60)
    assert sorted(stream_in_threads(lambda item: both.wait(), "abcd", n_jobs=2)) == [0, 0, 1, 1]


@pytest.mark.parametrize(("n_jobs", "n_taken"), [(1, 1), (2, 6)])
def test_a_stream_takes_few_items_ahead(n_jobs, n_taken):
    items = itertools.count()
    stream = stream_in_threads(str, items, n_jobs=n_jobs, n_ahead=3)
    assert next(stream) == "0"
    assert next(items) == n_taken
    stream.close()


def test_an_error_in_a_stream_comes_through():
    stream = stream_in_threads(lambda item: 1 / item, [1, 0, 1], n_jobs=2)
    assert next(stream) == 1
    with pytest.raises(ZeroDivisionError):
        next(stream)


@pytest.mark.parametrize("n_jobs", [None, 1, 2, 3])
@pytest.mark.parametrize("n_items", [1, 2, 7, 100])
@pytest.mark.parametrize("max_items", [1, 3, 1000])
def test_slices_are_small_and_shared_evenly(n_items, max_items, n_jobs):
    slices = cut_for_threads(n_items, max_items, n_jobs=n_jobs)
    assert [i for part in slices for i in range(n_items)[part]] == [*range(n_items)]
    assert max(part.stop - part.start for part in slices) <= max_items
    assert len(slices) % (n_jobs or 1) == 0 or len(slices) == n_items
