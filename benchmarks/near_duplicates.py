"""Search 10,000 faces for near-duplicates on one core: `python -m benchmarks.near_duplicates`.

Each face is a rendered person of its own; one in twenty is a copy of another, of five kinds. Time,
the peak of memory above the faces, what was found of the copies, and the pairs of different people
that were taken for copies are written.
"""

import argparse
import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks._measure import peak_mb
from skfer import __version__
from skfer.datasets import make_faces
from skfer.evaluation import find_near_duplicates
from skfer.utils._opencv import cv2

RESULTS = Path(__file__).with_name("results") / "near_duplicates.json"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    command = f"python -m benchmarks.near_duplicates --images {options.images}"
    metadata = {
        "command": f"{command} --seed {options.seed}",
        "cpu_count": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {"skfer": __version__, "numpy": np.__version__, "opencv": cv2.__version__}
        | {"pandas": version("pandas")},
    }
    result = measure(options.images, options.seed)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"metadata": metadata, "result": result}, indent=1) + "\n")
    found = ", ".join(f"{kind} {n}/{of}" for kind, (n, of) in result["found"].items())
    print(f"{result['n_images']} faces in {result['seconds']:.1f} s; found: {found}")
    print(f"pairs that are not copies: {result['n_false']}; memory: {result['beyond_mb']:.0f} MB")


def measure(n_images, seed):
    rng = np.random.default_rng(seed)
    n_originals = n_images - n_images // 20
    images = list(
        make_faces(
            n_originals, 1, expressions=["neutral"], image_size=(48, 48), random_state=seed
        ).images
    )
    kinds, originals = [], rng.choice(n_originals, n_images // 20, replace=False)
    for number, original in enumerate(originals):
        kinds.append(list(COPIES)[number % len(COPIES)])
        images.append(COPIES[kinds[-1]](images[original], rng))
    n_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1):
            before, start = peak_mb(), time.perf_counter()
            pairs = find_near_duplicates(images, range(n_images), n_jobs=1)
            seconds = time.perf_counter() - start
    finally:
        cv2.setNumThreads(n_threads)
    found = set(zip(pairs["image_a"], pairs["image_b"], strict=True))
    planted = list(zip(originals, range(n_originals, n_images), strict=True))
    return {
        "n_images": n_images,
        "seconds": seconds,
        "beyond_mb": peak_mb() - before,
        "found": {
            kind: [
                sum(pair in found for pair, its in zip(planted, kinds, strict=True) if its == kind),
                kinds.count(kind),
            ]
            for kind in COPIES
        },
        "n_false": len(found - set(planted)),
    }


def _as_jpeg(image, rng):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 0)


def _with_noise(image, rng):
    return np.clip(image + rng.integers(-2, 3, image.shape), 0, 255).astype(np.uint8)


COPIES = {
    "equal": lambda image, rng: image.copy(),
    "jpeg": _as_jpeg,
    "noise": _with_noise,
    "half": lambda image, rng: cv2.resize(image, (24, 24), interpolation=cv2.INTER_AREA),
    "bright": lambda image, rng: np.clip(1.15 * image + 10, 0, 255).astype(np.uint8),
}

if __name__ == "__main__":
    main()
