"""A function run in a forked process that is watched, limited and, if asked for, killed."""

import json
import os
import resource
import select
import signal
import sys
import time
import warnings
from pathlib import Path
from typing import NamedTuple

# A process may ask for so much more before the system refuses; what it got is measured.
MOST_MEGABYTES = 4096
PLACES = tuple(
    str(Path(place).resolve())
    for place in (sys.prefix, sys.base_prefix, Path(__file__).parents[2], *sys.path[1:])
    if place
)

_RUNS_CODE = {
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pickle.find_class",
    "pty.spawn",
    "socket.connect",
    "subprocess.Popen",
    "urllib.Request",
}
_CHANGES_FILES = {"os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}
_CHANGES_FILES |= {"os.symlink", "os.truncate"}
_FOR_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Outcome(NamedTuple):
    """What became of a victim."""

    ending: str  # "returned", "raised", "killed by signal N" or "hung"
    error: tuple = ()  # the names of the class of the exception and of its bases
    text: str = ""  # of the exception
    value: object = None  # what the function returned, if JSON can hold it
    peak_mb: float = 0.0  # of the memory above that at the start, files that are mapped left out
    misdeeds: tuple = ()  # code that was run, files that were written elsewhere
    n_writes: int = 0  # changes of files in the folder, as the audit events count them


def run_victim(function, folder, *, seconds=60, file_bytes=None, kill_at=None):
    """Run ``function()`` in a fork; it may write to `folder` only.

    `file_bytes` limits the size of a file, as a full disk does. ``kill_at=(n, delay)`` sends
    SIGKILL so many seconds after the n-th change of a file in the folder.
    """
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks in processes with threads
        process = os.fork()
    if process == 0:
        try:
            os.close(ours)
            _be_victim(function, str(folder), theirs, file_bytes, kill_at)
        finally:
            os._exit(1)
    os.close(theirs)
    try:
        message, hung = _listen(ours, process, seconds, kill_at)
    finally:
        os.close(ours)
        _, status = os.waitpid(process, 0)
    if hung:
        return Outcome("hung", text=f"more than {seconds} s")
    if kill_at is not None and not message and status == 0:
        return Outcome("returned")  # before the signal came
    if os.WIFSIGNALED(status):
        return Outcome(f"killed by signal {os.WTERMSIG(status)}")
    return Outcome(**json.loads(message))


def _listen(pipe, process, seconds, kill_at):
    """Collect what the victim says, and kill it when it is time."""
    message, deadline = b"", time.monotonic() + seconds
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0, deadline - time.monotonic()))
        if not ready:
            os.kill(process, signal.SIGKILL)
            return message, True
        part = os.read(pipe, 65536)
        if not part:
            return message, False
        if kill_at is not None and part.startswith(b"!"):
            time.sleep(kill_at[1])
            os.kill(process, signal.SIGKILL)
            return message, False
        message += part


def _be_victim(function, folder, pipe, file_bytes, kill_at):
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.dont_write_bytecode = True
    before, watch = set(sys.modules), _Watch(folder, pipe, kill_at and kill_at[0])
    _limit(resource.RLIMIT_AS, _status("VmSize") + MOST_MEGABYTES * 2**20)
    _limit(resource.RLIMIT_CORE, 0)
    if file_bytes is not None:
        _limit(resource.RLIMIT_FSIZE, file_bytes)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here
    start, files = _status("VmRSS"), _status("RssFile")
    sys.addaudithook(watch)
    try:
        told = {"ending": "returned", "value": function()}
    except BaseException as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        told = {"ending": "raised", "error": names, "text": str(error)[:300]}
    # Pages of libraries and mapped files, which a fork reads anew, are not memory that it takes.
    read = _status("RssFile") - files
    told["peak_mb"] = max(0, _status("VmHWM") - start - read) / 2**20
    watch.on = False
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file is not None and not str(Path(file).resolve()).startswith(PLACES):
            watch.misdeeds.append(f"imported {name}")
    told |= {"misdeeds": watch.misdeeds[:5], "n_writes": watch.n_writes}
    message = json.dumps(told, default=str).encode()
    while message:
        message = message[os.write(pipe, message) :]
    os._exit(0)


class _Watch:
    """The audit hook: notes code that is run and counts changes of files."""

    def __init__(self, folder, pipe, last):
        self.folder, self.pipe, self.last = folder, pipe, last
        self.on, self.n_writes, self.misdeeds = True, 0, []

    def __call__(self, event, arguments):
        """Judge an event."""
        if not self.on:
            return
        if event in _RUNS_CODE:
            self.misdeeds.append(f"{event} {arguments!r}"[:120])
        elif event == "exec" and getattr(arguments[0], "co_filename", "<string>") == "<string>":
            self.misdeeds.append(f"exec {arguments[0]!r}"[:120])
        elif event in _CHANGES_FILES or (event == "open" and _is_for_writing(*arguments)):
            self._note_change(event, arguments[0])

    def _note_change(self, event, path):
        if isinstance(path, int):  # a file that was opened, and noted, before
            return
        path = os.path.abspath(os.fsdecode(path))
        if path.startswith(self.folder):
            self.n_writes += 1
            if self.n_writes == self.last:
                os.write(self.pipe, b"!")
        elif not path.startswith("/dev/"):
            self.misdeeds.append(f"{event} {path}"[:120])


def _is_for_writing(path, mode, flags):
    return isinstance(path, str | bytes | os.PathLike) and bool((flags or 0) & _FOR_WRITING)


def _limit(kind, value):
    resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))


def _status(key):
    """Read a size of this process in bytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(key + ":"))
