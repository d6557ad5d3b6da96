import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import eigh
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor
from skfer.features import SparseLocalFisher
from skfer.features._sparse_local_fisher import local_affinity, local_scatter


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [9, 6, 4])
    return rng.standard_normal((19, 5)) + y[:, None], y


def scatter_by_pairs(X, y, n_neighbors):
    """The formulas of Sugiyama (2007), pair by pair."""
    within, between = np.zeros((2, X.shape[1], X.shape[1]))
    for i in range(len(X)):
        for j in range(len(X)):
            pair = np.outer(X[i] - X[j], X[i] - X[j]) / 2
            if y[i] != y[j]:
                between += pair / len(X)
                continue
            own = X[y == y[i]]
            scales = [
                sorted(np.linalg.norm(own - X[k], axis=1))[min(n_neighbors, len(own) - 1)]
                for k in (i, j)
            ]
            affinity = np.exp(-np.sum((X[i] - X[j]) ** 2) / np.prod(scales))
            within += pair * affinity / len(own)
            between += pair * affinity * (1 / len(X) - 1 / len(own))
    return within, between


@pytest.mark.parametrize("n_neighbors", [1, 3, 7])
def test_scatter_equals_the_sums_over_pairs(data, n_neighbors):
    X, y = data
    found = local_scatter(X - X.mean(axis=0), y, n_neighbors)
    assert_allclose(found, scatter_by_pairs(X, y, n_neighbors), rtol=1e-10, atol=1e-10)


def test_components_solve_the_eigenproblem_of_the_pairs(data):
    X, y = data
    fisher = SparseLocalFisher(3, n_neighbors=3, alpha=0, shrinkage=0.2).fit(X, y)
    within, between = (scatter / len(X) for scatter in scatter_by_pairs(X, y, 3))
    within = 0.8 * within + 0.2 * np.trace(within) / 5 * np.eye(5)
    ratios, vectors = eigh(between, within)
    cosines = fisher.components_ @ within @ vectors[:, ::-1][:, :3]
    assert_allclose(np.abs(cosines), np.eye(3), atol=1e-8)
    assert_allclose(fisher.transform(X), (X - X.mean(axis=0)) @ fisher.components_.T)


def test_more_features_than_rows():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((12, 40)), np.repeat([0, 1, 2], 4)
    fisher = SparseLocalFisher(alpha=0, shrinkage=0.1).fit(X, y)
    within, between = (scatter / 12 for scatter in scatter_by_pairs(X, y, 7))
    within = 0.9 * within + 0.1 * np.trace(within) / 40 * np.eye(40)
    _, vectors = eigh(between, within)
    assert_allclose(np.abs(fisher.components_ @ within @ vectors[:, :-3:-1]), np.eye(2), atol=1e-8)


def test_without_neighbourhoods_it_is_fishers(data, monkeypatch):
    X, y = data
    monkeypatch.setattr(
        "skfer.features._sparse_local_fisher.local_affinity",
        lambda rows, n_neighbors: np.ones((len(rows), len(rows))),
    )
    fisher = SparseLocalFisher(alpha=0, shrinkage=1e-12).fit(X, y)
    classical = LinearDiscriminantAnalysis(solver="eigen").fit(X, y)
    for own, other in zip(fisher.components_, classical.scalings_.T[:2], strict=True):
        cosine = own @ other / np.linalg.norm(own) / np.linalg.norm(other)
        assert abs(cosine) == pytest.approx(1)


def test_a_class_of_two_clusters_stays_apart():
    # Fisher's scatter within the class hides the axis that tells the classes apart.
    rng = np.random.default_rng(0)
    X = rng.standard_normal((90, 2)) * (0.3, 1.5)
    X[:30, 0] -= 4
    X[30:60, 0] += 4
    y = np.repeat([0, 0, 1], 30)
    local = SparseLocalFisher(alpha=0, shrinkage=1e-6).fit(X, y).components_[0]
    assert abs(local[1] / local[0]) < 0.2


