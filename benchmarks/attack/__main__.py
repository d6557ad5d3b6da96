"""Run the attacks and write a table: `python -m benchmarks.attack`, or `make attack`.

Each attempt has a random generator of its own, seeded by the seed, the attack and its number, so
that ``--only images --attempt 17`` repeats one. Finished attempts are kept beside the table until
it is written: an interrupted run goes on.
"""

import argparse
import importlib
import json
import os
import platform
import sys
import tempfile
import time
import zlib
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.attack.attempt import Attempt
from skfer import __version__
from skfer.utils._opencv import cv2

RESULTS = Path(__file__).parents[1] / "results" / "attack.json"
ATTACKS = ("images", "models", "manifests", "kills", "disks")
N_EXAMPLES = 10


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=ATTACKS)
    parser.add_argument("--share", type=float, default=1.0, help="of the full number of attempts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--attempt", type=int, help="repeat this one, and print it")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    if options.attempt is not None:
        with tempfile.TemporaryDirectory() as folder:
            for name in options.only:
                print(*next(_attack(name, Path(folder), options.seed, [options.attempt]))[1])
        return 0
    options.out.parent.mkdir(parents=True, exist_ok=True)
    progress = options.out.with_suffix(".progress.jsonl")
    done = _read_progress(progress, options.seed)
    results = []
    with open(progress, "a") as log, tempfile.TemporaryDirectory() as folder:
        for name in options.only:
            results.append(_run(name, Path(folder), options, done, log))
            print(_as_line(results[-1]), flush=True)
    metadata = {
        "command": f"python -m benchmarks.attack --share {options.share:g} --seed {options.seed}",
        "seed": options.seed,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": {"skfer": __version__, "opencv": cv2.__version__}
        | {name: version(name) for name in ("numpy", "safetensors", "skops", "torch")},
    }
    table = {"metadata": metadata, "results": results}
    options.out.write_text(json.dumps(table, indent=1) + "\n")
    progress.unlink()
    return int(any(row["failures"] for row in results))


def _run(name, folder, options, done, log):
    """Make the attempts of an attack that are not done; return its row of the table."""
    full_size = importlib.import_module(f"benchmarks.attack.{name}").FULL_SIZE
    numbers = range(max(1, round(options.share * full_size)))
    missing = [number for number in numbers if (name, number) not in done]
    start = time.monotonic()
    for number, attempt in _attack(name, folder, options.seed, missing) if missing else ():
        done[name, number] = attempt
        line = {"seed": options.seed, "attack": name, "number": number, **attempt._asdict()}
        log.write(json.dumps(line) + "\n")
        log.flush()
        if attempt.problem:
            print(f"{name} {number}: {attempt.what}: {attempt.problem}", flush=True)
    attempts = [(number, done[name, number]) for number in numbers]
    failed = [
        {"number": number, "what": attempt.what, "problem": attempt.problem}
        for number, attempt in attempts
        if attempt.problem
    ]
    return {
        "attack": name,
        "attempts": len(attempts),
        "failures": len(failed),
        "outcomes": dict(Counter(attempt.outcome for _, attempt in attempts).most_common()),
        "examples": failed[:N_EXAMPLES],
        "seconds": round(time.monotonic() - start, 1),
    }


def _attack(name, folder, seed, numbers):
    module = importlib.import_module(f"benchmarks.attack.{name}")
    place = folder / name
    place.mkdir()
    context = module.prepare(place)
    for number in numbers:
        rng = np.random.default_rng([seed, zlib.crc32(name.encode()), number])
        yield number, module.attempt(context, number, rng)


def _read_progress(file, seed):
    """Read what an interrupted run of this seed has done; its last line may be cut."""
    done = {}
    if file.exists():
        for line in file.read_text().splitlines():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if row["seed"] == seed:
                attempt = Attempt(row["what"], row["outcome"], row["problem"])
                done[row["attack"], row["number"]] = attempt
    return done


def _as_line(row):
    outcomes = ", ".join(f"{number} {outcome}" for outcome, number in row["outcomes"].items())
    return (
        f"{row['attack']:10s} {row['attempts']:5d} attempts, {row['failures']:3d} failures, "
        f"{row['seconds']:6.1f} s ({outcomes})"
    )


if __name__ == "__main__":
    # Victims are forked: threads would not come along.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("MPLBACKEND", "agg")
    sys.exit(main())
