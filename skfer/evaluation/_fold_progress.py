"""The progress of an evaluation: a bar on a terminal, else a line for each finished fold."""

import sys
import time
from contextlib import contextmanager

from tqdm import tqdm

from skfer.utils._progress import listen_to_progress


@contextmanager
def fold_progress(name, n_folds, n_kept, verbose):
    """Yield a function to call after each fold; the bar also says where the fold in work is.

    `n_kept` of the folds are finished already. If all are, or `verbose` is 0, nothing is shown.
    """
    if verbose <= 0 or n_kept == n_folds:
        yield lambda: None
    elif sys.stderr.isatty():
        counts = {"total": n_folds, "initial": n_kept, "unit": "fold"}
        with tqdm(desc=name, **counts, miniters=0, smoothing=0, file=sys.stderr) as bar:
            with listen_to_progress(lambda text: _show(bar, text)):
                yield lambda: _finish(bar)
    else:
        yield _line_printer(name, n_folds, n_kept)


def _show(bar, text):
    bar.set_postfix_str(text, refresh=False)
    bar.update(0)  # draws if the last time is long enough ago


def _finish(bar):
    bar.set_postfix_str("", refresh=False)
    bar.update()


def _line_printer(name, n_folds, n_done):
    start = time.perf_counter()

    def finish():
        nonlocal n_done
        n_done += 1
        seconds = time.perf_counter() - start
        print(f"{name}: {n_done} of {n_folds} folds, {seconds:.0f} s", file=sys.stderr, flush=True)

    return finish
