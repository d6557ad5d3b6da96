"""SIGKILL of what writes files, then the same call again: nothing lost, and the same result."""

import shutil

from benchmarks.attack.attempt import Attempt
from benchmarks.attack.victim import run_victim
from benchmarks.attack.works import begin_attempt, find_loss, make_works

FULL_SIZE = 80  # 20 of each work


def prepare(folder):
    """Do each work undisturbed, and count the changes of files in it."""
    works = make_works(folder)
    for work in works:
        work.set_up(folder)
        outcome = run_victim(lambda work=work: work.begin(folder / "x"), folder, seconds=300)
        work.n_writes = outcome.n_writes
        shutil.rmtree(folder / "x")
    return folder, works


def attempt(context, number, rng):
    """Kill a work some milliseconds after a chosen change of a file; then let it finish."""
    folder, works = context
    out = folder / "out"
    work, name = begin_attempt(works, number, out)
    # Half at once, half a little later: within what is written between two events.
    kill_at = (int(rng.integers(1, work.n_writes + 1)), float(rng.choice([0, rng.random() / 50])))
    what = f"{name}, killed at {kill_at[0]}"
    try:
        first = run_victim(lambda: work.begin(out), folder, seconds=300, kill_at=kill_at)
        outcome = "killed" if first.ending == "killed by signal 9" else first.ending
        return Attempt(what, outcome, find_loss(work, out, folder))
    finally:
        shutil.rmtree(out, ignore_errors=True)
