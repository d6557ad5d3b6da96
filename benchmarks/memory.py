"""Measure what training needs beyond the faces: `python -m benchmarks.memory`."""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

from skfer.utils._files import atomic_path

RESULTS = Path(__file__).with_name("results") / "memory.json"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, nargs="+", default=[1_000, 4_000, 16_000])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    rows = [measure_in_a_process(n_images) for n_images in options.images]
    command = f"python -m benchmarks.memory --images {' '.join(map(str, options.images))}"
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(options.out) as path:
        path.write_text(json.dumps({"command": command, "results": rows}, indent=1) + "\n")
    for row in rows:
        print(f"{row['n_images']:7d} faces of {row['faces_mb']:.1f} MB: {row['beyond_mb']:.1f} MB")


def measure_in_a_process(n_images):
    """Measure in a process of its own, since a process never gives back its highest mark."""
    code = f"from benchmarks.memory import measure; measure({n_images})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def measure(n_images):
    """Print the peak of one epoch above that of faces and imports, in megabytes."""
    from skfer.classifiers import CSPPClassifier

    rng = np.random.default_rng(0)
    faces = rng.integers(0, 256, (n_images, 48, 48), np.uint8)
    labels = rng.integers(0, 6, n_images)
    classifier = CSPPClassifier(max_epochs=1, batch_size=32, device="cpu", random_state=0)
    before = peak_mb()
    classifier.fit(faces, labels)
    row = {
        "n_images": n_images,
        "faces_mb": faces.nbytes / 2**20,
        "beyond_mb": peak_mb() - before,
    }
    print(json.dumps(row))


def peak_mb():
    """Return the highest mark of this process; ru_maxrss begins with that of the parent."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


if __name__ == "__main__":
    main()
