import numpy as np
import pytest
from scipy.stats import combine_pvalues, kstest, permutation_test, ttest_1samp
from sklearn.datasets import make_moons
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.svm import SVC

from skfer.evaluation._statistics._paired_tests import (
    corrected_t_test,
    holm,
    sign_flip_test,
    sign_test,
    stouffer,
)


def permuted(differences, **options):
    return permutation_test(
        (differences,),
        lambda sample, axis: sample.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        **options,
    ).pvalue


@pytest.mark.parametrize("seed", range(5))
def test_sign_flips_equal_all_those_of_scipy(seed):
    differences = np.random.default_rng(seed).integers(-4, 6, 10)
    expected = permuted(differences, n_resamples=np.inf)
    assert sign_flip_test(differences) == pytest.approx(expected)


def test_sign_flips_are_near_the_drawn_ones_of_scipy():
    differences = np.random.default_rng(0).integers(-4, 5, 200)
    expected = permuted(differences, n_resamples=20_000, random_state=0)
    assert 0.01 < expected < 0.5
    assert sign_flip_test(differences) == pytest.approx(expected, abs=0.01)


def test_sign_flips_by_hand():
    assert sign_flip_test(np.array([1, 1, 1, 1, 1, 0, 0])) == 2 / 2**5
    assert sign_flip_test(np.array([3, -1])) == 1.0  # 4 of 4 sums: 4, 2, -2, -4
    assert sign_flip_test(np.array([3, 1, -1])) == 6 / 8
    assert sign_flip_test(np.zeros(4, int)) == 1.0


def test_p_values_are_uniform_if_there_is_no_difference():
    rng = np.random.default_rng(0)
    p_values = [sign_flip_test(rng.integers(-20, 21, 40)) for _ in range(1000)]
    assert kstest(p_values, "uniform").pvalue > 0.01


@pytest.mark.parametrize(
    ("only_a", "only_b", "expected"),
    [
        # Approval of a prime minister, Agresti, "Categorical Data Analysis" (1990), p. 350; the
        # values are those of statsmodels 0.15.0, mcnemar(table, exact=True).
        (86, 150, 3.7159361395713866e-05),
        (121, 59, 4.4344492637551645e-06),
        (3, 12, 0.03515625),
    ],
)
def test_signs_are_mcnemars_exact_test(only_a, only_b, expected):
    differences = np.repeat([1, 0, -1], [only_a, 50, only_b])
    assert sign_test(differences) == pytest.approx(expected, rel=1e-9)
    assert sign_test(-differences) == pytest.approx(expected, rel=1e-9)


def test_signs_of_no_difference():
    assert sign_test(np.zeros(3)) == 1.0


def test_corrected_t_test_is_that_of_the_example_of_scikit_learn():
    # "Statistical comparison of models using grid search": of the kernels "rbf" and "linear",
    # "Corrected t-value: 0.750, Corrected p-value: 0.227", one-sided.
    X, y = make_moons(noise=0.352, random_state=1, n_samples=100)
    cv = RepeatedStratifiedKFold(n_splits=10, n_repeats=10, random_state=0)
    rbf, linear = (
        cross_val_score(SVC(kernel=kernel, random_state=0), X, y, scoring="roc_auc", cv=cv)
        for kernel in ("rbf", "linear")
    )
    assert corrected_t_test(rbf - linear, 10) == pytest.approx(2 * 0.227, abs=0.001)


def test_corrected_t_test_is_more_careful_than_the_usual():
    differences = np.array([0.02, 0.05, -0.01, 0.04, 0.03])
    usual = ttest_1samp(differences, 0)
    assert corrected_t_test(differences, 5) > usual.pvalue
    # The statistic shrinks by the root of 1 + J * n_test / n_train, here with 5 folds 1 + 5 / 4.
    expected = ttest_1samp(differences.mean() + (differences - differences.mean()) * 1.5, 0)
    assert corrected_t_test(differences, 5) == pytest.approx(expected.pvalue)


def test_corrected_t_test_of_folds_without_spread():
    assert corrected_t_test(np.zeros(5), 5) == 1.0
    assert np.isnan(corrected_t_test(np.full(4, 0.25), 4))
    assert np.isnan(corrected_t_test(np.array([0.1]), 1))


def test_holm_equals_statsmodels():
    # multipletests(p_values, method="holm")[1] of statsmodels 0.15.0
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03]
    assert holm(p_values) == pytest.approx([0.05, 0.12, 0.12, 0.03, 0.5, 0.12])


def test_holm_is_at_most_one():
    assert holm([0.9, 0.6]).tolist() == [1.0, 1.0]


def test_stouffer_is_that_of_scipy_in_both_directions():
    difference, p_value = np.array([0.1, -0.02, 0.05]), np.array([0.01, 0.4, 0.2])
    n_subjects = np.array([106, 10, 42])
    for sign in (1, -1):
        one_sided = np.where(sign * difference > 0, p_value / 2, 1 - p_value / 2)
        combined = combine_pvalues(one_sided, method="stouffer", weights=np.sqrt(n_subjects))
        expected = 2 * min(combined.pvalue, 1 - combined.pvalue)
        assert stouffer(sign * difference, p_value, n_subjects) == pytest.approx(expected)


def test_stouffer_of_opposite_large_differences_is_no_evidence():
    combined = stouffer(np.array([0.5, -0.5]), np.array([1e-30, 1e-30]), np.array([50, 50]))
    assert combined == pytest.approx(1.0)


def test_stouffer_of_no_difference():
    assert stouffer(np.zeros(2), np.ones(2), np.array([5, 6])) == 1.0
