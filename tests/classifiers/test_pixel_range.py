"""A network keeps to the unit of the pixels that it was trained on."""

import numpy as np
import pandas as pd
import pytest
from imblearn.pipeline import make_pipeline

from skfer.augmentation import EyeJitterSampler
from skfer.classifiers import CSPPClassifier
from skfer.faces import make_face_array
from skfer.persistence import load_model, save_model


@pytest.fixture(scope="module")
def stack():
    return np.random.default_rng(0).integers(0, 256, (12, 16, 16), np.uint8)


LABELS = np.array(["happy", "sad"] * 6)

CONTAINERS = {
    "stack": lambda stack: stack,
    "frame": lambda stack: pd.DataFrame(stack.reshape(len(stack), -1)),
    "list": list,
    "nested lists": lambda stack: stack.tolist(),
    "faces": make_face_array,
}


def blind_to_nothing():
    return CSPPClassifier(
        network__contrast_window=None, network__hidden_units=16, max_epochs=1, random_state=0
    )


@pytest.fixture(scope="module")
def fitted(stack):
    return blind_to_nothing().fit(stack, LABELS)


@pytest.mark.parametrize("container", CONTAINERS)
def test_integers_are_what_they_are(stack, fitted, container):
    X = CONTAINERS[container](stack.astype(np.int64))
    expected = fitted.predict_proba(stack)
    np.testing.assert_array_equal(fitted.predict_proba(X), expected)
    np.testing.assert_array_equal(blind_to_nothing().fit(X, LABELS).predict_proba(stack), expected)


def test_unit_floats_are_uint8_to_a_network(stack, fitted):
    assert fitted.pixel_range_ == (0, 1)
    unit = stack / np.float32(255)
    np.testing.assert_array_equal(fitted.predict_proba(unit), fitted.predict_proba(stack))


def test_another_order_of_magnitude_is_refused(stack, fitted, tmp_path):
    save_model(fitted, tmp_path / "model.skfer")
    for model in (fitted, load_model(tmp_path / "model.skfer")):
        with pytest.raises(ValueError, match="pixels up to 255, but CSPPClassifier was fitted on"):
            model.predict(stack.astype(float))
    of_floats = blind_to_nothing().fit(stack.astype(float), LABELS)
    for X in (stack, stack / 255):
        with pytest.raises(
            ValueError, match="fitted on pixels up to 255. Give images of the same range"
        ):
            of_floats.predict(X)
    of_floats.predict(stack / 16.0)  # dark, but the same unit


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_sampler_keeps_the_unit(stack, container):
    def fit(X):
        sampler = EyeJitterSampler(1, aligned=True, random_state=0)
        return make_pipeline(sampler, blind_to_nothing()).fit(X, LABELS)

    expected = fit(CONTAINERS[container](stack)).predict_proba(stack)
    X = CONTAINERS[container](stack.astype(np.int64))
    np.testing.assert_array_equal(fit(X).predict_proba(stack), expected)
    np.testing.assert_array_equal(fit(stack).predict_proba(stack), expected)


@pytest.mark.parametrize("X", [["a.png", "b.png"], [np.ones((5, 5)), np.ones((6, 6))]])
def test_a_sampler_does_not_lose_the_eyes_in_a_list(X):
    with pytest.raises(
        ValueError, match=r"A list cannot hold the new eyes; give make_face_array\(X\)"
    ):
        EyeJitterSampler(1).fit_resample(X, [0, 1])
