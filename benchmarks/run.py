"""Measure skfer and its rivals in one run: `python -m benchmarks.run --out FILE`, or `make bench`.

Each rate is the median of repeats that alternate with the rival after a warm-up, whoever wins. A
rival that cannot be installed or run stands under `missing`, with the reason. The file follows
`benchmarks/run.schema.json`; `python -m benchmarks.page` draws it.
"""

import argparse
import os
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import torch

from benchmarks import descriptors, eyes, growth, packages, speed, zero_shot
from benchmarks._environments import MissingRival
from benchmarks._measure import compare, describe_machine, write_document
from skfer.utils._torch_runtime import resolve_device, resolve_precision

RESULTS = Path(__file__).with_name("results") / "benchmarks.json"
BENCHMARKS = speed.BENCHMARKS | eyes.BENCHMARKS
OF_PAIRS = list(dict.fromkeys(section for section, *_ in BENCHMARKS.values()))
SECTIONS = [*OF_PAIRS, "descriptors", "accuracy", "packages", "growth"]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=240)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--growth", type=float, default=1.0, help="share of the usual values")
    parser.add_argument("--epochs", type=int, help="of C-SPP; default: those of the recipe")
    parser.add_argument("--device", default="cpu", help="of the networks (default: cpu)")
    parser.add_argument("--precision", choices=["auto", "float32", "bfloat16"], default="auto")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.cspp = {} if options.epochs is None else {"max_epochs": options.epochs}
    device = resolve_device(options.device)
    # The rivals on PyTorch compute with the type that skfer chooses.
    of_networks = {"device": str(device), "precision": resolve_precision(options.precision, device)}
    document = {
        "metadata": describe(options, device, of_networks),
        **{part: [] for part in ("speed", "threads", "accuracy", "packages", "growth", "missing")},
    }
    for section in options.only:
        start = time.perf_counter()
        for part, rows in measure(section, options, of_networks).items():
            document[part] += rows
        spent = {
            "seconds": time.perf_counter() - start,
            "load_average": os.getloadavg()[0],
        }
        document["metadata"]["sections"][section] = spent
        write_document(options.out, document)
        print(f"{section}: {spent['seconds']:.0f} s", flush=True)
    for row in document["speed"]:
        print(f"{row['name']:24s} {row['ratio']:8.2f} of {row['rival']}")
    for row in document["missing"]:
        print(f"{row['name']:24s} missing: {row['reason']}")


def describe(options, device, of_networks):
    return {
        "command": command_of(options),
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "precision": of_networks["precision"],
        "threads": torch.get_num_threads(),
        **describe_machine("numpy", "scipy", "torch", "skorch", "onnxruntime", "scikit-image"),
        "sections": {},
    }


def command_of(options):
    """Return the command that makes the same run; what is None has its default."""
    words = ["python -m benchmarks.run"]
    for name in ("images", "repeats", "growth", "epochs", "device", "precision"):
        value = getattr(options, name)
        words += [] if value is None else [f"--{name} {value}"]
    return " ".join(words if options.only == SECTIONS else [*words, "--only", *options.only])


def measure(section, options, of_networks):
    """Return the parts of the document that a section adds to."""
    if section in OF_PAIRS:
        speed, missing = measure_pairs(section, options, of_networks)
        return {"speed": speed, "missing": missing}
    if section == "descriptors":
        return descriptors.measure(4 * options.images, options.repeats)
    if section == "growth":
        return {"growth": growth.measure(options.growth)}
    measured, missing = (
        zero_shot.measure(options) if section == "accuracy" else packages.measure(options.repeats)
    )
    return {section: measured, "missing": missing}


def measure_pairs(section, options, of_networks):
    """Return a row per rival of a section, and a row with the reason per rival that is missing."""
    rows, missing = [], []
    for name, (own, rival, make, factor) in BENCHMARKS.items():
        if own != section:
            continue
        n_images = max(1, int(factor * options.images))
        rng = np.random.default_rng(0)
        key = {"section": section, "name": name, "rival": rival}
        with ExitStack() as stack:
            try:
                ours, theirs, *others = make(n_images, rng, of_networks)
                stack.callback(getattr(theirs, "close", lambda: None))
                pair = finished(ours), finished(theirs)
                row = compare(*pair, n_images, options.repeats)
                for other in others:
                    row |= other()
            except MissingRival as reason:
                missing.append(key | {"reason": str(reason)})
            else:
                rows.append(key | row | {"n_images": [n_images, n_images]})
    return rows, missing


def finished(run):
    """Return a function that waits for the GPU, where there is one."""
    if not torch.cuda.is_available():
        return run
    return lambda: (run(), torch.cuda.synchronize())


if __name__ == "__main__":
    main()
