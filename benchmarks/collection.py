"""Measure a big collection against bare OpenCV: `python -m benchmarks.collection FOLDER`.

A synthetic collection of image files is indexed, decoded, aligned and saved by skfer, in blocks
that alternate with a bare loop of `cv2.imread` and the same warp on as many threads, which keeps
nothing. Then C-SPP trains one epoch from the memory map in a process of its own, whose anonymous
memory (RssAnon, at its highest) is what it needs beyond the pages of the map.
"""

import argparse
import json
import os
import platform
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks._measure import in_a_process
from skfer import __version__
from skfer.alignment import FaceAligner
from skfer.alignment._geometry import eye_transforms, warp_affine
from skfer.classifiers import CSPPClassifier
from skfer.datasets import load_faces, load_image_folder, make_faces, save_faces
from skfer.utils._files import atomic_path
from skfer.utils._opencv import cv2

RESULTS = Path(__file__).with_name("results") / "collection.json"
N_BLOCKS = 5
ALIGNER = FaceAligner((48, 48), margin=0.125)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="an empty folder; emptied at the end")
    parser.add_argument("--n-files", type=int, default=100_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    if any(options.folder.iterdir()):
        parser.error(f"'{options.folder}' is not empty")
    document = measure(options.folder, options.n_files, options.jobs)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(options.out) as path:
        path.write_text(json.dumps(document, indent=1) + "\n")
    shutil.rmtree(options.folder)
    saving, training = document["saving"], document["training"]
    print(
        f"{options.n_files} files: {saving['ours']['median']:.0f} images/s indexed, decoded, "
        f"aligned and saved, {saving['ratio']:.2f} of the {saving['theirs']['median']:.0f} of bare "
        f"OpenCV; one epoch from the map with {training['anonymous_bytes'] / 1e6:.0f} MB"
    )


def measure(folder, n_files, n_jobs):
    eyes = write_collection(folder / "files", n_files)
    rates = []
    for block in range(N_BLOCKS):
        part = folder / "files" / f"{block}"
        rates.append((ours(part, eyes, folder / f"{block}.npy", n_jobs), bare(part, eyes, n_jobs)))
    # One file for the training: the same call on the whole collection.
    save_part(folder / "files", eyes, folder / "all.npy", n_jobs)
    anonymous = in_a_process("benchmarks.collection", f"train({str(folder / 'all.npy')!r})")
    ours_rates, bare_rates = (spread(column) for column in zip(*rates, strict=True))
    return {
        "metadata": {
            "command": f"python -m benchmarks.collection FOLDER --n-files {n_files}",
            "cpu_count": os.cpu_count(),
            "jobs": n_jobs,
            "python": platform.python_version(),
            # Not the version of the package, which may be opencv-python-headless.
            "versions": {"skfer": __version__, "opencv": cv2.__version__}
            | {name: version(name) for name in ("numpy", "torch")},
        },
        "saving": {
            "rival": "cv2.imread and the same warp, nothing kept",
            "unit": "images/s",
            "n_files": n_files,
            "blocks": N_BLOCKS,
            "ours": ours_rates,
            "theirs": bare_rates,
            "ratio": ours_rates["median"] / bare_rates["median"],
        },
        "training": {
            "epochs": 1,
            "map_bytes": (folder / "all.npy").stat().st_size,
            "anonymous_bytes": anonymous,
        },
    }


def write_collection(folder, n_files):
    """Write the files, N_BLOCKS folders of them, and return the eyes by the name of the face."""
    data = make_faces(20, random_state=0)
    encoded = [cv2.imencode(".png", image)[1].tobytes() for image in data.images]
    for number in range(n_files):
        face = number % len(encoded)
        place = folder / f"{number % N_BLOCKS}" / data.subjects[face] / data.target[face]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number // N_BLOCKS:06d}-{face:03d}.png").write_bytes(encoded[face])
    return data.faces["eyes"]


def ours(folder, eyes, file, n_jobs):
    start = time.perf_counter()
    saved = save_part(folder, eyes, file, n_jobs)
    return len(saved.faces) / (time.perf_counter() - start)


def save_part(folder, eyes, file, n_jobs):
    pattern = r"(?:\d/)?(?P<subject>[^/]+)/(?P<expression>[^/]+)/\d+-(?P<face>\d+)\.png"
    data = load_image_folder(folder, pattern=pattern)
    data.faces["eyes"] = eyes[data.frame["face"].astype(int)]
    return save_faces(file, data.faces, data.frame, transformer=ALIGNER, n_jobs=n_jobs)


def bare(folder, eyes, n_jobs):
    start = time.perf_counter()
    paths = [str(path) for path in folder.rglob("*.png")]
    places = eyes[[int(path[-7:-4]) for path in paths]]
    transforms = eye_transforms(places, (48, 48), crop=ALIGNER.crop, margin=(6, 6))

    def warp(number):
        image = cv2.imread(paths[number], cv2.IMREAD_GRAYSCALE)
        return warp_affine(image, transforms[number], (60, 60))

    with ThreadPoolExecutor(n_jobs) as pool:
        list(pool.map(warp, range(len(paths)), chunksize=256))
    return len(paths) / (time.perf_counter() - start)


def train(file):
    """Train an epoch from the memory map; return the most anonymous memory meanwhile, in bytes."""
    highest, done = [anonymous_bytes()], threading.Event()

    def watch():
        while not done.wait(0.02):
            highest.append(anonymous_bytes())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    X, y, _ = load_faces(file, mmap_mode="r", return_X_y=True)
    CSPPClassifier(max_epochs=1, input_size=(48, 48), device="cpu", random_state=0).fit(X, y)
    done.set()
    watcher.join()
    return max(highest)


def anonymous_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) * 1024


def spread(rates):
    return dict(zip(("q1", "median", "q3"), np.percentile(rates, [25, 50, 75]), strict=True))


if __name__ == "__main__":
    main()
