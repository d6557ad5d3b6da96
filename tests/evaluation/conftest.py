import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from skfer.evaluation import EvaluationResult, evaluate_image_split, evaluate_subject_independent
from skfer.evaluation._records import collect_metadata
from skfer.faces import make_face_array


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt = pytest.importorskip("matplotlib.pyplot")
    plt.close("all")


@pytest.fixture
def data():
    """Twelve subjects with three happy and three sad images each; classes overlap a little."""
    rng = np.random.default_rng(0)
    y = np.tile(["happy", "sad"], 36)
    subjects = np.repeat([f"s{number:02d}" for number in range(12)], 6)
    X = rng.normal(size=(72, 5)) + 0.8 * (y == "happy")[:, None]
    return X, y, subjects


@pytest.fixture
def faces(y, subjects):
    """A face array whose pictures tell the two expressions apart."""
    images = np.random.default_rng(0).integers(0, 128, (len(y), 12, 12)).astype(np.uint8)
    images[y == "happy", 6:] += 100
    return make_face_array(images, subject=subjects)


@pytest.fixture
def results(X, y, subjects):
    """The results of one method in two protocols."""
    return [
        evaluate({"A & B": LogisticRegression()}, X, y, subjects, cv=4)["A & B"]
        for evaluate in (evaluate_subject_independent, evaluate_image_split)
    ]


@pytest.fixture
def metadata():
    return collect_metadata(
        command="skfer evaluate --dataset made",
        dataset="made",
        n_images=6,
        n_subjects=3,
        classes=["happy", "sad"],
        seed=0,
    )


@pytest.fixture
def result():
    """Subject a: 2 of 3 right; b: 1 of 1 right; c: 1 of 2 right. Folds {a} and {b, c}."""
    images = pd.DataFrame(
        {
            "image": range(6),
            "subject": ["a", "a", "a", "b", "c", "c"],
            "repeat": 0,
            "fold": [0, 0, 0, 1, 1, 1],
            "y_true": ["happy", "happy", "sad", "sad", "sad", "happy"],
            "y_pred": ["happy", "sad", "sad", "sad", "happy", "happy"],
            "proba_happy": [0.9, 0.1, 0.2, 0.3, 0.8, 0.7],
            "proba_sad": [0.1, 0.9, 0.8, 0.7, 0.2, 0.3],
        }
    )
    seconds = pd.DataFrame(
        {"repeat": 0, "fold": [0, 1], "fit_seconds": [1.0, 2.0], "predict_seconds": [0.25, 0.5]}
    )
    return EvaluationResult(images, "subject-independent", ("happy", "sad"), seconds)
