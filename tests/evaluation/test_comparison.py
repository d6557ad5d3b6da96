from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, combine_pvalues, ttest_1samp

from skfer.evaluation._statistics._comparison import combine_comparisons, compare_results

SUBJECTS = np.repeat(list("abcdefgh"), 6)
FOLDS = np.repeat([0, 1, 2, 3], 12)
SEQUENCES = np.tile(np.repeat([0, 1], 3), 8)  # two sequences of three frames per subject


def stand_in(right, method="method", sequences=None, folds=FOLDS):
    """Return what a comparison uses of a result; `right` has shape (n_repeats, 48)."""
    right = np.atleast_2d(right)
    images = pd.DataFrame(
        {
            "repeat": np.repeat(np.arange(len(right)), 48),
            "image": np.tile(np.arange(48), len(right)),
            "subject": np.tile(SUBJECTS, len(right)),
            "fold": np.tile(folds, len(right)),
            "y_true": "happy",
            "y_pred": np.where(right.ravel(), "happy", "sad"),
        }
    )
    result = SimpleNamespace(method=method, protocol="subject-independent", images=images)
    if sequences is not None:
        images["sequence"] = np.tile(sequences, len(right))
        groups = images.groupby(["repeat", "subject", "sequence", "y_true"])
        result.sequences = groups["y_pred"].agg(lambda names: names.mode()[0]).reset_index()
    return result


@pytest.fixture
def pair():
    rng = np.random.default_rng(1)
    right_a, right_b = rng.random(48) < 0.8, rng.random(48) < 0.5
    right_a[:3], right_b[:3] = False, True  # else b is nowhere better than a
    return {"a": stand_in(right_a, "a", SEQUENCES), "b": stand_in(right_b, "b", SEQUENCES)}


def right(result):
    return (result.images["y_true"] == result.images["y_pred"]).to_numpy().astype(int)


def test_one_row_tells_the_difference_over_subjects(pair):
    (row,) = compare_results(pair).to_dict("records")
    images = right(pair["a"]) - right(pair["b"])
    subjects = images.reshape(8, 6).sum(axis=1)
    assert (row["method_a"], row["method_b"], row["n_subjects"]) == ("a", "b", 8)
    assert row["difference"] == pytest.approx(images.mean())
    signs = np.array(np.meshgrid(*[[1, -1]] * 8)).reshape(8, -1)
    assert row["p_subjects"] == np.mean(np.abs(subjects @ signs) >= abs(subjects.sum()))
    drawn = np.random.default_rng(0).choice(subjects, (10_000, 8)).sum(axis=1) / 48
    expected = np.quantile(drawn, [0.025, 0.975])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(expected, abs=0.021)


def test_sequences_are_tested_by_mcnemar(pair):
    a, b = (right(pair[name]).reshape(16, 3).sum(axis=1) > 1 for name in "ab")
    only_a, only_b = (a & ~b).sum(), (b & ~a).sum()
    assert only_a > 0 and only_b > 0
    expected = binomtest(only_a, only_a + only_b).pvalue
    assert compare_results(pair)["p_sequences"].item() == pytest.approx(expected)


def test_folds_are_tested_by_the_corrected_t(pair):
    folds = (right(pair["a"]) - right(pair["b"])).reshape(4, 12).mean(axis=1)
    # 1 / J + n_test / n_train is 1 / 4 + 1 / 3 and not 1 / 4.
    statistic = ttest_1samp(folds, 0).statistic * np.sqrt((1 / 4) / (1 / 4 + 1 / 3))
    spread = (folds - folds.mean()) * np.sqrt((1 / 4 + 1 / 3) / (1 / 4))
    expected = ttest_1samp(folds.mean() + spread, 0)
    assert expected.statistic == pytest.approx(statistic)
    assert compare_results(pair)["p_folds"].item() == pytest.approx(expected.pvalue)


def test_exchanging_the_methods_changes_the_sign_only(pair):
    forth, back = compare_results(pair), compare_results({"b": pair["b"], "a": pair["a"]})
    assert back["method_a"].item() == "b"
    assert forth["difference"].item() == -back["difference"].item() != 0
    assert forth["ci_low"].item() == pytest.approx(-back["ci_high"].item(), abs=0.021)
    p_values = ["p_subjects", "p_sequences", "p_folds", "p_holm"]
    assert forth[p_values].iloc[0].tolist() == pytest.approx(back[p_values].iloc[0].tolist())


def test_images_are_paired_by_number_not_by_row(pair):
    expected = compare_results(pair)
    pair["a"].images = pair["a"].images.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(compare_results(pair), expected)


def test_equal_predictions_do_not_differ(pair):
    (row,) = compare_results({"a": pair["a"], "again": pair["a"]}).to_dict("records")
    assert (row["difference"], row["ci_low"], row["ci_high"]) == (0, 0, 0)
    assert [row[name] for name in ("p_subjects", "p_sequences", "p_folds", "p_holm")] == [1] * 4


def test_images_without_sequences_have_no_test_of_them(pair):
    del pair["b"].images["sequence"]
    row = compare_results(pair).iloc[0]
    assert np.isnan(row["p_sequences"]) and row["p_subjects"] < 1


def test_other_folds_leave_the_other_tests(pair):
    expected = compare_results(pair)
    pair["b"].images["fold"] = 3 - pair["b"].images["fold"]
    found = compare_results(pair)
    assert np.isnan(found["p_folds"].item())
    pd.testing.assert_frame_equal(found.drop(columns="p_folds"), expected.drop(columns="p_folds"))


