"""Support vector machines of pairs, with soft votes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.datasets import make_classification
from sklearn.svm import SVC

from skfer.classifiers import PairwiseSVC
from skfer.classifiers._pairwise_svc import soft_votes


@pytest.fixture(scope="module")
def rows():
    return make_classification(300, n_informative=8, n_classes=5, random_state=0)


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
@pytest.mark.parametrize("C", [0.1, 10.0])
def test_votes_are_the_margins_of_scikit_learn(rows, kernel, C):
    X, y = rows
    ours = PairwiseSVC(C, kernel=kernel).fit(X[:200], y[:200])
    theirs = SVC(C=C, kernel=kernel, decision_function_shape="ovo").fit(X[:200], y[:200])
    pairs = [(a, b) for a in range(5) for b in range(a + 1, 5)]
    margins = dict(zip(pairs, theirs.decision_function(X[200:]).T, strict=True))
    for label in range(5):
        own = [m if a == label else -m for (a, b), m in margins.items() if label in (a, b)]
        score = np.log(expit(2 * np.array(own))).sum(axis=0)
        assert_allclose(ours.decision_function(X[200:])[:, label], score, atol=0.05)
    assert np.mean(ours.predict(X[200:]) == theirs.predict(X[200:])) > 0.85


@pytest.mark.parametrize("scale", [1, 1e6])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_linear_machines_are_a_row_of_weights_each(rows, n_classes, scale):
    X, y, C = scale * rows[0], rows[1] % n_classes, 1 / scale**2
    ours = PairwiseSVC(C).fit(X[:200], y[:200])
    assert ours.coef_.shape == (n_classes * (n_classes - 1) // 2, X.shape[1])
    assert not hasattr(ours, "support_vectors_")
    theirs = SVC(C=C, kernel="precomputed", decision_function_shape="ovo")
    theirs.fit(X[:200] @ X[:200].T, y[:200])
    margins = theirs.decision_function(X[200:] @ X[:200].T)
    scores = margins if n_classes == 2 else soft_votes(margins, n_classes)
    assert_allclose(ours.decision_function(X[200:]), scores, rtol=1e-8, atol=1e-8)


def test_two_classes_are_those_of_scikit_learn(rows):
    X, y = rows[0], np.where(rows[1] > 2, "sad", "happy")
    ours, theirs = PairwiseSVC().fit(X, y), SVC(kernel="linear").fit(X, y)
    assert_allclose(ours.decision_function(X), theirs.decision_function(X), atol=0.02)
    assert_array_equal(ours.predict(X), theirs.predict(X))


def test_sure_decisions_are_right_more_often(rows):
    X, y = rows
    model = PairwiseSVC().fit(X[:200], y[:200])
    sorted_scores = np.sort(model.decision_function(X[200:]), axis=1)
    lead = sorted_scores[:, -1] - sorted_scores[:, -2]
    right = model.predict(X[200:]) == y[200:]
    sure = lead > np.median(lead)
    assert right[sure].mean() > right[~sure].mean() + 0.1
