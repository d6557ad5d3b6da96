import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score

from skfer.classifiers import BoostedBeliefNetwork
from skfer.classifiers._boosted_belief_network import _starts
from skfer.classifiers._patch_boosting import boost_patches
from skfer.datasets import make_faces
from skfer.preprocessing import IntensityNormalizer


@pytest.fixture(scope="module")
def data():
    expressions = ("happy", "sad", "surprise")
    data = make_faces(8, 2, expressions=expressions, image_size=(24, 24), random_state=0)
    return IntensityNormalizer().fit_transform(data.images), data.target, data.subjects


@pytest.fixture(scope="module")
def model(data):
    return BoostedBeliefNetwork(3, n_hidden=8, n_iter=3, random_state=0).fit(*data[:2])


def test_patches_cover_the_image_and_each_has_a_machine(model):
    assert_array_equal(model.patches_[:4], [(0, 0), (0, 6), (0, 12), (6, 0)])
    assert len(model.machines_) == len(model.patches_) == 9
    assert model.machines_[0].components.shape == (8, 2 * 12 * 12)
    assert_array_equal(_starts(20, 12, 6), [0, 4, 8])
    assert_array_equal(_starts(5, 12, 6), [0])


def test_a_class_has_as_many_patches_as_rounds_at_most(model):
    assert model.coef_.shape == (3, 9, 8)
    assert 1 <= model.coef_.any(axis=2).sum(axis=1).min()
    assert model.coef_.any(axis=2).sum(axis=1).max() <= 3


def test_scores_are_the_sums_of_the_rounds(model, data):
    """Written out patch by patch and round by round, from the machines' own weights."""
    X, y, _ = data
    units = []
    for (row, column), machine in zip(model.patches_, model.machines_, strict=True):
        pixels = X[:, row : row + 12, column : column + 12].reshape(len(X), -1).astype(float)
        z = (pixels - pixels.mean(axis=0)) / (2 * pixels.std(axis=0))
        visible = np.clip(np.hstack([z, -z]), 0, 1)
        hidden = 1 / (1 + np.exp(-visible @ machine.components.T - machine.intercept))
        units.append((hidden - hidden.mean(axis=0)) / hidden.std(axis=0))
    sign, scores = np.where(y == "sad", 1.0, -1.0), np.zeros(len(y))
    for _ in range(3):
        weights = np.exp(-sign * scores) / np.exp(-sign * scores).sum()
        answers = []
        for hidden in units:
            design = np.column_stack([hidden, np.ones(len(y))])
            gram = design.T @ np.diag(weights) @ design + np.diag([0.5] * 8 + [0])
            answers.append(design @ np.linalg.solve(gram, design.T @ (weights * sign)))
        errors = [weights @ (answer - sign) ** 2 for answer in answers]
        scores += answers[int(np.argmin(errors))]
    assert_allclose(model.decision_function(X)[:, 1], scores, atol=1e-6)


def test_boosting_takes_the_patch_that_tells():
    rng = np.random.RandomState(0)
    units, y = rng.normal(size=(5, 60, 3)), np.repeat([1.0, -1.0], 30)
    units[2, :30] += 4
    weights, _ = boost_patches(units - units.mean(axis=1, keepdims=True), y, 1, 0.1)
    assert_array_equal(np.flatnonzero(weights.any(axis=1)), [2])


def test_more_rounds_fit_closer(model, data):
    X, y, _ = data
    more = clone(model).set_params(n_estimators=10).fit(X, y)
    assert more.score(X, y) >= model.score(X, y)
    assert more.coef_.any(axis=2).sum() > model.coef_.any(axis=2).sum()


def test_two_classes_have_one_strong_classifier(data):
    X, y, _ = data
    two = np.where(y == "happy", "happy", "other")
    model = BoostedBeliefNetwork(3, n_hidden=8, n_iter=3, random_state=0).fit(X, two)
    scores = model.decision_function(X)
    assert scores.shape == (len(X),)
    assert_array_equal(model.predict(X), np.where(scores > 0, "other", "happy"))


def test_one_seed_one_model(model, data):
    X, y, _ = data
    scores = model.decision_function(X)
    assert_array_equal(clone(model).fit(X, y).decision_function(X), scores)
    other = clone(model).set_params(random_state=1).fit(X, y).decision_function(X)
    assert np.abs(other - scores).max() > 0


def test_what_cannot_be_is_refused(data):
    X, y, _ = data
    with pytest.raises(ValueError, match="y has one class, sad; BoostedBeliefNetwork needs two"):
        BoostedBeliefNetwork().fit(X, ["sad"] * len(X))
    for parameter in ("n_estimators", "patch_size", "step", "alpha", "learning_rate"):
        with pytest.raises(ValueError, match=f"'{parameter}' parameter of BoostedBeliefNetwork"):
            BoostedBeliefNetwork(**{parameter: 0}).fit(X, y)


def test_faces_of_unseen_subjects(data):
    X, y, subjects = data
    model = BoostedBeliefNetwork(5, n_hidden=20, random_state=0)
    assert cross_val_score(model, X, y, groups=subjects, cv=GroupKFold(2)).mean() > 0.5
