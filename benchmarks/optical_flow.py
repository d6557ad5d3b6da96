"""Measure the dense flows of OpenCV: `python -m benchmarks.optical_flow`.

Synthetic faces of 48 x 48 are warped by a smooth random field and get noise. The table has the mean
error of each flow, that of the flow between two still frames with noise, which should be 0, both in
pixels, and the time of the processor for a pair.
"""

import argparse
import time

import numpy as np

from skfer.datasets import make_faces
from skfer.utils._opencv import cv2

_SIDE, _FINER, _NOISE = 48, 4, 1.5


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=12)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    pairs = make_pairs(options.subjects)
    lengths = [np.hypot(*flow.T).mean() for *_, flow in pairs]
    print(f"{len(pairs)} pairs, moved by {np.mean(lengths):.2f} pixels on average")
    for name, compute in flows().items():
        error, still, milliseconds = measure(compute, pairs)
        print(f"{name:24s} error {error:.3f}, still {still:.3f}, {milliseconds:.2f} ms")


def flows():
    """Return functions of two frames by name."""
    fast = cv2.DISOPTICAL_FLOW_PRESET_FAST
    found = {}
    for name, preset in (("fast", fast), ("medium", cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)):
        coarse, fine = (cv2.DISOpticalFlow_create(preset) for _ in range(2))
        fine.setFinestScale(0)
        found[f"DIS {name}"] = lambda a, b, dis=coarse: dis.calc(a, b, None)
        found[f"DIS {name}, to the pixels"] = lambda a, b, dis=fine: dis.calc(a, b, None)
    for window in (9, 15):
        found[f"Farneback, window {window}"] = lambda a, b, window=window: (
            cv2.calcOpticalFlowFarneback(a, b, None, 0.5, 3, window, 3, 5, 1.1, 0)
        )
    return found


def make_pairs(n_subjects, n_pairs=3):
    """Make pairs of frames with the flow (height, width, 2) from the first to the second."""
    rng = np.random.default_rng(0)
    fine = (_SIDE * _FINER, _SIDE * _FINER)
    faces = make_faces(n_subjects, 1, image_size=fine, random_state=0).images
    y, x = np.indices(fine, dtype=np.float32)
    pairs = []
    for face in faces:
        for _ in range(n_pairs):
            field = rng.standard_normal((2, 4, 4)) * rng.uniform(0.6, 6)
            across, down = (
                cv2.resize(part.astype(np.float32), fine, interpolation=cv2.INTER_CUBIC)
                for part in field
            )
            moved = cv2.remap(
                face, x + across, y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            flow = np.dstack([_shrink(across), _shrink(down)]) / _FINER
            pairs.append((_add_noise(_shrink(moved), rng), _add_noise(_shrink(face), rng), flow))
    return pairs


def measure(compute, pairs):
    """Return the mean error inside the border, that of still frames, and the milliseconds."""
    rng = np.random.default_rng(1)
    start = time.process_time()
    found = [compute(before, after) for before, after, _ in pairs]
    milliseconds = 1000 * (time.process_time() - start) / len(pairs)
    inside = slice(4, -4), slice(4, -4)
    errors = [
        np.hypot(*(ours - flow)[inside].T).mean()
        for ours, (*_, flow) in zip(found, pairs, strict=True)
    ]
    still = [
        np.hypot(*compute(frame, _add_noise(frame, rng))[inside].T).mean() for frame, *_ in pairs
    ]
    return np.mean(errors), np.mean(still), milliseconds


def _shrink(image):
    return cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)


def _add_noise(frame, rng):
    noisy = frame + rng.normal(0, _NOISE, frame.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
