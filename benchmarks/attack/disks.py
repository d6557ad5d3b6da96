"""Full disks, as a limit on the size of a file: a documented error, nothing lost, then as ever.

The limit needs no rights and no file system of its own; the error is EFBIG instead of ENOSPC.
"""

import shutil

from benchmarks.attack.attempt import judge, read_tree
from benchmarks.attack.victim import run_victim
from benchmarks.attack.works import begin_attempt, find_loss, make_works

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
    out = folder / "out"
    work, name = begin_attempt(works, number, out)
    sizes = sorted(len(content) for content in read_tree(work.reference).values())
    limit = int(sizes[rng.integers(len(sizes))] * rng.uniform(0, 1))
    what = f"{name}, no file above {limit} bytes"
    try:
        outcome = run_victim(lambda: work.begin(out), folder, seconds=300, file_bytes=limit)
        outcome = outcome._replace(misdeeds=())  # all code is ours; modules run some when imported
        result = judge(what, outcome, allowed=work.promised)
        return result._replace(problem=result.problem or find_loss(work, out, folder))
    finally:
        shutil.rmtree(out, ignore_errors=True)
