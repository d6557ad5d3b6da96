"""Full disks, as a limit on the size of a file: a documented error, nothing lost, then as ever.

The limit needs no rights and no file system of its own; the error is EFBIG instead of ENOSPC.
"""

import shutil

from benchmarks.attack.attempt import Attempt, judge, read_tree
from benchmarks.attack.kills import _finish
from benchmarks.attack.victim import run_victim
from benchmarks.attack.works import make_works

FULL_SIZE = 40


def prepare(folder):
    """Do each work undisturbed."""
    works = make_works(folder)
    for work in works:
        work.set_up(folder)
    return folder, works


def attempt(context, number, rng):
    """Do a work while no file may grow beyond a size that some of its files exceed."""
    folder, works = context
    work, out = works[number % len(works)], folder / "out"
    over_older = number // len(works) % 2 == 1
    if over_older:
        work.copy_reference(out)
    sizes = sorted(len(content) for content in read_tree(work.reference).values())
    limit = int(sizes[rng.integers(len(sizes))] * rng.uniform(0, 1))
    what = f"{work.name}{' over an older one' if over_older else ''}, no file above {limit} bytes"
    try:
        outcome = run_victim(lambda: work.begin(out), folder, seconds=300, file_bytes=limit)
        outcome = outcome._replace(misdeeds=())  # all code is ours; modules run some when imported
        result = judge(what, outcome, allowed=work.promised)
        problem = result.problem or (work.find_damage(out) if out.exists() else None)
        return Attempt(what, result.outcome, problem or _finish(work, out, folder))
    finally:
        shutil.rmtree(out, ignore_errors=True)
