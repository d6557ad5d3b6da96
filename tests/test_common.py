"""scikit-learn's whole check suite, and imbalanced-learn's, over every estimator."""

import warnings

import pytest
from imblearn.utils.estimator_checks import parametrize_with_checks as parametrize_sampler_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from skfer.utils import all_estimators
from tests.estimator_checks import (
    CANNOT_TAKE_ROWS,
    CHECK_PARAMETERS,
    EXPECTED_FAILURES,
    estimators_to_check,
    expected_failures,
    is_sampler,
)
from tests.steps_of_rows import steps_of_rows


@parametrize_with_checks(
    [*estimators_to_check(), *steps_of_rows()], expected_failed_checks=expected_failures
)
def test_sklearn_checks(estimator, check):
    with warnings.catch_warnings():
        # The suite itself warns, of skipped checks for instance.
        warnings.simplefilter("default")
        # The tables of the suite show nobody.
        warnings.filterwarnings("ignore", "The folds inside fit go by image")
        check(estimator)


@parametrize_sampler_checks(
    [e for e in estimators_to_check() if is_sampler(e)],
    expected_failed_checks=expected_failures,
)
def test_sampler_checks(estimator, check, request):
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        check(estimator)


@pytest.mark.parametrize("table", [CHECK_PARAMETERS, CANNOT_TAKE_ROWS, EXPECTED_FAILURES])
def test_tables_name_estimators(table):
    assert set(table) <= {name for name, _ in all_estimators()}
