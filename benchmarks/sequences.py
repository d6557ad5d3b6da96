"""Measure the descriptors of sequences: `python -m benchmarks.sequences --out FILE`.

Three tables are written. Rivals: loops over planes, cells and modes with OpenCV and SciPy, on one
core, whether their features are the same, and by how much they differ. Jobs: two threads against
one, in turn, and what the machine gives two threads of OpenCV meanwhile. Memory: the peak of a
process that describes many sequences, beyond the sequences and the features.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks._measure import (
    compare,
    describe_machine,
    in_a_process,
    peak_mb,
    seconds,
    spread,
    write_document,
)
from benchmarks.descriptors import TOLERANCE
from benchmarks.rivals import sequences as rivals
from skfer.datasets import make_face_sequences
from skfer.descriptors import ExpressionletDescriptor, OpticalFlowDescriptor, PHOGTOPDescriptor
from skfer.utils._opencv import cv2
from skfer.utils._threads import map_in_threads

RESULTS = Path(__file__).with_name("results") / "sequences.json"
DESCRIPTORS = {
    "PHOGTOPDescriptor": PHOGTOPDescriptor(),
    "OpticalFlowDescriptor": OpticalFlowDescriptor(),
    "ExpressionletDescriptor": ExpressionletDescriptor(random_state=0),
}
# What people write instead: a function of the fitted descriptor to one of the frames.
RIVALS = {
    "PHOGTOPDescriptor": (
        "cv2.Sobel, cv2.Canny and np.histogram, plane by plane",
        lambda _: rivals.phog_top_with_opencv,
    ),
    "OpticalFlowDescriptor": (
        "cv2.DISOpticalFlow and np.bincount, cell by cell",
        lambda _: rivals.flow_with_opencv,
    ),
    "ExpressionletDescriptor": (
        "cv2.Sobel, np.histogram and scipy.linalg.logm, cell by cell and mode by mode",
        lambda fitted: (
            lambda frames: rivals.expressionlets_with_scipy(frames, fitted.pca_, fitted.mixture_)
        ),
    ),
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=20)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--memory-sequences", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    data = make_face_sequences(
        options.sequences,
        expressions=["happy"],
        n_frames=options.frames,
        image_size=(48, 48),
        random_state=0,
    )
    sequences = list(data.faces["image"])
    n_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1):
            fitted = {name: each.fit(sequences) for name, each in DESCRIPTORS.items()}
            rows = [
                compare_with_rival(name, fitted[name], sequences, options.repeats)
                for name in RIVALS
            ]
            jobs = [compare_jobs(name, fitted[name], sequences, options.repeats) for name in fitted]
    finally:
        cv2.setNumThreads(n_threads)
    memory = [
        memory_in_a_process(name, options.memory_sequences, options.frames) for name in DESCRIPTORS
    ]
    metadata = {
        "command": f"python -m benchmarks.sequences --sequences {options.sequences} "
        f"--frames {options.frames} --repeats {options.repeats} "
        f"--memory-sequences {options.memory_sequences} --out FILE",
        **describe_machine("numpy", "scipy", "scikit-learn"),
    }
    written = {"metadata": metadata, "rivals": rows, "jobs": jobs, "memory": memory}
    write_document(options.out, written)
    for row in rows:
        print(
            f"{row['descriptor']}: {row['ours']['median']:.1f} sequences/s, {row['ratio']:.1f} "
            f"times {row['rival']}, difference up to {row['difference']:.1g}"
        )
    for row in jobs:
        print(
            f"{row['descriptor']}: {row['ratio']:.2f} times as fast in two threads, of "
            f"{row['ceiling']:.2f} that the machine gives"
        )
    for row in memory:
        print(
            f"{row['descriptor']}: {row['beyond_mb']:.0f} MB beyond {row['n_sequences']} sequences "
            f"of {row['sequences_mb']:.0f} MB and {row['output_mb']:.0f} MB of features"
        )


def compare_with_rival(name, descriptor, sequences, repeats):
    """Measure ours and the rival in turn, in sequences per second of the processor's time."""
    rival, of_fitted = RIVALS[name]
    describe = of_fitted(descriptor)
    few = sequences[: max(1, len(sequences) // 4)]
    difference = np.abs(descriptor.transform(few) - [describe(frames) for frames in few])
    row = compare(
        lambda: descriptor.transform(sequences),
        lambda: [describe(frames) for frames in few],
        (len(sequences), len(few)),
        repeats,
        clock=time.process_time,
        unit="sequences/s of processor time",
    )
    return row | {
        "descriptor": name,
        "rival": rival,
        "n_sequences": [len(sequences), len(few)],
        "n_frames": len(sequences[0]),
        "tolerance": TOLERANCE,
        "share_equal": float((difference <= TOLERANCE).mean()),
        "difference": float(difference.max()),
    }


def compare_jobs(name, descriptor, sequences, repeats):
    """Measure one thread and two in turn, in sequences per second of the clock."""
    features, rates, ceilings = [], [], []
    for _ in range(repeats):
        row = []
        for n_jobs in (1, 2):
            descriptor.set_params(n_jobs=n_jobs)
            took = seconds(lambda: features.append(descriptor.transform(sequences)))
            row.append(len(sequences) / took)
        rates.append(row)
        alone, together = (seconds(lambda n=n: blur_in_threads(n)) for n in (1, 2))
        ceilings.append(2 * alone / together)
    descriptor.set_params(n_jobs=None)
    one, two = (spread(column) for column in zip(*rates, strict=True))
    return {
        "descriptor": name,
        "unit": "sequences/s",
        "n_sequences": len(sequences),
        "one": one,
        "two": two,
        "ratio": two["median"] / one["median"],
        "ceiling": float(np.median(ceilings)),
        "equal": all((each == features[0]).all() for each in features),
        "load_average": os.getloadavg()[0],
        "repeats": repeats,
    }


def blur_in_threads(n_threads, n_pixels=2**20, n_times=100):
    """Blur an image in each of some threads, without the GIL."""
    image = np.random.default_rng(0).integers(0, 256, (n_pixels // 1024, 1024), np.uint8)

    def blur(_):
        for _ in range(n_times):
            cv2.GaussianBlur(image, (15, 15), 3)

    map_in_threads(blur, range(n_threads), n_jobs=n_threads)


def memory_in_a_process(name, n_sequences, n_frames):
    """Measure in a process of its own, since a process never gives back its highest mark."""
    call = f"measure_memory({name!r}, {n_sequences}, {n_frames})"
    return in_a_process("benchmarks.sequences", call)


def measure_memory(name, n_sequences, n_frames, n_jobs=2):
    """Return the peak of `transform` above sequences and features, in megabytes."""
    shape = n_sequences, n_frames, 48, 48
    sequences = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    descriptor = DESCRIPTORS[name].set_params(n_jobs=n_jobs).fit(sequences[:2])
    descriptor.transform(sequences[:2])  # what is loaded at the first call
    before = peak_mb()
    output_mb = descriptor.transform(sequences).nbytes / 2**20
    return {
        "descriptor": name,
        "n_sequences": n_sequences,
        "n_frames": n_frames,
        "n_jobs": n_jobs,
        "sequences_mb": sequences.nbytes / 2**20,
        "output_mb": output_mb,
        "beyond_mb": peak_mb() - before - output_mb,
    }


if __name__ == "__main__":
    main()
