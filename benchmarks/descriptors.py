"""Measure the descriptors: `python -m benchmarks.descriptors --out FILE`.

Three tables are written. Rivals: loops over faces with the functions of other packages, on one
core, whether their features are the same, and by how much they differ. Jobs: two threads against
one. Memory: the peak of a process that describes many faces, beyond the faces and the features.
A rival that is not installed is left out and named.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.memory import peak_mb
from benchmarks.rivals import descriptors as rivals
from skfer import __version__, base, descriptors
from skfer.datasets import make_faces
from skfer.utils._files import atomic_path
from skfer.utils._opencv import cv2

RESULTS = Path(__file__).with_name("results") / "descriptors.json"
TOLERANCE = 1e-4
_WAVELENGTHS = 2 * np.sqrt(2) ** np.arange(5)
_BANK = (_WAVELENGTHS, 8, 2 * np.pi)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--memory-images", type=int, default=100_000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    faces = make_faces(options.images, 1, expressions=["happy"], image_size=(48, 48)).images
    n_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1):
            rows, left_out = compare_all(faces, options.repeats)
            jobs = [compare_jobs(name, faces, options.repeats) for name in THREADED]
    finally:
        cv2.setNumThreads(n_threads)
    memory = [memory_in_a_process(name, options.memory_images) for name in COMPUTING]
    command = f"python -m benchmarks.descriptors --images {options.images}"
    metadata = {
        "command": f"{command} --repeats {options.repeats} "
        f"--memory-images {options.memory_images} --out FILE",
        "cpu_count": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {"skfer": __version__, "opencv": cv2.__version__}
        | installed("numpy", "scipy", "scikit-image"),
        "left_out": left_out,
    }
    written = {"metadata": metadata, "rivals": rows, "jobs": jobs, "memory": memory}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(options.out) as path:
        path.write_text(json.dumps(written, indent=1) + "\n")
    for row in rows:
        same = "equal" if row["equal"] else f"{100 * (row['share_equal'] or 0):.1f} % equal"
        print(f"{row['descriptor']}: {row['ratio']:.1f} times {row['rival']}, {same}")
    for name in left_out:
        print(f"left out: {name}")
    for row in jobs:
        print(f"{row['descriptor']}: {row['ratio']:.2f} times as fast in two threads")
    for row in memory:
        print(
            f"{row['descriptor']}: {row['beyond_mb']:.0f} MB beyond {row['n_images']} faces and "
            f"{row['output_mb']:.0f} MB of features"
        )


def compare_all(faces, repeats):
    """Return a row per rival, and the names of those that are missing."""
    rows, left_out = [], []
    for descriptor, rival, package, describe, share in RIVALS:
        if not find_spec(package):
            left_out.append(f"{descriptor} against {rival}")
            continue
        few = faces[: max(1, int(share * len(faces)))]
        row = compare(getattr(descriptors, descriptor)(n_jobs=1), describe, faces, few, repeats)
        rows.append({"descriptor": descriptor, "rival": rival, **row})
    return rows, left_out


def compare(descriptor, describe, faces, few, repeats):
    """Measure both in turn, in images per second of the processor's time."""
    descriptor.fit(faces)
    theirs = np.array([describe(face) for face in few])
    ours = descriptor.transform(few)
    comparable = ours.shape == theirs.shape
    differences = abs(ours - theirs) if comparable else None
    rates = [
        (
            len(faces) / seconds(lambda: descriptor.transform(faces), time.process_time),
            len(few) / seconds(lambda: [describe(face) for face in few], time.process_time),
        )
        for _ in range(repeats + 1)
    ][1:]
    ours, theirs = (spread(column) for column in zip(*rates, strict=True))
    return {
        "unit": "images/s of processor time",
        "n_images": [len(faces), len(few)],
        "ours": ours,
        "theirs": theirs,
        "ratio": ours["median"] / theirs["median"],
        "tolerance": TOLERANCE,
        "equal": comparable and bool((differences <= TOLERANCE).all()),
        "share_equal": float((differences <= TOLERANCE).mean()) if comparable else None,
        "difference": float(differences.max()) if comparable else None,
        "repeats": repeats,
    }


