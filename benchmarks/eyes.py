"""Eye centres of synthetic portraits by skfer and by other packages, for `benchmarks.run`."""

from functools import partial

import numpy as np

from benchmarks._environments import Remote
from benchmarks.rivals import eyes as rivals
from skfer.alignment import EyeLocator
from skfer.datasets import make_faces

LARGEST_ERROR = 0.10  # of the eye distance, as in benchmarks.wild_eyes


def make_eyes(find_theirs, n_images, rng, of_networks):
    """Return both searches, and a function that says how often each has both eyes."""
    faces = make_faces(-(-n_images // 6), 1, image_size=(240, 240), random_state=2).faces[:n_images]
    pictures = np.stack(list(faces["image"]))
    locator = EyeLocator(on_missing="guess")
    theirs = find_theirs(pictures)

    def ours():
        return locator.fit_transform(list(pictures))["eyes"]

    def accuracies():
        found = getattr(theirs, "output", theirs)()
        return {
            "near_ours": share_near(ours(), faces["eyes"]),
            "near_theirs": share_near(found, faces["eyes"]),
        }

    return ours, theirs, accuracies


def share_near(found, truth):
    """Return the share of faces with both eyes found and near."""
    distance = np.linalg.norm(truth[:, 1] - truth[:, 0], axis=1)
    errors = np.linalg.norm(found - truth, axis=2).max(axis=1) / distance
    return float((errors <= LARGEST_ERROR).mean())


def _elsewhere(environment, package, rival):
    return partial(
        make_eyes, lambda pictures: Remote(environment, package, rival, pictures=pictures)
    )


BENCHMARKS = {
    "eyes-cascades": (
        "eyes",
        "the Haar cascades of OpenCV",
        partial(make_eyes, rivals.with_cascades),
        1 / 4,
    ),
    "eyes-mtcnn": (
        "eyes",
        "the MTCNN that fer uses",
        _elsewhere("fer", "fer", "eyes:with_mtcnn"),
        1 / 4,
    ),
    "eyes-mediapipe": (
        "eyes",
        "the face mesh of mediapipe",
        _elsewhere("eyes", "mediapipe", "eyes:with_mediapipe"),
        1 / 4,
    ),
    "eyes-dlib": (
        "eyes",
        "the landmarks of dlib",
        _elsewhere("eyes", "dlib-bin", "eyes:with_dlib"),
        1 / 4,
    ),
}