def test_affinity():
    rows = np.array([[0.0], [1.0], [3.0]])
    scales = [1, 1, 2]  # distances to the nearest neighbour
    expected = [
        [np.exp(-((a - b) ** 2) / (s * t)) for b, t in zip([0, 1, 3], scales, strict=True)]
        for a, s in zip([0, 1, 3], scales, strict=True)
    ]
    assert_allclose(local_affinity(rows, 1), expected)
    doubles = local_affinity(np.array([[0.0], [0.0], [2.0]]), 1)
    assert_array_equal(doubles[:2], [[1, 1, 0], [1, 1, 0]])


@pytest.mark.parametrize("n_features", [5, 30])
def test_sparse_components_are_those_of_an_elastic_net(n_features):
    # Of (w - v)' S (w - v) / 2 + penalty |w|, S the shrunken scatter and v the component.
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [9, 6, 4])
    X = rng.standard_normal((19, n_features)) + y[:, None]
    dense = SparseLocalFisher(2, alpha=0, shrinkage=0.2).fit(X, y).components_
    sparse = SparseLocalFisher(2, alpha=0.1, shrinkage=0.2).fit(X, y).components_
    X = X - X.mean(axis=0)
    scatter = 0.8 * X.T @ X + 0.2 * np.trace(X.T @ X) / n_features * np.eye(n_features)
    for v, w in zip(dense, sparse, strict=True):
        penalty = 0.1 * np.abs(scatter @ v).max()
        slope = scatter @ (w - v)
        kept = w != 0
        assert kept.any()
        assert_allclose(slope[kept], -penalty * np.sign(w[kept]), rtol=0.05)
        assert np.all(np.abs(slope) <= 1.05 * penalty)


def test_small_alpha_is_close_to_none():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((12, 40)), np.repeat([0, 1, 2], 4)
    dense, sparse = (SparseLocalFisher(alpha=alpha).fit(X, y).components_ for alpha in (0, 1e-4))
    assert_allclose(sparse, dense, atol=0.02 * np.abs(dense).max())


def test_larger_alpha_leaves_fewer_features(data):
    X, y = data
    counts = [
        np.count_nonzero(SparseLocalFisher(alpha=alpha).fit(X, y).components_)
        for alpha in (0, 0.1, 0.5, 0.95)
    ]
    assert counts == sorted(counts, reverse=True)
    assert (counts[0], counts[-1]) == (10, 2)


# scikit-learn 1.7 tells of zeros that they do not converge.
@pytest.mark.filterwarnings("ignore:Objective did not converge")
@pytest.mark.parametrize("alpha", [0, 0.1])
def test_doubles_single_rows_and_constants(alpha):
    X = np.zeros((9, 4))
    X[:4, 0] = 1
    X[4:8, 1] = 2
    fisher = SparseLocalFisher(alpha=alpha).fit(X, [0] * 4 + [1] * 4 + [2])
    assert np.isfinite(fisher.transform(X)).all()
    assert not SparseLocalFisher(alpha=alpha).fit_transform(np.ones((4, 3)), [0, 0, 1, 1]).any()


def test_what_cannot_be_is_refused(data):
    X, y = data
    with pytest.raises(ValueError, match="y has one class, 1; SparseLocalFisher needs two"):
        SparseLocalFisher().fit(X, np.ones(len(X), int))
    with pytest.raises(ValueError, match="n_components=6, but X has 19 rows of 5 features"):
        SparseLocalFisher(6).fit(X, y)
    for parameter, value in [("alpha", 1), ("shrinkage", 0), ("n_neighbors", 0)]:
        with pytest.raises(ValueError, match=f"'{parameter}' parameter of SparseLocalFisher"):
            SparseLocalFisher(**{parameter: value}).fit(X, y)


def test_faces_of_unseen_subjects():
    data = make_faces(12, 2, image_size=(48, 48), random_state=0)
    X = HOGDescriptor().fit_transform(data.images)
    model = make_pipeline(SparseLocalFisher(), LinearDiscriminantAnalysis())
    scores = cross_val_score(model, X, data.target, groups=data.subjects, cv=GroupKFold(3))
    assert scores.mean() > 0.4  # chance is 1/6
