"""Measure located eyes on unseen people: `python -m benchmarks.evaluate_landmarks DATA`.

Cross-validated by subject. The error of a face is that of the worse eye, in distances between the
eyes. Faces that the Haar detector misses count with the box it then has, the whole picture.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from benchmarks._measure import seconds, spread
from benchmarks.landmark_data import (
    eye_distance,
    load_portraits,
    roll_and_spoil,
    shrink_to_crop,
)
from benchmarks.train_landmarks import train
from skfer.alignment import EyeLocator
from skfer.utils._files import atomic_path
from skfer.utils._opencv import cv2

COMMAND_OF_SPEED = "OMP_NUM_THREADS=1 python -m benchmarks.evaluate_landmarks DATA --only speed"
CONDITIONS = {
    "portraits": lambda portrait, rng: portrait,
    "roll 20, half size, JPEG 30, gamma": roll_and_spoil,
    "48x48 crops": shrink_to_crop,
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with london and landmark_extra")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", choices=["errors", "speed"], help="keep the rest of the file")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    portraits = load_portraits(options.data)
    document = json.loads(options.out.read_text()) if options.out.is_file() else {}
    if options.only != "speed":
        document |= measure_errors(portraits, options)
    if options.only != "errors":
        document["speed"] = measure_speed(portraits)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(options.out) as path:
        path.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(document, indent=1))


def measure_errors(portraits, options):
    runs = [cross_validate(portraits, options.folds, seed) for seed in range(options.seeds)]
    results = [
        {"condition": condition, "n_faces": len(portraits)}
        | {figure: float(np.median([run[condition][figure] for run in runs])) for figure in FIGURES}
        for condition in CONDITIONS
    ]
    return {
        "command": f"python -m benchmarks.evaluate_landmarks DATA --seeds {options.seeds}",
        "folds": options.folds,
        "seeds": options.seeds,
        "results": results,
    }


FIGURES = {
    "median": np.median,
    "within_5_percent": lambda errors: np.mean(errors <= 0.05),
    "within_10_percent": lambda errors: np.mean(errors <= 0.10),
    "largest": np.max,
}


def cross_validate(portraits, n_folds, seed):
    """Return the figures of each condition, all faces pooled, each tested once."""
    rng = np.random.default_rng(seed)
    tested = {
        condition: [change(portrait, rng) for portrait in portraits]
        for condition, change in CONDITIONS.items()
    }
    errors = {condition: np.empty(len(portraits)) for condition in CONDITIONS}
    subjects = [portrait.subject for portrait in portraits]
    for train_index, test_index in GroupKFold(n_folds, shuffle=True, random_state=seed).split(
        portraits, groups=subjects
    ):
        model = train([portraits[index] for index in train_index], random_state=seed)
        for condition, changed in tested.items():
            part = [changed[index] for index in test_index]
            errors[condition][test_index] = eye_errors(model, part)
    return {
        condition: {name: float(figure(values)) for name, figure in FIGURES.items()}
        for condition, values in errors.items()
    }


def eye_errors(model, portraits):
    found = model.predict(
        [portrait.image for portrait in portraits], np.stack([item.box for item in portraits])
    )
    return np.array(
        [
            np.linalg.norm(points[:2] - portrait.points[:2], axis=1).max() / eye_distance(portrait)
            for points, portrait in zip(found, portraits, strict=True)
        ]
    )


def measure_speed(portraits, n_images=60, repeats=9):
    """Time the search for eyes in pictures of 640x490, on one core."""
    cv2.setNumThreads(1)
    pictures = [cv2.resize(portrait.image, (640, 490)) for portrait in portraits[:n_images]]
    locator = EyeLocator()
    run = partial(locator.fit_transform, pictures)
    run()
    rates = [len(pictures) / seconds(run) for _ in range(repeats)]
    return {"command": COMMAND_OF_SPEED, "repeats": repeats, "images_per_second": spread(rates)}


if __name__ == "__main__":
    main()
