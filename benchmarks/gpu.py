"""Run all that wants a GPU, step by step: `python -m benchmarks.gpu CROPS --out FOLDER`.

The tests for CUDA, the speed of the networks, and the ladder of the paper with the default
recipe and the paper's. A step that is finished is not run again, and neither are the runs of
recipes that an interrupted step has finished, so that the same command goes on.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.recipes import LADDER

OF_NETWORKS = ["training", "prediction"]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("crops", type=Path, help="folder with CK+48")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--only", nargs="+", choices=["test", "speed", "ladder", "paper"])
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    commands = steps(options)
    for name in options.only or commands:
        finished = options.out / f"{name}.finished"
        if finished.exists():
            continue
        command = commands[name]
        print(f"== {name}: {' '.join(command)}", flush=True)
        subprocess.run([sys.executable, "-m", *command], check=True)
        finished.touch()


def steps(options):
    """Return the command of each step."""
    out = {name: str(options.out / f"{name}.json") for name in ("speed", "ladder", "paper")}

    def compare(step, cspp):
        names = [*(f"{step}, {name}" for name in LADDER), cspp]
        recipes = [word for name in names for word in ("--recipe", name)]
        files = ["--out", out[step], "--log", str(options.out / "runs.jsonl")]
        cache = ["--cache", str(options.out / "folds")]
        run = ["--device", options.device, "--jobs", "1"]
        return ["benchmarks.recipes", str(options.crops), *recipes, *run, *files, *cache]

    return {
        "test": ["pytest", "-q", "tests/classifiers/test_cuda.py"],
        "speed": [
            *("benchmarks.run", "--device", options.device, "--images", "6400"),
            *("--only", *OF_NETWORKS, "--out", out["speed"]),
        ],
        "ladder": compare("ladder", "default, bfloat16"),
        "paper": compare("paper", "paper, C-SPP"),
    }


if __name__ == "__main__":
    main()
