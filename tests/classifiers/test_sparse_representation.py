import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.preprocessing import normalize

from skfer.classifiers import SparseRepresentationClassifier
from skfer.classifiers._sparse_representation import class_residuals, sparse_code
from skfer.datasets import make_faces
from skfer.descriptors import HOGDescriptor


def code_by_hand(row, dictionary, alpha, n_rounds=20_000):
    """Minimize by coordinate descent, one weight after another."""
    code = np.zeros(len(dictionary))
    for _ in range(n_rounds):
        for atom, values in enumerate(dictionary):
            rest = row - code @ dictionary + code[atom] * values
            length = values @ values
            if length:
                move = values @ rest
                code[atom] = np.sign(move) * max(abs(move) - alpha, 0) / length
    return code


@pytest.fixture
def atoms():
    return normalize(np.random.default_rng(0).standard_normal((7, 4)))


@pytest.mark.parametrize("alpha", [0.01, 0.1, 0.5])
def test_code_equals_coordinate_descent_by_hand(atoms, alpha):
    rows = normalize(np.random.default_rng(1).standard_normal((3, 4)))
    by_hand = [code_by_hand(row, atoms, alpha, 2000) for row in rows]
    assert_allclose(sparse_code(rows, atoms, alpha), by_hand, atol=1e-3)


def test_worked_case():
    # Orthogonal atoms: each weight is the product with the atom less alpha.
    row, dictionary = np.array([[0.8, 0.6]]), np.eye(2)
    assert_allclose(sparse_code(row, dictionary, 0.1), [[0.7, 0.5]])
    expected = [[np.hypot(0.8 - 0.7, 0.6), np.hypot(0.8, 0.6 - 0.5)]]
    assert_allclose(class_residuals(row, dictionary, np.array([0, 1]), 2, 0.1), expected)
    classifier = SparseRepresentationClassifier(alpha=0.1).fit([[5, 0], [0, 2]], ["sad", "happy"])
    assert_array_equal(classifier.predict([[8, 6], [0.6, 0.8]]), ["sad", "happy"])
    assert_allclose(classifier.decision_function([[8, 6]]), expected[0][1] - expected[0][0])


def test_scores_are_minus_the_residuals(atoms):
    y = np.array([0, 0, 1, 1, 2, 2, 2])
    rows = np.random.default_rng(1).standard_normal((3, 4))
    classifier = SparseRepresentationClassifier(alpha=0.1).fit(3 * atoms, y)
    scores = classifier.decision_function(rows)
    for row, score in zip(normalize(rows), scores, strict=True):
        code = code_by_hand(row, atoms, 0.1, 2000)
        own = [row - np.where(y == label, code, 0) @ atoms for label in range(3)]
        assert_allclose(score, -np.linalg.norm(own, axis=1), atol=1e-3)
    assert_array_equal(classifier.predict(rows), scores.argmax(axis=1))


def test_length_does_not_matter(atoms):
    y = ["a", "b", "a", "b", "c", "c", "c"]
    rows = np.random.default_rng(1).standard_normal((5, 4))
    lengths = np.arange(1, 8)[:, None]
    expected = SparseRepresentationClassifier().fit(atoms, y).decision_function(rows)
    found = SparseRepresentationClassifier().fit(lengths * atoms, y).decision_function(100 * rows)
    assert_allclose(found, expected)


# scikit-learn 1.7 tells of zeros that they do not converge.
@pytest.mark.filterwarnings("ignore:Objective did not converge")
def test_rows_of_zeros(atoms):
    classifier = SparseRepresentationClassifier().fit(
        np.vstack([atoms, np.zeros(4)]), list("abc" * 2 + "cc")
    )
    scores = classifier.decision_function([np.zeros(4), atoms[0]])
    assert_array_equal(scores[0], 0)
    assert_array_equal(classifier.predict([np.zeros(4), atoms[0]]), ["a", "a"])


@pytest.mark.parametrize("noise", [0, 1e-9])
def test_equal_atoms(noise):
    rng = np.random.default_rng(0)
    rows = rng.random((40, 60))
    twice = np.vstack([rows[:30], rows[:30] + noise * rng.standard_normal((30, 60))])
    dictionary, rows = normalize(twice), normalize(rows[30:])
    code = sparse_code(rows, dictionary, 0.05)  # a warning would be an error
    once = sparse_code(rows, dictionary[:30], 0.05)
    assert_allclose(code[:, :30] + code[:, 30:], once, atol=0.02)
    assert_allclose(code @ dictionary, once @ dictionary[:30], atol=3e-3)


def test_faces_of_unseen_subjects():
    data = make_faces(12, 2, image_size=(48, 48), random_state=0)
    X = HOGDescriptor().fit_transform(data.images)
    scores = cross_val_score(
        SparseRepresentationClassifier(), X, data.target, groups=data.subjects, cv=GroupKFold(3)
    )
    assert scores.mean() > 0.4  # chance is 1/6


@pytest.mark.parametrize("alpha", [0, 1, -0.1])
def test_refuses_bad_alpha(alpha):
    with pytest.raises(ValueError, match="'alpha' parameter of SparseRepresentationClassifier"):
        SparseRepresentationClassifier(alpha).fit(np.eye(2), [0, 1])
