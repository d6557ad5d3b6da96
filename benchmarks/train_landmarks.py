"""Train the landmark model that skfer ships: `python -m benchmarks.train_landmarks DATA`."""

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.landmark_data import POINTS, degrade, load_portraits, mirror
from skfer.alignment import SupervisedDescent, save_landmark_model

N_DEGRADED = 6


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with london and landmark_extra")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    portraits = load_portraits(options.data)
    start = time.perf_counter()
    model = train(portraits)
    print(f"trained in {time.perf_counter() - start:.0f} s")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_landmark_model(model, options.out, list(POINTS))
    print(f"{options.out.stat().st_size / 1e6:.2f} MB written to {options.out.name}")


def train(portraits, *, n_perturbations=8, random_state=0):
    """Fit on the portraits with all points, their mirror images and worse copies of both."""
    rng = np.random.default_rng(random_state)
    samples = []
    for portrait in portraits:
        if np.isfinite(portrait.points).all():
            pair = portrait, mirror(portrait)
            samples += [*pair, *(degrade(pair[copy % 2], rng) for copy in range(N_DEGRADED))]
    model = SupervisedDescent(n_perturbations=n_perturbations, random_state=random_state)
    images, points, boxes, _ = zip(*samples, strict=True)
    return model.fit(images, np.stack(points), np.stack(boxes))


if __name__ == "__main__":
    main()
