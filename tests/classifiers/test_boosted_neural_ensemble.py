import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.model_selection import GroupKFold, cross_val_score

from skfer.classifiers import BoostedNeuralEnsemble
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor


@pytest.fixture(scope="module")
def data():
    X, y = make_blobs(120, n_features=5, centers=3, cluster_std=4, random_state=0)
    return X * (1, 10, 100, 1, 0.01), np.array(["anger", "happy", "sad"])[y]


@pytest.fixture(scope="module")
def model(data):
    return BoostedNeuralEnsemble(5, alpha=0.03, random_state=0).fit(*data)


def ensembles(model):
    return model.ensemble_[-1].estimators_


def test_one_boosted_ensemble_for_each_class(model, data):
    assert len(ensembles(model)) == 3
    assert max(len(ensemble.estimators_) for ensemble in ensembles(model)) == 5
    net = ensembles(model)[0].estimators_[0]
    assert net.hidden_layer_sizes == (10,)
    assert not net.early_stopping
    assert net.alpha == pytest.approx(0.03 * 5)
    assert model.n_iter_ == 10


def test_networks_see_the_errors_of_those_before(model, data):
    X, y = data
    rows = (X - X.mean(axis=0)) / X.std(axis=0)
    for label, ensemble in zip(model.classes_, ensembles(model), strict=True):
        weights = np.full(len(y), 1 / len(y))
        for index, net in enumerate(ensemble.estimators_):
            wrong = net.predict(rows) != (y == label)
            error = weights[wrong].sum()
            assert ensemble.estimator_errors_[index] == pytest.approx(error)
            weights[wrong] *= (1 - error) / error
            weights /= weights.sum()


def test_probabilities_are_the_weighted_votes(model, data):
    X, y = data
    rows = (X - X.mean(axis=0)) / X.std(axis=0)
    own = []
    for ensemble in ensembles(model):
        weights = ensemble.estimator_weights_[: len(ensemble.estimators_)]
        votes = [2.0 * net.predict(rows) - 1 for net in ensemble.estimators_]
        own.append(expit(2 * weights @ votes / weights.sum()))
    expected = np.transpose(own) / np.sum(own, axis=0)[:, None]
    assert_allclose(model.predict_proba(X), expected)
    assert_array_equal(model.predict(X), model.classes_[expected.argmax(axis=1)])
    assert expected.max() < 0.881 / (0.881 + 2 * 0.119)


def test_boosting_helps(data):
    X, y = data
    one = BoostedNeuralEnsemble(1, alpha=0.1, random_state=0).fit(X, y).score(X, y)
    assert BoostedNeuralEnsemble(10, alpha=0.1, random_state=0).fit(X, y).score(X, y) > one


def test_two_classes(data):
    X, y = data
    two = np.where(y == "sad", "sad", "other")
    model = BoostedNeuralEnsemble(3, random_state=0).fit(X, two)
    assert len(ensembles(model)) == 1
    assert_allclose(model.predict_proba(X).sum(axis=1), 1)
    assert model.score(X, two) > 0.8


def test_seeds_and_processes(model, data):
    X, y = data
    expected = model.predict_proba(X)
    for n_jobs in (None, 2):
        again = clone(model).set_params(n_jobs=n_jobs).fit(X, y)
        assert_array_equal(again.predict_proba(X), expected)
    other = clone(model).set_params(random_state=1).fit(X, y).predict_proba(X)
    assert np.abs(other - expected).max() > 0


def test_units_of_the_features_do_not_matter(model, data):
    X, y = data
    again = clone(model).fit(X * 1000, y)
    assert_array_equal(again.predict(X * 1000), model.predict(X))


def test_what_cannot_be_is_refused(data):
    X, y = data
    with pytest.raises(ValueError, match="y has one class, sad; BoostedNeuralEnsemble needs two"):
        BoostedNeuralEnsemble().fit(X, ["sad"] * len(X))
    with pytest.raises(ValueError, match="worse than random"):  # scikit-learn's, as documented
        BoostedNeuralEnsemble(alpha=1e6).fit(X, np.arange(len(X)) % 2)
    for parameter, value in [("n_estimators", 0), ("alpha", -1), ("max_iter", 0)]:
        with pytest.raises(ValueError, match=f"'{parameter}' parameter of BoostedNeuralEnsemble"):
            BoostedNeuralEnsemble(**{parameter: value}).fit(X, y)


def test_faces_of_unseen_subjects():
    data = make_faces(12, 2, image_size=(48, 48), random_state=0)
    X = HOGDescriptor(cell_size=12).fit_transform(data.images)
    model = BoostedNeuralEnsemble(5, random_state=0)
    scores = cross_val_score(model, X, data.target, groups=data.subjects, cv=GroupKFold(3))
    assert scores.mean() > 0.4  # chance is 1/6
