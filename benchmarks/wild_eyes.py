"""Measure located eyes on photographs of your own: `python -m benchmarks.wild_eyes FOLDER`.

The folder holds photographs and `eyes.csv` with a row for each: `file`, the eye centres
`left_eye_x, left_eye_y, right_eye_x, right_eye_y` (left in the picture) and the box of the face,
`box_x, box_y, box_width, box_height`, in pixels. A result is of the right face if the middle of
its eyes lies in the box. The error of a face is that of its worse eye, in distances between the
annotated eyes. Intervals are Wilson's, of 95 %.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.intervals import wilson
from skfer.alignment import EyeLocator, YuNetFaceDetector
from skfer.utils._files import atomic_path
from skfer.utils._images import as_grey, read_image
from skfer.utils._opencv import cv2

LARGEST_ERROR = 0.10
SURE = 0.5


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with photographs and eyes.csv")
    parser.add_argument("--yunet", type=Path, help="ONNX file of YuNet to find faces with")
    parser.add_argument("--choose", default="score", help="which face counts (EyeLocator)")
    parser.add_argument("--landmarks", type=Path, help="landmark model, if not the shipped one")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    locator = EyeLocator(
        detector=options.yunet and YuNetFaceDetector(options.yunet),
        landmark_model=options.landmarks,
        choose=options.choose,
        on_missing="skip",
    )
    truth = pd.read_csv(options.folder / "eyes.csv")
    pictures = [as_grey(read_image(options.folder / file)) for file in truth["file"]]
    start = time.perf_counter()
    faces = locator.fit_transform(pictures)
    rate = len(pictures) / (time.perf_counter() - start)
    document = measure(truth, faces["eyes"], faces["confidence"]) | {"images_per_second": rate}
    print(json.dumps(document, indent=1))
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(options.out) as path:
            path.write_text(json.dumps(document, indent=1) + "\n")


def measure(truth, eyes, confidence):
    """Return the figures of eyes (n_photographs, 2, 2), NaN where none were found."""
    found = np.isfinite(eyes).all(axis=(1, 2))
    right = found & are_of_right_face(truth, eyes)
    near = right & (eye_errors(truth, eyes) <= LARGEST_ERROR)
    sure = confidence > SURE
    return {
        "n_photographs": len(truth),
        "found": count(found),
        "right_face_of_found": count(right, found),
        "near_of_all": count(near),
        "near_of_found": count(near, found),
        "near_of_right_face": count(near, right),
        "sure_of_found": count(sure & found, found),
        "near_of_sure": count(near, sure),
        "near_of_sure_and_right_face": count(near, sure & right),
    }


def are_of_right_face(truth, eyes):
    corner = truth[["box_x", "box_y"]].to_numpy()
    size = truth[["box_width", "box_height"]].to_numpy()
    inside = (eyes.mean(axis=1) - corner) / size
    return ((inside >= 0) & (inside <= 1)).all(axis=1)


def eye_errors(truth, eyes):
    names = ["left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y"]
    annotated = truth[names].to_numpy().reshape(-1, 2, 2)
    distance = np.linalg.norm(annotated[:, 1] - annotated[:, 0], axis=1)
    return np.linalg.norm(eyes - annotated, axis=2).max(axis=1) / distance


def count(event, among=None):
    """Return how often an event happens among some, with the interval of the share."""
    among = np.ones(len(event), bool) if among is None else among
    n, k = int(among.sum()), int((event & among).sum())
    low, high = wilson(k / n, n) if n else (np.nan, np.nan)
    return {"k": k, "n": n, "share": k / max(n, 1), "low": float(low), "high": float(high)}


if __name__ == "__main__":
    main()
