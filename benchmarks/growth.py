"""How time and memory grow with faces, sizes, subjects and methods, for `benchmarks.run`.

Each point is measured in a process of its own: the median of three runs after a warm-up at the
smallest value, and the peak of the first beyond what went in. The exponent is the slope of the line
through the points on logarithmic axes: 1 is proportional.
"""

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from benchmarks._measure import in_a_process, peak_mb, seconds
from skfer.alignment import FaceAligner
from skfer.classifiers import CSPPClassifier
from skfer.descriptors import GaborDescriptor, HOGDescriptor
from skfer.evaluation import evaluate_subject_independent, find_near_duplicates
from skfer.faces import make_face_array

LEAST_MB = 1  # below, the granularity of the allocator is what is seen
EXPRESSIONS = np.array(["anger", "disgust", "fear", "happy", "sad", "surprise"])


def measure(share):
    """Return a row per task, at values up to a share of the usual ones."""
    return [measure_task(name, share) for name in TASKS]


def measure_task(name, share):
    axis, values, _ = TASKS[name]
    values = sorted({max(1, values[0] // 8, int(share * value)) for value in values})
    points = [
        in_a_process("benchmarks.growth", f"measure_point({name!r}, {value}, {values[0]})")
        for value in values
    ]
    took, mb = ([point[key] for point in points] for key in ("seconds", "mb"))
    return {
        "task": name,
        "axis": axis,
        "values": values,
        "seconds": took,
        "mb": mb,
        "exponent_seconds": exponent(values, took),
        "exponent_mb": exponent(values, mb) if min(mb) >= LEAST_MB else None,
    }


def exponent(values, measured):
    if len(values) < 2:
        return None
    return float(np.polyfit(np.log(values), np.log(measured), 1)[0])


def measure_point(name, value, smallest):
    """Return seconds and megabytes of a task at one value."""
    make = TASKS[name][2]
    make(smallest)()
    run = make(value)
    before = peak_mb()
    took = [seconds(run)]
    mb = peak_mb() - before
    took += [seconds(run) for _ in range(2)]
    return {"seconds": float(np.median(took)), "mb": mb}


def train(n_images, side=48):
    faces, labels = _faces(n_images, side), np.arange(n_images) % 6
    classifier = CSPPClassifier(max_epochs=1, batch_size=32, device="cpu", random_state=0)
    return lambda: classifier.fit(faces, labels)


def describe(descriptor, n_images, side=48):
    faces = _faces(n_images, side)
    return lambda: descriptor.fit_transform(faces)


def align(side):
    eyes = np.tile(np.array([[0.4, 0.4], [0.6, 0.4]]) * side, (50, 1, 1))
    faces = make_face_array(list(_faces(50, side)), eyes)
    return lambda: FaceAligner((48, 48)).transform(faces)


def evaluate(methods, n_subjects, side=48):
    subjects = np.repeat(np.arange(n_subjects), 6)
    faces, labels = _faces(len(subjects), side), np.tile(EXPRESSIONS, n_subjects)
    subjects = np.char.add("s", subjects.astype(str))

    def run():
        for result in evaluate_subject_independent(methods, faces, labels, subjects).values():
            result.summary()

    return run


def evaluate_many(n_methods):
    return evaluate({f"method {number}": _hog_svm() for number in range(n_methods)}, 40)


def find_copies(n_images):
    faces, subjects = _faces(n_images, 48), np.arange(n_images).astype(str)
    return lambda: find_near_duplicates(faces, subjects)


def _hog_svm():
    return make_pipeline(HOGDescriptor(), SVC(kernel="linear"))


def _faces(n_images, side):
    return np.random.default_rng(0).integers(0, 256, (n_images, side, side), np.uint8)


# What grows, its values, and a function of a value that makes what is run.
TASKS = {
    "an epoch of C-SPP": ("faces of 48x48", (64, 128, 256), train),
    "HOG": (
        "faces of 48x48",
        (1_000, 10_000, 100_000),
        lambda n: describe(HOGDescriptor(), n),
    ),
    "Gabor": ("faces of 48x48", (500, 1000, 2000), lambda n: describe(GaborDescriptor(), n)),
    "near-duplicates": ("faces of 48x48", (1000, 2000, 4000), find_copies),
    "an epoch of C-SPP, 64 faces": ("side in pixels", (24, 48, 96), lambda side: train(64, side)),
    "Gabor, 100 faces": (
        "side in pixels",
        (48, 96, 192),
        lambda side: describe(GaborDescriptor(), 100, side),
    ),
    "alignment of 50 photographs": ("side in pixels", (270, 540, 1080), align),
    "folds and statistics": (
        "subjects",
        (100, 1_000, 3_000),
        lambda n: evaluate({"dummy": DummyClassifier()}, n, side=12),
    ),
    "HOG + SVM, 8 folds": (
        "subjects",
        (40, 80, 160),
        lambda n: evaluate({"HOG + SVM": _hog_svm()}, n),
    ),
    "HOG + SVM, 8 folds, 40 subjects": ("methods", (1, 2, 4), evaluate_many),
}
