"""That the attacks notice what they look for."""

import os
import pickle
import signal

import pytest

pytest.importorskip("resource", reason="limits of memory, as POSIX has them")

from benchmarks.attack.attempt import judge
from benchmarks.attack.victim import run_victim


class Touch:
    def __reduce__(self):
        return os.system, ("true",)


def write(path):
    with open(path, "w") as file:
        file.write("x" * 10_000)


def import_from(folder):
    import sys

    (folder / "planted_module.py").write_text("")
    sys.path.append(str(folder))
    import planted_module  # noqa: F401


def problem_of(function, folder, **limits):
    outcome = run_victim(function, folder, **limits)
    return judge("a test", outcome, allowed=["ValueError"], megabytes=64).problem


def fail(error):
    raise error


def test_good_behaviour_is_no_problem(tmp_path):
    assert problem_of(lambda: write(tmp_path / "inside"), tmp_path) is None
    assert problem_of(lambda: fail(ValueError("as documented")), tmp_path) is None
    assert problem_of(lambda: fail(UnicodeDecodeError("a", b"", 0, 1, "a kind")), tmp_path) is None


@pytest.mark.parametrize(
    ("deed", "noticed"),
    [
        (lambda folder: os.system("true"), "os.system"),
        (lambda folder: pickle.loads(pickle.dumps(Touch())), "pickle.find_class"),
        (lambda folder: eval("1 + 1"), "exec"),
        (lambda folder: write(folder.parent / "outside"), "outside"),
        (lambda folder: os.remove(folder.parent / "outside"), "os.remove"),
        (import_from, "imported planted_module"),
        (lambda folder: fail(KeyError("format")), "undocumented KeyError: 'format'"),
        (lambda folder: len(bytearray(b"x" * 2**27)), "MB of memory, 64 allowed"),
        (lambda folder: os.kill(os.getpid(), signal.SIGTERM), "killed by signal 15"),
    ],
)
def test_misdeeds_are_noticed(deed, noticed, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    assert noticed in problem_of(lambda: deed(folder), folder)


def test_a_victim_that_hangs_is_ended(tmp_path):
    assert problem_of(signal.pause, tmp_path, seconds=0.2).startswith("hung")


def test_a_full_disk(tmp_path):
    outcome = run_victim(lambda: write(tmp_path / "file"), tmp_path, file_bytes=100)
    assert outcome.error[0] == "OSError"
    assert (tmp_path / "file").stat().st_size == 100


def test_a_kill_comes_at_the_change_that_was_chosen(tmp_path):
    def write_twice(then):
        write(tmp_path / "0")
        write(tmp_path / "1")
        then()

    assert run_victim(lambda: write_twice(int), tmp_path).n_writes == 2
    outcome = run_victim(lambda: write_twice(signal.pause), tmp_path, kill_at=(2, 0))
    assert outcome.ending == "killed by signal 9"
