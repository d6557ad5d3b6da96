"""Comparison of methods that were evaluated on the same images."""

from itertools import combinations

import numpy as np
import pandas as pd

from skfer.evaluation._metrics import unit_of
from skfer.evaluation._result import EvaluationResult
from skfer.evaluation._statistics._intervals import bootstrap_ratio
from skfer.evaluation._statistics._paired_tests import (
    corrected_t_test,
    holm,
    sign_flip_test,
    sign_test,
    stouffer,
)


def compare_results(
    results: list[EvaluationResult] | dict[str, EvaluationResult],
    *,
    reference: str | None = None,
    random_state: int = 0,
) -> pd.DataFrame:
    """Test whether methods differ in accuracy.

    All figures are paired: by the image, the subject, the sequence or the fold. The p value to
    report is ``p_holm`` or, for one pair, ``p_subjects``, because subjects are independent, and
    the images of a subject are not.

    Parameters
    ----------
    results : dict of str to EvaluationResult, or list of EvaluationResult
        Results of the methods on the same images. In a list, each is named by its ``method``.
    reference : str, default=None
        Name of the method that all others are compared with. None compares all pairs.
    random_state : int, default=0
        Seed of the resamples of the interval; nothing else is drawn.

    Returns
    -------
    comparisons : DataFrame
        One row per pair:

        - ``method_a``, ``method_b`` (with `reference`, it is the latter);
        - ``n_subjects``;
        - ``difference``, the pooled accuracy of a minus that of b, with ``ci_low`` and
          ``ci_high``, its 95 % percentile bootstrap interval over subjects;
        - ``p_subjects``, of the exact sign-flip test over subjects;
        - ``p_sequences``, of McNemar's exact test over sequences, NaN if the images have none;
        - ``p_folds``, of the corrected resampled t test over folds, NaN if the folds of the two
          differ, there is one only, or the models are tested on the same images of another data
          set;
        - ``p_holm``, ``p_subjects`` corrected for the number of pairs by Holm's method.

        All p values are two-sided.

    Raises
    ------
    ValueError
        If there are fewer than two results, two of a list have one name, `reference` is not among
        them, or they differ in their images, repeats, subjects or labels.

    See Also
    --------
    combine_comparisons : Put the comparisons on several data sets together.

    Notes
    -----
    *Subjects.* If two methods are equally good, the difference d_i of the numbers of images of
    subject i (summed over repeats) that each has right is as likely to be -d_i. The p value is the
    share of all choices of signs for which the sum of the differences is at least as far from 0 as
    it is. The distribution of the sum is computed exactly.

    *Sequences.* McNemar's test asks whether, of the sequences that only one method has right, each
    has half. With repeats, a sequence counts for the method that has it right in more of them;
    otherwise it would be counted several times. Sequences of one subject are taken as independent,
    so the p value may be too small where subjects differ much.

    *Folds.* With d_j the differences in accuracy of the J folds of all repeats, ::

        t = mean(d) / sqrt((1 / J + n_test / n_train) * var(d))

    has about a t distribution with J - 1 degrees of freedom. Folds are weighted equally, and the
    ratio is that of the mean numbers of images, 1 / (n_folds - 1).

    *Interval.* It is a point if all subjects have the same difference, as when the predictions are
    equal. In simulations like CK+ (``benchmarks/power.py``) it contains the true difference in 93
    to 94 of 100 cases; the bias-corrected and accelerated bootstrap does in 89 to 93.

    References
    ----------
    C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003),
    239-281.

    Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages", Psychometrika 12 (1947), 153-157.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979), 65-70.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.evaluation import compare_results, evaluate_subject_independent
    >>> data = make_faces(8, 1, image_size=(16, 16), random_state=0)
    >>> X = data.images.reshape(len(data.images), -1)
    >>> methods = {"1-NN": KNeighborsClassifier(1), "dummy": DummyClassifier()}
    >>> results = {
    ...     name: evaluate_subject_independent(method, X, data.target, data.subjects, cv=4)
    ...     for name, method in methods.items()}
    >>> comparison = compare_results(results)
    >>> bool(comparison["p_subjects"].item() < 0.05)
    True
    """
    results = _by_name(results)
    if reference is None:
        pairs = list(combinations(results, 2))
    else:
        pairs = [(name, reference) for name in results if name != reference]
    if reference not in (None, *results):
        raise ValueError(f"reference={reference!r} is not among the results: {list(results)}.")
    if not pairs:
        raise ValueError("A comparison needs at least two results.")
    rows = [
        {"method_a": a, "method_b": b, **_compare(results[a], results[b], (a, b), random_state)}
        for a, b in pairs
    ]
    return pd.DataFrame(rows).assign(p_holm=lambda frame: holm(frame["p_subjects"]))


