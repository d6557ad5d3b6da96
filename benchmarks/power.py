"""Measure what difference a comparison on CK+ can show: `python -m benchmarks.power --out FILE`.

Two methods of about 96 % are drawn on sequences like those of CK+: 106 subjects, 309 sequences of
three nearly identical frames. Subjects differ in how hard they are, and most errors of the better
method are errors of the other as well. For each true difference, the share of significant p values
of `compare_results` is written, and how often its interval, and the other bootstrap, contains the
difference.
"""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.intervals import CK_SEQUENCES, bootstraps
from skfer import __version__
from skfer.evaluation._statistics._paired_tests import sign_flip_test, sign_test

RESULTS = Path(__file__).with_name("results") / "power.json"
DIFFERENCES = (0.0, 0.01, 0.02, 0.03)
SETTINGS = {
    "accuracy": 0.96,  # mean of both methods
    "shared": 0.6,  # of the errors of the better method
    "correlation": 0.15,  # within a subject, of being an error of either method
    "repeated": 0.9,  # frames that come out as their sequence; the others are drawn by themselves
    "level": 0.05,
}
_FIRST_SEQUENCES = np.cumsum(CK_SEQUENCES) - CK_SEQUENCES
_N_FRAMES = 3


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    command = f"python -m benchmarks.power --simulations {options.simulations}"
    metadata = {
        "command": f"{command} --seed {options.seed} --out FILE",
        "n_simulations": options.simulations,
        "python": platform.python_version(),
        "versions": {"skfer": __version__, "numpy": np.__version__, "scipy": version("scipy")},
        "settings": SETTINGS,
    }
    rng = np.random.default_rng(options.seed)
    rows = [measure(difference, options.simulations, rng) for difference in DIFFERENCES]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"metadata": metadata, "results": rows}, indent=1) + "\n")
    for row in rows:
        print(json.dumps(row))


def measure(difference, n_simulations, rng):
    """Return the rates of rejection and coverage for one true difference."""
    right_a, right_b = draw_frames(difference, n_simulations, rng)
    frames = right_a.astype(int) - right_b
    subjects = np.add.reduceat(frames.sum(axis=2), _FIRST_SEQUENCES, axis=1)
    # The majority of its frames decides on a sequence.
    sequences = (right_a.sum(axis=2) > 1).astype(int) - (right_b.sum(axis=2) > 1)
    intervals = bootstraps(subjects, _N_FRAMES * CK_SEQUENCES, rng)
    return {
        "difference": difference,
        "observed_difference": float(frames.mean()),
        "rejected_subjects": rejection_rate(sign_flip_test, subjects),
        "rejected_sequences": rejection_rate(sign_test, sequences),
        "coverage": {
            method: float(np.mean((low <= difference) & (difference <= high)))
            for method, (low, high) in intervals.items()
        },
    }


def draw_frames(difference, n_simulations, rng):
    """Return which frames each method has right, of shape (n_simulations, n_sequences, 3)."""
    better, worse = 1 - SETTINGS["accuracy"] + np.array([-0.5, 0.5]) * difference
    both = SETTINGS["shared"] * better
    kinds = np.array([both, better - both, worse - both])  # wrong in both, a only, b only
    any_error, scale = kinds.sum(), 1 / SETTINGS["correlation"] - 1
    shape = (n_simulations, len(CK_SEQUENCES))
    hardness = rng.beta(any_error * scale, (1 - any_error) * scale, shape)
    hardness = np.repeat(hardness, CK_SEQUENCES, axis=1)[..., np.newaxis]

    def draw(n_frames):
        shape = (*hardness.shape[:2], n_frames)
        kind = rng.choice([1, 2, 3], size=shape, p=kinds / any_error)
        return np.where(rng.random(shape) < hardness, kind, 0)

    repeated = rng.random((*hardness.shape[:2], _N_FRAMES)) < SETTINGS["repeated"]
    errors = np.where(repeated, draw(1), draw(_N_FRAMES))
    return ~np.isin(errors, (1, 2)), ~np.isin(errors, (1, 3))


def rejection_rate(test, differences):
    return float(np.mean([test(one) < SETTINGS["level"] for one in differences]))


if __name__ == "__main__":
    main()
