"""The descriptors against loops over faces with other packages, for `benchmarks.run`.

The rivals run on one core, and so do ours: rates are per second of processor time. Two threads of
ours are compared with one by the clock.
"""

import time
from importlib.util import find_spec

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks._measure import compare
from benchmarks.rivals import descriptors as rivals
from skfer import descriptors
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2

TOLERANCE = 1e-4
_WAVELENGTHS = 2 * np.sqrt(2) ** np.arange(5)
_BANK = (_WAVELENGTHS, 8, 2 * np.pi)


def measure(n_images, repeats):
    """Return rows of rivals, of threads, and of rivals that are missing."""
    faces = make_faces(n_images, 1, expressions=["happy"], image_size=(48, 48)).images
    n_threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1):
            rows, missing = compare_all(faces, repeats)
            threads = [compare_threads(name, faces, repeats) for name in THREADED]
    finally:
        cv2.setNumThreads(n_threads)
    return {"speed": rows, "threads": threads, "missing": missing}


def compare_all(faces, repeats):
    """Return a row per rival, and a row per rival that is missing."""
    rows, missing = [], []
    for descriptor, rival, package, describe, share in RIVALS:
        key = {"section": "descriptors", "name": descriptor, "rival": rival}
        if not find_spec(package):
            missing.append(key | {"reason": f"{package} is not installed"})
            continue
        few = faces[: max(1, int(share * len(faces)))]
        rows.append(
            key | compare_one(getattr(descriptors, descriptor)(), describe, faces, few, repeats)
        )
    return rows, missing


def compare_one(descriptor, describe, faces, few, repeats):
    """Measure both in turn, and say whether they compute the same."""
    theirs = np.array([describe(face) for face in few])
    ours = descriptor.fit(faces).transform(few)
    comparable = ours.shape == theirs.shape
    differences = abs(ours - theirs) if comparable else None
    row = compare(
        lambda: descriptor.transform(faces),
        lambda: [describe(face) for face in few],
        (len(faces), len(few)),
        repeats,
        clock=time.process_time,
        unit="images/s of processor time",
    )
    return row | {
        "n_images": [len(faces), len(few)],
        "share_equal": float((differences <= TOLERANCE).mean()) if comparable else None,
    }


def compare_threads(name, faces, repeats):
    """Measure two threads and one in turn, in images per second of the clock."""
    one, two = (getattr(descriptors, name)(n_jobs=n_jobs).fit(faces) for n_jobs in (1, 2))
    row = compare(lambda: two.transform(faces), lambda: one.transform(faces), len(faces), repeats)
    key = {"section": "threads", "name": name, "rival": "one thread"}
    return key | row | {"n_images": [len(faces), len(faces)]}


def _of_bank(magnitudes, *bank):
    return lambda face: rivals.gabor_features(magnitudes(rivals.standardize(face), *bank))


_KERNELS = rivals.gabor_kernels(*_BANK)
THREADED = (
    "GaborDescriptor",
    "HOGDescriptor",
    "LBPDescriptor",
    "PHOGDescriptor",
    "RadialGaborDescriptor",
    "LandmarkDescriptor",
)
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
        1 / 500,
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
