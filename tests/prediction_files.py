"""Photographs and a model file for the tests of predictions."""

from skfer.datasets import make_faces
from skfer.persistence import save_model
from skfer.pipelines import make_svm_pipeline
from skfer.utils._opencv import cv2

__all__ = ["make_photographs", "write_model", "write_picture"]


def make_photographs(n_subjects=4, size=96):
    """Return portraits, three of each subject: happy, sad and neutral."""
    expressions = ("happy", "sad", "neutral")
    return make_faces(
        n_subjects, 1, expressions=expressions, image_size=(size, size), random_state=0
    )


def write_model(path):
    """Write a model that aligns faces; it is fitted on eyes that are known."""
    data = make_photographs()
    model = make_svm_pipeline("hog").fit(data.faces, data.target)
    save_model(model, path, card={"training_data": "faces of make_faces"})
    return path


def write_picture(path, pixels):
    """Write a picture, whatever its name, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix.lower(), pixels)[1].tobytes())
    return path
