"""Output whose reader may leave before the run is over."""

import os
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout


@contextmanager
def unbroken_output():
    """Let the block go on, and write its files, when the reader of its output has seen enough."""
    with redirect_stdout(_Unbroken(sys.stdout)), redirect_stderr(_Unbroken(sys.stderr)):
        yield


class _Unbroken:
    """A stream that drops what follows once nobody reads it, as after `| head -1`."""

    def __init__(self, stream):
        self._stream = stream

    def __getattr__(self, name):
        return getattr(self._stream, name)

    def write(self, text):
        """Write to the stream."""
        self._attempt(self._stream.write, text)
        return len(text)

    def flush(self):
        """Flush the stream."""
        self._attempt(self._stream.flush)

    def _attempt(self, call, *arguments):
        try:
            call(*arguments)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