def compare_jobs(name, faces, repeats):
    """Measure one thread and two in turn, in images per second of the clock."""
    one, two = (getattr(descriptors, name)(n_jobs=n_jobs).fit(faces) for n_jobs in (1, 2))
    equal = bool((one.transform(faces) == two.transform(faces)).all())
    rates = [
        [len(faces) / seconds(lambda d=d: d.transform(faces)) for d in (one, two)]
        for _ in range(repeats)
    ]
    one, two = (spread(column) for column in zip(*rates, strict=True))
    return {
        "descriptor": name,
        "unit": "images/s",
        "n_images": len(faces),
        "one": one,
        "two": two,
        "ratio": two["median"] / one["median"],
        "equal": equal,
        "load_average": os.getloadavg()[0],
        "repeats": repeats,
    }


def seconds(run, clock=time.perf_counter):
    start = clock()
    run()
    return clock() - start


def spread(values):
    return dict(zip(("q1", "median", "q3"), np.percentile(values, [25, 50, 75]), strict=True))


def memory_in_a_process(name, n_images):
    """Measure in a process of its own, since a process never gives back its highest mark."""
    code = f"from benchmarks.descriptors import measure_memory as m; m({name!r}, {n_images})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def measure_memory(name, n_images, n_jobs=2):
    """Print the peak of `transform` above faces and features, in megabytes."""
    faces = np.random.default_rng(0).integers(0, 256, (n_images, 48, 48), np.uint8)
    descriptor = getattr(descriptors, name)(n_jobs=n_jobs).fit(faces[:2])
    descriptor.transform(faces[:2])  # what is loaded at the first call
    before = peak_mb()
    output_mb = descriptor.transform(faces).nbytes / 2**20
    row = {
        "descriptor": name,
        "n_images": n_images,
        "n_jobs": n_jobs,
        "faces_mb": faces.nbytes / 2**20,
        "output_mb": output_mb,
        "chunk_mb": output_mb * min(1, base.CHUNK_PIXELS / faces.size),
        "beyond_mb": peak_mb() - before - output_mb,
    }
    print(json.dumps(row))


def installed(*names):
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _of_bank(magnitudes, *bank):
    return lambda face: rivals.gabor_features(magnitudes(rivals.standardize(face), *bank))


_KERNELS = rivals.gabor_kernels(*_BANK)
COMPUTING = ("GaborDescriptor", "HOGDescriptor", "LBPDescriptor", "PHOGDescriptor")
THREADED = (*COMPUTING, "RadialGaborDescriptor", "LandmarkDescriptor")
# Descriptor, rival, its package, the rival for one face, and its share of the faces.
RIVALS = [
    (
        "GaborDescriptor",
        "cv2.filter2D with the same kernels",
        "cv2",
        _of_bank(rivals.gabor_with_opencv, _KERNELS),
        1 / 10,
    ),
    (
        "GaborDescriptor",
        "scipy.ndimage.convolve with the same kernels",
        "scipy",
        _of_bank(rivals.gabor_with_scipy, _KERNELS),
        1 / 500,
    ),
    (
        "GaborDescriptor",
        "skimage.filters.gabor",
        "skimage",
        _of_bank(rivals.gabor_with_scikit_image, *_BANK),
        1 / 200,
    ),
    ("HOGDescriptor", "skimage.feature.hog", "skimage", rivals.hog_with_scikit_image, 1 / 5),
    (
        "LBPDescriptor",
        "skimage.feature.local_binary_pattern",
        "skimage",
        rivals.lbp_with_scikit_image,
        1 / 5,
    ),
    (
        "PHOGDescriptor",
        "skimage.feature.hog at three levels",
        "skimage",
        rivals.phog_with_scikit_image,
        1 / 5,
    ),
]

if __name__ == "__main__":
    main()
