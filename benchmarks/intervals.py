"""Measure how often intervals are right: `python -m benchmarks.intervals --out FILE`.

Each subject has an accuracy of its own, drawn from a beta distribution; its images are right or
wrong by that. Two images of a subject then have the given correlation. For each method, the share
of intervals that contain the true accuracy is written, and their mean width.
"""

import argparse
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri
from scipy.stats import norm

from skfer import __version__
from skfer.evaluation._statistics._intervals import clopper_pearson, effective_size

# 309 sequences of 106 subjects, as unequal as those of CK+: 18 subjects have one, 26 have two, ...
CK_SEQUENCES = np.repeat([1, 2, 3, 4, 5, 6], [18, 26, 28, 19, 11, 4])
DESIGNS = [np.full(10, 18), np.full(21, 12), np.full(42, 12), 3 * CK_SEQUENCES]  # images
RESULTS = Path(__file__).with_name("results") / "intervals.json"
ACCURACIES = (0.6, 0.85, 0.95, 1.0)
CORRELATIONS = (0.15, 0.3)
N_RESAMPLES = 2000
_CHUNK = 500  # data sets that are resampled at a time, with the same draws of subjects


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulations", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    command = f"python -m benchmarks.intervals --simulations {options.simulations}"
    metadata = {
        "command": f"{command} --seed {options.seed} --out FILE",
        "n_simulations": options.simulations,
        "n_resamples": N_RESAMPLES,
        "python": platform.python_version(),
        "versions": {"skfer": __version__, "numpy": np.__version__, "scipy": version("scipy")},
    }
    rows = measure(options.simulations, np.random.default_rng(options.seed))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"metadata": metadata, "results": rows}, indent=1) + "\n")
    print(table(rows))


def measure(n_simulations, rng):
    """Return a row per design, accuracy, correlation and method."""
    rows = []
    for correlation in CORRELATIONS:
        for n_images in DESIGNS:
            for accuracy in ACCURACIES:
                n_correct = draw_counts(n_images, accuracy, correlation, n_simulations, rng)
                for method, (low, high) in intervals(n_correct, n_images, rng).items():
                    rows.append(
                        {
                            "n_subjects": len(n_images),
                            "n_images": int(n_images.sum()),
                            "accuracy": accuracy,
                            "correlation": correlation,
                            "method": method,
                            "coverage": float(np.mean((low <= accuracy) & (accuracy <= high))),
                            "width": float(np.mean(high - low)),
                        }
                    )
    return rows


def draw_counts(n_images, accuracy, correlation, n_simulations, rng):
    """Return beta-binomial counts of correct images, of shape (n_simulations, n_subjects)."""
    if accuracy == 1:
        return np.tile(n_images, (n_simulations, 1))
    scale = 1 / correlation - 1
    shape = (n_simulations, len(n_images))
    return rng.binomial(n_images, rng.beta(accuracy * scale, (1 - accuracy) * scale, shape))


def intervals(n_correct, n_images, rng):
    """Return the bounds of each method, of shape (n_simulations,)."""
    accuracy = n_correct.sum(axis=1) / n_images.sum()
    size = effective_size(n_correct, n_images)
    resampled = [
        bootstraps(n_correct[start : start + _CHUNK], n_images, rng)
        for start in range(0, len(n_correct), _CHUNK)
    ]
    return {
        "percentile": np.hstack([bounds["percentile"] for bounds in resampled]),
        "bca": np.hstack([bounds["bca"] for bounds in resampled]),
        "wilson": wilson(accuracy, size),
        "korn-graubard": clopper_pearson(accuracy, size),
    }


def wilson(accuracy, size):
    """Return the bounds of Wilson's score interval.

    They depend on the ratio of the squared quantile to the size only, so that at a size corrected
    by Student's t this is Wilson's interval with a t quantile.
    """
    squared = norm.isf(0.025) ** 2 / size
    center = accuracy + squared / 2
    margin = np.sqrt(squared * accuracy * (1 - accuracy) + squared**2 / 4)
    low, high = (center - margin) / (1 + squared), (center + margin) / (1 + squared)
    # Rounding must not leave out a bound that is reached.
    return np.where(accuracy > 0, low, 0.0), np.where(accuracy < 1, high, 1.0)


def bootstraps(n_correct, n_images, rng, n_resamples=N_RESAMPLES):
    """Return the bounds of both bootstraps for many data sets at once (Efron, Tibshirani, 14.3)."""
    n_subjects, n_total = len(n_images), n_images.sum()
    drawn = rng.multinomial(n_subjects, np.full(n_subjects, 1 / n_subjects), n_resamples)
    resampled = np.sort(n_correct @ drawn.T.astype(float) / (drawn @ n_images), axis=1)
    accuracy = n_correct.sum(axis=1, keepdims=True) / n_total
    below = ((resampled < accuracy).mean(axis=1) + (resampled <= accuracy).mean(axis=1)) / 2
    bias = ndtri(below)
    left_out = (accuracy * n_total - n_correct) / (n_total - n_images)
    influence = left_out.mean(axis=1, keepdims=True) - left_out
    spread = (influence**2).sum(axis=1)
    spread = np.where(spread > 1e-12, spread, np.inf)  # the same subjects give a point
    acceleration = (influence**3).sum(axis=1) / (6 * spread**1.5)
    tails = ndtri([[0.025], [0.975]])
    levels = ndtr(bias + (bias + tails) / (1 - acceleration * (bias + tails)))
    return {
        "percentile": _quantiles(resampled, np.full_like(levels, [[0.025], [0.975]])),
        "bca": _quantiles(resampled, levels),
    }


def _quantiles(ordered, levels):
    """Return quantiles of each row of sorted values, at levels of shape (n_levels, n_rows)."""
    position = levels.T * (ordered.shape[1] - 1)
    lower = np.floor(position).astype(int).clip(max=ordered.shape[1] - 2)
    low = np.take_along_axis(ordered, lower, axis=1)
    high = np.take_along_axis(ordered, lower + 1, axis=1)
    return (low + (position - lower) * (high - low)).T


def table(rows):
    """Return the coverage in percent, with the mean width in points, as a Markdown table."""
    frame = pd.DataFrame(rows)
    methods = list(dict.fromkeys(frame["method"]))
    lines = [
        "| subjects | images | accuracy | correlation | " + " | ".join(methods) + " |",
        "|" + "---|" * (4 + len(methods)),
    ]
    keys = ["n_subjects", "n_images", "accuracy", "correlation"]
    for (n_subjects, n_images, accuracy, correlation), cell in frame.groupby(keys):
        figures = " | ".join(
            f"{100 * row.coverage:.1f} ({100 * row.width:.1f})" for row in cell.itertuples()
        )
        lines.append(f"| {n_subjects} | {n_images} | {accuracy} | {correlation} | {figures} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
