"""Where a long computation is, told to whoever listens in the same thread."""

from contextlib import contextmanager
from contextvars import ContextVar

_listener = ContextVar("listener", default=None)


def tell_progress(text):
    """Tell the listener, if there is one, where a computation is, such as "epoch 3 of 30"."""
    listener = _listener.get()
    if listener is not None:
        listener(text)


@contextmanager
def listen_to_progress(listener):
    """Call `listener` with each text that the block tells; None is for silence."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
