import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.feature_selection import f_classif
from sklearn.neural_network import BernoulliRBM

from skfer.features import ActionUnitAwareRBM
from skfer.features._action_unit_rbm import gather_groups
from skfer.features._boltzmann import fit_machine, visible_units


@pytest.fixture(scope="module")
def data():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1, 2], 30)
    X = rng.normal(size=(90, 12))
    X[:, 3] += 2 * y
    X[:, 5] = X[:, 3] + 0.01 * rng.normal(size=90)  # says the same
    X[:, 7] += 1.5 * (y == 1)
    X[:, 9] = 4  # says nothing
    return X * 10.0 ** np.arange(-6, 6), np.array(["anger", "happy", "sad"])[y]


def test_groups_are_those_of_a_loop_over_the_definition(data):
    X, labels = data
    y = np.unique(labels, return_inverse=True)[1]
    varies = np.flatnonzero(X.std(axis=0) > 0)
    ratio = f_classif(X[:, varies], y)[0] * 2 / (len(y) - 3)
    relevance = np.zeros(12)
    relevance[varies] = 0.5 * np.log(1 + ratio)
    free, groups = list(range(12)), []
    for _ in range(2):
        group = []
        for _ in range(3):

            def score(feature, group=group):
                shared = [
                    -0.5 * np.log(1 - np.corrcoef(X[:, feature], X[:, member])[0, 1] ** 2)
                    for member in group
                    if feature != 9
                ]
                return relevance[feature] - (np.mean(shared) if shared else 0)

            group.append(max(free, key=score))
            free.remove(group[-1])
        groups.append(group)
    assert [list(group) for group in gather_groups(X, y, 2, 3)] == groups
    assert not {3, 5} <= set(groups[0])  # of two that say the same, a group has one


def test_of_many_features_twice_as_many_as_are_taken_come_into_question():
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1], 50)
    telling = y + rng.normal(size=100)
    X = np.column_stack([telling + 0.01 * rng.normal(size=100) for _ in range(4)])
    X = np.column_stack([X, rng.normal(size=100)])  # not redundant, but fifth
    assert 4 not in gather_groups(X, y, 1, 2)[0]


def test_groups_end_where_features_do(data):
    X, y = data
    model = ActionUnitAwareRBM(5, group_size=5, n_hidden=2, random_state=0).fit(X, y)
    assert [len(group) for group in model.groups_] == [5, 5, 2]
    assert_array_equal(np.sort(np.concatenate(model.groups_)), np.arange(12))
    assert model.transform(X).shape == (90, 6)
    assert len(model.get_feature_names_out()) == 6


def test_hidden_units_are_those_of_the_machines(data):
    X, y = data
    model = ActionUnitAwareRBM(2, group_size=3, n_hidden=4, random_state=0).fit(X, y)
    group, machine = model.groups_[1], model.machines_[1]
    z = (X[:, group] - X[:, group].mean(axis=0)) / X[:, group].std(axis=0)
    visible = np.hstack([np.clip(z, 0, 1), np.clip(-z, 0, 1)])
    expected = 1 / (1 + np.exp(-(visible @ machine.components.T + machine.intercept)))
    assert_allclose(model.transform(X)[:, 4:], expected)


def test_machines_are_those_of_scikit_learn():
    rows = np.random.RandomState(0).normal(size=(20, 3))
    how = {"learning_rate": 0.2, "n_iter": 3, "random_state": 0}
    machine = fit_machine(rows, 4, width=1.5, **how)
    units = visible_units(rows, rows.mean(axis=0), 1.5 * rows.std(axis=0)).astype(np.float32)
    expected = BernoulliRBM(4, batch_size=5, **how).fit(units)
    assert_allclose(machine.components, expected.components_)
    assert_allclose(machine.intercept, expected.intercept_hidden_)


def test_visible_units_are_off_at_the_mean():
    units = visible_units(np.array([[3.0], [4.0], [9.0], [1.0]]), 3.0, 2.0)
    assert_array_equal(units, [[0, 0], [0.5, 0], [1, 0], [0, 1]])


def test_units_of_the_features_do_not_matter_and_seeds_do(data):
    X, y = data
    model = ActionUnitAwareRBM(2, group_size=3, n_hidden=4, random_state=0)
    expected = model.fit(X, y).transform(X)
    assert_allclose(clone(model).fit(X * 1024, y).transform(X * 1024), expected)
    other = clone(model).set_params(random_state=1).fit(X, y).transform(X)
    assert np.abs(other - expected).max() > 0


def test_what_cannot_be_is_refused(data):
    X, y = data
    with pytest.raises(ValueError, match="y has one class, sad; ActionUnitAwareRBM needs two"):
        ActionUnitAwareRBM().fit(X, ["sad"] * len(X))
    for parameter in ("n_groups", "group_size", "n_hidden", "learning_rate", "n_iter"):
        with pytest.raises(ValueError, match=f"'{parameter}' parameter of ActionUnitAwareRBM"):
            ActionUnitAwareRBM(**{parameter: 0}).fit(X, y)
