"""Rivals that live in environments of their own, as functions to be timed."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.rivals.install import FOLDER, REPORT, ROOT


class MissingRival(Exception):
    """A rival cannot be measured here; the message is the reason."""


class Remote:
    """A rival in another process, run once per call; see `benchmarks.rivals.worker`."""

    def __init__(self, environment, package, rival, **arrays):
        check_installed(environment, package)
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name, "arrays.npz")
        np.savez(file, **arrays)
        python = FOLDER / environment / "bin" / "python"
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.rivals.worker", rival, file],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._wait()

    def __call__(self):
        self._ask("")

    def output(self):
        """Run once and return the array that the rival gives."""
        file = Path(self.folder.name, "output.npy")
        self._ask(str(file))
        return np.load(file)

    def close(self):
        self.process.communicate()  # the end of its input is the end of the process
        self.folder.cleanup()

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self._wait()

    def _wait(self):
        answer = self.process.stdout.readline().strip()
        if answer not in ("ready", "done"):
            self.close()
            raise MissingRival(answer.removeprefix("failed: ") or "the process ended")


def environment_report(environment):
    """Return what `benchmarks.rivals.install` wrote of an environment."""
    report = FOLDER / environment / REPORT
    if not report.exists():
        raise MissingRival("not installed: make bench, or python -m benchmarks.rivals.install")
    return json.loads(report.read_text())


def check_installed(environment, package):
    for requirement, reason in environment_report(environment)["missing"].items():
        if package in (environment, re.match(r"[\w.-]+", requirement)[0]):
            raise MissingRival(f"{requirement} does not install here: {reason}")