def combine_comparisons(comparisons: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Put the comparisons of the same methods on several data sets together.

    Parameters
    ----------
    comparisons : dict of str to DataFrame
        Name of each data set, and what :func:`compare_results` gave for it. The data sets must not
        share subjects.

    Returns
    -------
    combined : DataFrame
        One row per pair: ``method_a``, ``method_b``, ``n_datasets``, ``n_subjects``;
        ``difference``, the mean over all subjects; ``p_combined``, two-sided; and ``p_holm``, the
        same corrected for the number of pairs.

    Raises
    ------
    ValueError
        If the data sets do not have the same pairs of methods.

    Notes
    -----
    The p values of the subjects are combined by Stouffer's method: each becomes a normal deviate
    z_k that has the sign of the difference, and ::

        z = sum(sqrt(n_k) z_k) / sqrt(sum(n_k))

    with n_k subjects in data set k. A difference in the other direction thus counts against, and
    much evidence on a large data set is not outweighed by little on a small one.

    References
    ----------
    S. A. Stouffer et al., "The American Soldier", vol. 1, Princeton University Press (1949).

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.evaluation import combine_comparisons
    >>> row = {"method_a": "C-SPP", "method_b": "Gabor", "difference": 0.02, "p_subjects": 0.08}
    >>> combined = combine_comparisons({
    ...     "ck48": pd.DataFrame([row | {"n_subjects": 106}]),
    ...     "jaffe": pd.DataFrame([row | {"n_subjects": 10}])})
    >>> print(f"{combined['p_combined'].item():.3f}")
    0.029
    """
    if not comparisons:
        raise ValueError("There is no comparison to combine.")
    frames = [frame.set_index(["method_a", "method_b"]) for frame in comparisons.values()]
    if any(set(frame.index) != set(frames[0].index) for frame in frames):
        raise ValueError("The data sets do not have the same pairs of methods.")
    rows = []
    for a, b in frames[0].index:
        difference, p_value, n_subjects = np.transpose(
            [frame.loc[(a, b), ["difference", "p_subjects", "n_subjects"]] for frame in frames]
        ).astype(float)
        rows.append(
            {
                "method_a": a,
                "method_b": b,
                "n_datasets": len(frames),
                "n_subjects": int(n_subjects.sum()),
                "difference": float(np.average(difference, weights=n_subjects)),
                "p_combined": stouffer(difference, p_value, n_subjects),
            }
        )
    return pd.DataFrame(rows).assign(p_holm=lambda frame: holm(frame["p_combined"]))


def _by_name(results):
    """Return results as a dictionary of their names."""
    if isinstance(results, dict):
        return results
    named = {result.method: result for result in results}
    if len(named) < len(results):
        names = [result.method for result in results]
        raise ValueError(f"Two results have one name: {names}. Give a dictionary of names.")
    return named


def _compare(a, b, names, random_state):
    """Return the figures of one pair."""
    images = _pair_images(a.images, b.images, names)
    counts = images.groupby("subject", dropna=False)["difference"].agg(["sum", "size"])
    differences, n_images = counts["sum"].to_numpy(), counts["size"].to_numpy()
    low, high = bootstrap_ratio(differences, n_images, random_state)
    return {
        "n_subjects": len(counts),
        "difference": float(differences.sum() / n_images.sum()),
        "ci_low": float(low),
        "ci_high": float(high),
        "p_subjects": sign_flip_test(differences),
        "p_sequences": _test_sequences(a, b),
        "p_folds": _test_folds(images),
    }


def _pair_images(a, b, names):
    """Return one row per repeat and image, with the difference and the folds of both."""
    order = ["repeat", "image", "fold"]
    a, b = (frame.sort_values(order, ignore_index=True) for frame in (a, b))
    for columns in (["repeat", "image"], ["subject", "y_true"]):
        if not all(np.array_equal(a[column], b[column]) for column in columns):
            unit = unit_of(a)
            raise ValueError(
                f"{names[0]!r} and {names[1]!r} cannot be compared {unit} by {unit}: they differ "
                f"in the columns {columns[0]!r} or {columns[1]!r} of their {unit}s."
            )
    right_a, right_b = ((frame["y_true"] == frame["y_pred"]).astype(int) for frame in (a, b))
    return a[["repeat", "image", "subject", "fold"]].assign(
        fold_b=b["fold"], difference=right_a - right_b
    )


def _test_sequences(a, b):
    """Return the p value of McNemar's test over sequences."""
    if "sequence" not in a.images or "sequence" not in b.images:
        return np.nan
    n_right_a, n_right_b = (
        result.sequences.assign(right=lambda frame: frame["y_true"] == frame["y_pred"])
        .groupby(["subject", "sequence", "y_true"])["right"]
        .sum()
        for result in (a, b)
    )
    return sign_test(n_right_a - n_right_b)


def _test_folds(images):
    """Return the p value of the corrected resampled t test."""
    # Models that are tested on the same images, of another data set, are no folds.
    if images.duplicated(["repeat", "image"]).any():
        return np.nan
    if not np.array_equal(images["fold"], images["fold_b"]):
        return np.nan
    differences = images.groupby(["repeat", "fold"])["difference"].mean().to_numpy()
    return corrected_t_test(differences, len(differences) / images["repeat"].nunique())