def test_repeats_do_not_make_more_subjects_or_sequences(pair):
    twice = {name: stand_in(np.tile(right(pair[name]), (2, 1)), name, SEQUENCES) for name in pair}
    columns = ["n_subjects", "difference", "ci_low", "ci_high", "p_subjects", "p_sequences"]
    pd.testing.assert_frame_equal(compare_results(twice)[columns], compare_results(pair)[columns])
    # The folds count twice, but at 1 / 8 + 1 / 3.
    folds = np.tile((right(pair["a"]) - right(pair["b"])).reshape(4, 12).mean(axis=1), 2)
    spread = (folds - folds.mean()) * np.sqrt((1 / 8 + 1 / 3) / (1 / 8))
    expected = ttest_1samp(folds.mean() + spread, 0).pvalue
    assert compare_results(twice)["p_folds"].item() == pytest.approx(expected)


def test_a_sequence_counts_for_the_method_right_in_more_repeats():
    always, once = np.ones((3, 48), bool), np.ones((3, 48), bool)
    once[1:, :36] = False  # 12 sequences are wrong in two of three repeats
    results = [stand_in(always, "always", SEQUENCES), stand_in(once, "once", SEQUENCES)]
    assert compare_results(results)["p_sequences"].item() == pytest.approx(2 / 2**12)


@pytest.fixture
def four():
    rng = np.random.default_rng(0)
    return [stand_in(rng.random(48) < 0.5 + rank / 6, name) for rank, name in enumerate("wxyz")]


def test_all_pairs_are_compared_in_order(four):
    frame = compare_results(four)
    assert [a + b for a, b in zip(frame["method_a"], frame["method_b"], strict=True)] == [
        "wx", "wy", "wz", "xy", "xz", "yz",
    ]  # fmt: skip
    ordered = frame.sort_values("p_subjects")
    assert ordered["p_holm"].iloc[0] == pytest.approx(min(6 * ordered["p_subjects"].iloc[0], 1))
    assert all(low <= high for low, high in pairwise(ordered["p_holm"]))
    assert (frame["p_holm"] >= frame["p_subjects"]).all()


def test_all_others_are_compared_with_the_reference(four):
    frame = compare_results(four, reference="x")
    assert frame["method_a"].tolist() == ["w", "y", "z"]
    assert frame["method_b"].unique().tolist() == ["x"]
    pair = compare_results({"z": four[3], "x": four[1]})
    assert frame["difference"].iloc[2] == pair["difference"].item()
    assert frame["p_subjects"].iloc[2] == pair["p_subjects"].item()


def test_seed_decides_the_interval_only(four):
    frames = [compare_results(four, random_state=seed) for seed in (0, 0, 1)]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    bounds = ["ci_low", "ci_high"]
    assert not frames[0][bounds].equals(frames[2][bounds])
    pd.testing.assert_frame_equal(frames[0].drop(columns=bounds), frames[2].drop(columns=bounds))


@pytest.mark.parametrize("column", ["image", "repeat", "subject", "y_true"])
def test_results_of_something_else_are_refused(pair, column):
    value = {"image": 99, "repeat": 1, "subject": "z", "y_true": "fear"}[column]
    pair["b"].images.loc[47, column] = value
    with pytest.raises(ValueError, match=f"'a' and 'b' cannot be compared .*'{column}'"):
        compare_results(pair)


def test_results_of_fewer_images_are_refused(pair):
    pair["b"].images = pair["b"].images.iloc[:-1]
    with pytest.raises(ValueError, match="cannot be compared"):
        compare_results(pair)


def test_names_have_to_tell_the_methods_apart(pair):
    with pytest.raises(ValueError, match="one name"):
        compare_results([pair["a"], pair["a"]])
    with pytest.raises(ValueError, match="reference='c' is not among"):
        compare_results(pair, reference="c")
    with pytest.raises(ValueError, match="at least two"):
        compare_results({"a": pair["a"]})
    with pytest.raises(ValueError, match="at least two"):
        compare_results([])


def test_nothing_to_combine_is_an_error():
    with pytest.raises(ValueError, match="no comparison to combine"):
        combine_comparisons({})


def test_comparisons_of_data_sets_are_combined_by_stouffer(four):
    frames = {"one": compare_results(four)}
    frames["other"] = frames["one"].assign(
        difference=lambda frame: frame["difference"] - 0.2, n_subjects=100
    )
    combined = combine_comparisons(frames)
    assert combined["method_a"].tolist() == frames["one"]["method_a"].tolist()
    for row, one, other in zip(
        combined.itertuples(), *(frame.itertuples() for frame in frames.values()), strict=True
    ):
        assert (row.n_datasets, row.n_subjects) == (2, 108)
        mean = (8 * one.difference + 100 * other.difference) / 108
        assert row.difference == pytest.approx(mean)
        one_sided = [
            each.p_subjects / 2 if each.difference > 0 else 1 - each.p_subjects / 2
            for each in (one, other)
        ]
        expected = combine_pvalues(one_sided, method="stouffer", weights=np.sqrt([8, 100])).pvalue
        assert row.p_combined == pytest.approx(2 * min(expected, 1 - expected))
    smallest = combined.sort_values("p_combined").iloc[0]
    assert smallest["p_holm"] == pytest.approx(min(6 * smallest["p_combined"], 1))


def test_order_of_the_pairs_does_not_matter(four):
    frame = compare_results(four)
    combined = combine_comparisons({"one": frame, "two": frame.iloc[::-1]})
    assert combined["difference"].tolist() == pytest.approx(frame["difference"].tolist())


def test_data_sets_with_other_pairs_are_refused(four):
    frames = {"one": compare_results(four), "two": compare_results(four[::-1])}
    with pytest.raises(ValueError, match="same pairs"):
        combine_comparisons(frames)
