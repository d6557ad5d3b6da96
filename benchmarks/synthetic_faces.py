"""Measure how like real faces synthetic ones behave: `python -m benchmarks.synthetic_faces`.

One table: share found by the bare Haar detector of OpenCV, accuracy of the nearest neighbour on
pixels under both splits and of HOG with a linear SVM by subject, seconds to draw 1,000 faces.
"""

import argparse
import time

import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor, PixelDescriptor
from skfer.evaluation import evaluate_image_split, evaluate_subject_independent
from skfer.utils._opencv import cv2


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subjects", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    for name, value in measure(options.subjects, options.seed).items():
        print(f"{name:45s} {value:8.2f}")


def measure(n_subjects, seed):
    start = time.process_time()
    data = make_faces(n_subjects, random_state=seed)
    drawing = time.process_time() - start
    neighbour = make_pipeline(PixelDescriptor(), KNeighborsClassifier(n_neighbors=1))
    hog = make_pipeline(HOGDescriptor(), SVC(kernel="linear"))
    return {
        "found by the Haar detector, %": 100 * np.mean([haar_finds(face) for face in data.images]),
        "1-NN on pixels, split by image, %": percent(evaluate_image_split, neighbour, data),
        "1-NN on pixels, by subject, %": percent(evaluate_subject_independent, neighbour, data),
        "HOG + linear SVM, by subject, %": percent(evaluate_subject_independent, hog, data),
        "seconds of CPU for 1,000 faces": 1000 * drawing / len(data.images),
    }


def percent(evaluate, estimator, data):
    result = evaluate(estimator, data.images, data.target, data.subjects, cv=8)
    return 100 * result.summary()["pooled_accuracy"]


def haar_finds(image):
    detector = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")
    # The cascade needs faces of some size and room around them, as in a photograph.
    picture = cv2.copyMakeBorder(
        cv2.resize(image, None, fx=2, fy=2), 32, 32, 32, 32, cv2.BORDER_REPLICATE
    )
    return len(detector.detectMultiScale(picture, 1.1, 3)) > 0


if __name__ == "__main__":
    main()
