"""What the benchmarks share: alternating repeats, quartiles, memory of a process, result files."""

import json
import os
import platform
import re
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from skfer import __version__
from skfer.utils._files import atomic_path
from skfer.utils._opencv import cv2


def compare(ours, theirs, n_items, repeats, *, clock=time.perf_counter, unit="images/s"):
    """Measure two functions in turn, after a warm-up; whoever wins.

    `n_items` is what both work on, or a pair of numbers if the rival gets fewer.
    """
    n_ours, n_theirs = np.broadcast_to(n_items, 2)
    rates = [
        (n_ours / seconds(ours, clock), n_theirs / seconds(theirs, clock))
        for _ in range(repeats + 1)
    ][1:]
    ours, theirs = (spread(column) for column in zip(*rates, strict=True))
    return {
        "unit": unit,
        "ours": ours,
        "theirs": theirs,
        "ratio": ours["median"] / theirs["median"],
        "repeats": repeats,
    }


def seconds(run, clock=time.perf_counter):
    start = clock()
    run()
    return clock() - start


def spread(values):
    return dict(zip(("q1", "median", "q3"), np.percentile(values, [25, 50, 75]), strict=True))


def peak_mb():
    """Return the highest mark of this process; ru_maxrss begins with that of the parent."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def in_a_process(module, call):
    """Return what a call in a module gives in a process of its own.

    A process never gives back its highest mark of memory.
    """
    code = f"import json; from {module} import *; print(json.dumps({call}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def describe_machine(*packages):
    """Return what a measured file says of the machine and of the versions of packages."""
    return {
        "cpu_count": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {"skfer": __version__, "opencv": cv2.__version__} | installed(*packages),
    }


def installed(*names):
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def write_document(path, document):
    """Write a document as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as unfinished:
        unfinished.write_text(json.dumps(document, indent=1) + "\n")
