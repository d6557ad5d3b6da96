"""Processes that may be killed: forks of one that has imported what the tests need, only once."""

import multiprocessing
import os
import signal
import sys

import pytest

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

# It is the same for all tests of a worker, and starts with the first.
FORKS = None if sys.platform == "win32" else multiprocessing.get_context("forkserver")
_IMPORTED = ["pytest", "matplotlib.pyplot", "jinja2"]
_IMPORTED += ["skfer.cli._main", "skfer.evaluation._report._write", "skfer.inference"]
_IMPORTED += ["skfer.persistence", "skfer.pipelines"]
if FORKS:
    FORKS.set_forkserver_preload(_IMPORTED)


def start_fork(function, *arguments):
    """Start a function of a module in a process of its own, and return the process."""
    with pytest.MonkeyPatch.context() as patch:
        # Of the process that is forked: threads would not come along.
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("MPLBACKEND", "agg")
        process = FORKS.Process(target=function, args=arguments)
        process.start()
    return process


def run_fork(function, *arguments):
    """Run a function of a module in a process of its own; return its exit code."""
    process = start_fork(function, *arguments)
    process.join()
    return process.exitcode


def forget_skfer():
    """Have skfer imported anew, and the packages that it uses left as they are."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "skfer"]:
        del sys.modules[name]


def end_command(arguments, kill_at=0):
    """Run `skfer`, which ends by SIGKILL before its n-th file is on the disk or in its place."""
    from skfer.cli._main import main

    deadly = count_down(kill_at)
    os.fsync, os.replace = deadly(os.fsync), deadly(os.replace)
    sys.exit(main([*map(str, arguments)]))


def end_command_at_call(arguments, kill_at, calls):
    """Run `skfer`, which ends by SIGKILL at its n-th call of a function; count all calls."""
    from skfer.cli._main import main

    def count(frame, event, argument):
        if event in ("call", "c_call"):
            calls.value += 1
            if calls.value == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    sys.exit(main([*map(str, arguments)]))


def count_down(kill_at):
    """Return a decorator of functions: the n-th call of any of them ends the process by SIGKILL.

    Before it does so, it may do something else in place of what was called.
    """
    calls = []

    def deadly(function, instead=lambda *arguments: None):
        def counted(*arguments):
            calls.append(function)
            if len(calls) == kill_at:
                instead(*arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments)

        return counted

    return deadly
