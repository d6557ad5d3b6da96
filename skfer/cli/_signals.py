"""A command that is terminated ends as one that is interrupted by Ctrl-C."""

import signal
from contextlib import contextmanager
from threading import current_thread, main_thread


@contextmanager
def interrupt_on_termination():
    """Turn SIGTERM into an interrupt, so that the workers end as well and finished work is told.

    Otherwise they would compute on, each to the end of its fold.
    """
    if current_thread() is not main_thread():
        yield
        return
    former = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)


def exit_code(interrupt):
    """Return the exit code of an interrupted command: 130, or 143 if it was terminated."""
    return 128 + getattr(interrupt, "signal", signal.SIGINT)


def _interrupt(number, frame):
    interrupt = KeyboardInterrupt()
    interrupt.signal = number  # callbacks of skorch raise others, which end a training only
    raise interrupt
