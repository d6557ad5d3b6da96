"""The local classifier against its formulas, and against scikit-learn."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.linalg import eigh
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skfer.classifiers._local_discriminants import class_outputs, fit_local_discriminant


def data(n_images, n_features, n_classes=4, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, n_images)
    labels[:n_classes] = range(n_classes)
    centres = rng.normal(size=(n_classes, n_features))
    mixing = rng.normal(size=(n_features, n_features))
    return centres[labels] + rng.normal(size=(n_images, n_features)) @ mixing, labels


def outputs_by_hand(train, labels, test, n_classes):
    distances = np.array(
        [
            [
                min(np.linalg.norm(image - other) for other in train[labels == label])
                for label in range(n_classes)
            ]
            for image in test
        ]
    )
    return 1 / (distances + 1) / (1 / (distances + 1)).sum(axis=1, keepdims=True)


def discriminants_by_hand(X, labels, shrinkage):
    mean, n_features = X.mean(axis=0), X.shape[1]
    within, between = np.zeros((2, n_features, n_features))
    for label in np.unique(labels):
        own = X[labels == label]
        within += (own - own.mean(axis=0)).T @ (own - own.mean(axis=0)) / len(X)
        between += len(own) / len(X) * np.outer(own.mean(axis=0) - mean, own.mean(axis=0) - mean)
    ridge = shrinkage * np.trace(within) / n_features * np.eye(n_features)
    _, vectors = eigh(between, (1 - shrinkage) * within + ridge)
    return vectors[:, ::-1][:, : len(np.unique(labels)) - 1]


@pytest.mark.parametrize("shape", [(60, 7), (30, 30), (20, 45)])
@pytest.mark.parametrize("shrinkage", [0.01, 0.3, 1.0])
def test_equals_the_formula(shape, shrinkage):
    X, labels = data(*shape)
    X_new, _ = data(11, shape[1], seed=1)
    scale = StandardScaler()
    directions = discriminants_by_hand(X, labels, shrinkage)
    train, test = scale.fit_transform(X @ directions), scale.transform(X_new @ directions)
    found = class_outputs(fit_local_discriminant(X, labels, shrinkage), X_new, 4)
    assert_allclose(found, outputs_by_hand(train, labels, test, 4), atol=1e-7)


@pytest.mark.parametrize("n_classes", [2, 6])
def test_equals_a_composition_of_scikit_learn(n_classes):
    X, labels = data(120, 20, n_classes)
    X_new, _ = data(15, 20, n_classes, seed=1)
    steps = PCA(min(120 - n_classes, 20)), LinearDiscriminantAnalysis(), StandardScaler()
    composition = make_pipeline(*steps).fit(X, labels)
    train, test = composition.transform(X), composition.transform(X_new)
    found = class_outputs(fit_local_discriminant(X, labels, 1e-12), X_new, n_classes)
    assert_allclose(found, outputs_by_hand(train, labels, test, n_classes), atol=1e-6)


def test_a_missing_class_gets_nothing():
    X, labels = data(60, 5)
    kept = labels != 2
    outputs = class_outputs(fit_local_discriminant(X[kept], labels[kept], 0.1), X, 4)
    assert not outputs[:, 2].any()
    assert_allclose(outputs.sum(axis=1), 1)


def test_a_single_class_gets_everything():
    X, _ = data(10, 5)
    outputs = class_outputs(fit_local_discriminant(X, np.ones(10, int), 0.1), X, 3)
    assert_allclose(outputs, [[0, 1, 0]] * 10)


@pytest.mark.parametrize("value", [0, 0.1, 1 / 3, 1e9])
@pytest.mark.parametrize("n_features", [1, 3, 50])
def test_a_constant_code_knows_nothing(value, n_features):
    code, labels = np.full((811, n_features), value), np.arange(811) % 3
    outputs = class_outputs(fit_local_discriminant(code, labels, 0.1), code, 3)
    assert_allclose(outputs, 1 / 3, rtol=1e-6)


@pytest.mark.parametrize("n_features", [1, 30])
def test_one_image_of_each_class(n_features):
    X, _ = data(3, n_features, 3)
    outputs = class_outputs(fit_local_discriminant(X, np.arange(3), 0.1), X, 3)
    assert outputs.argmax(axis=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("gain", [1e-6, 1e6])
def test_units_do_not_matter(gain):
    X, labels = data(40, 6)
    plain = class_outputs(fit_local_discriminant(X, labels, 0.2), X, 4)
    scaled = class_outputs(fit_local_discriminant(gain * X, labels, 0.2), gain * X, 4)
    assert_allclose(scaled, plain, atol=1e-7)
