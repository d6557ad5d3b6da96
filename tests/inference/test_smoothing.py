"""Smoothing, baseline and summary of hand-made tables."""

import numpy as np
import pandas as pd
import pytest

from skfer.inference import smooth_predictions, subtract_baseline, summarize_predictions


def predictions(happy, *, times=None, faces=0, input="clip.mp4"):
    """A table of one video; NaN in `happy` is a frame without a face."""
    happy = np.array(happy, dtype=float)
    found = np.isfinite(happy)
    frame = np.arange(len(happy))
    table = pd.DataFrame(
        {
            "input": input,
            "frame": frame,
            "timestamp": frame / 10 if times is None else times,
            "face": pd.array(np.full(len(happy), faces), "Int64"),
            "success": found.astype(int),
            "confidence": np.where(found, 0.8, np.nan),
            "expression": np.where(happy > 0.5, "happy", "sad").astype(object),
            "proba_happy": happy,
            "proba_sad": 1 - happy,
            "problem": np.where(found, "", "no face found"),
        }
    )
    table.loc[~found, ["face", "expression"]] = None
    return table


def images(happy):
    table = predictions(happy, times=np.nan)
    return table.assign(input=[f"{n}.png" for n in range(len(happy))], frame=0)


def by_definition(table, seconds):
    """The smoothed probabilities, row by row."""
    smoothed = table["proba_happy"].copy()
    for row in table[table["success"] == 1].index:
        same = (table["input"] == table["input"][row]) & (table["face"] == table["face"][row])
        near = (table["timestamp"] - table["timestamp"][row]).abs() <= seconds / 2 + 1e-6
        smoothed[row] = table["proba_happy"][same.fillna(False) & near].mean()
    return smoothed


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.73, 100])
def test_smoothing_is_by_time_within_a_face(seconds):
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.choice([0.02, 0.1, 0.4], 40))
    happy = np.where(rng.random(40) < 0.2, np.nan, rng.random(40))
    first, other = (predictions(happy, times=times, faces=face) for face in (0, 1))
    other["proba_happy"], other["proba_sad"] = other["proba_sad"], other["proba_happy"].copy()
    table = pd.concat([first, other, predictions(happy, times=times, input="b.mp4")])
    table = table.sort_values(["input", "frame"], kind="stable", ignore_index=True)
    before = table.copy()
    smoothed = smooth_predictions(table, seconds)
    pd.testing.assert_frame_equal(table, before)
    np.testing.assert_allclose(smoothed["proba_happy"], by_definition(table, seconds), atol=1e-12)
    found = smoothed["success"] == 1
    assert np.allclose(smoothed.loc[found, ["proba_happy", "proba_sad"]].sum(axis=1), 1)
    expected = np.where(smoothed["proba_happy"] > smoothed["proba_sad"], "happy", "sad")
    assert (smoothed["expression"] == expected)[found].all()
    untouched = ["input", "frame", "timestamp", "face", "success", "confidence", "problem"]
    pd.testing.assert_frame_equal(smoothed[untouched], table[untouched])


def test_edges_of_the_window_do_not_hang_on_the_last_bit():
    table = predictions(np.random.default_rng(0).random(300), times=np.arange(300) / 30)
    smoothed = smooth_predictions(table, 6 / 30)
    expected = table["proba_happy"].rolling(7, center=True, min_periods=1).mean()
    np.testing.assert_allclose(smoothed["proba_happy"], expected, atol=1e-12)


def test_images_and_empty_frames_are_untouched():
    table = pd.concat([images([0.9, np.nan, 0.1]), predictions([np.nan] * 3)], ignore_index=True)
    pd.testing.assert_frame_equal(smooth_predictions(table, 10), table)


@pytest.mark.parametrize("seconds", [0, -1, np.inf, np.nan, "1", None])
def test_no_window(seconds):
    with pytest.raises(ValueError, match="seconds="):
        smooth_predictions(predictions([0.5]), seconds)


def test_baseline_is_of_the_first_frames_with_the_face():
    table = predictions([np.nan, 0.2, np.nan, 0.4, 0.9, np.nan])
    changes = subtract_baseline(table, 2)
    np.testing.assert_allclose(changes["change_happy"], [np.nan, -0.1, np.nan, 0.1, 0.6, np.nan])
    np.testing.assert_allclose(changes["change_sad"], -changes["change_happy"])
    assert changes.columns.tolist()[-3:] == ["change_happy", "change_sad", "problem"]
    pd.testing.assert_frame_equal(changes[table.columns], table)


def test_faces_too_short_for_their_baseline_have_no_change():
    table = pd.concat(
        [predictions([0.2] * 5), predictions([0.7, 0.9], faces=1), images([0.5])], ignore_index=True
    )
    changes = subtract_baseline(table, 3)["change_happy"]
    np.testing.assert_allclose(changes[:5], 0, atol=1e-12)
    assert changes[5:].isna().all()


@pytest.mark.parametrize("n_frames", [0, -1, 2.5, None])
def test_no_baseline(n_frames):
    with pytest.raises(ValueError, match="n_frames="):
        subtract_baseline(predictions([0.5]), n_frames)


def test_a_table_without_probabilities_is_refused():
    for function in (smooth_predictions, subtract_baseline):
        with pytest.raises(ValueError, match="proba_"):
            function(pd.DataFrame({"input": ["a"]}), 1)


def test_summary_has_a_row_per_face_in_the_order_of_the_inputs():
    first = predictions([0.9, 0.8, 0.3, np.nan], input="z.mp4")
    second = predictions([0.1], faces=1, input="z.mp4").assign(frame=2, timestamp=0.2)
    table = pd.concat([images([np.nan, 0.6]), first, second], ignore_index=True)
    summary = summarize_predictions(table)
    assert summary["input"].tolist() == ["0.png", "1.png", "z.mp4", "z.mp4"]
    assert summary["face"].isna().tolist() == [True, False, False, False]
    assert summary["face"][1:].tolist() == [0, 0, 1]
    assert summary["n_frames"].tolist() == [1, 1, 4, 4]
    assert summary["n_problems"].tolist() == [1, 0, 1, 1]
    assert summary["n_face_frames"].tolist() == [0, 1, 3, 1]
    np.testing.assert_allclose(summary["share_with_face"], [0, 1, 0.75, 0.25])
    np.testing.assert_allclose(summary["duration"], [np.nan, np.nan, 0.3, 0.3])
    np.testing.assert_allclose(summary["proba_happy"], [np.nan, 0.6, 2 / 3, 0.1])
    assert summary["expression"][1:].tolist() == ["happy", "happy", "sad"]
    np.testing.assert_allclose(summary["share_happy"][1:], [1, 2 / 3, 0])


def test_equal_shares_are_decided_by_probability():
    assert summarize_predictions(predictions([0.9, 0.4]))["expression"].tolist() == ["happy"]
    assert summarize_predictions(predictions([0.6, 0.1]))["expression"].tolist() == ["sad"]


def test_summary_of_nothing_but_empty_frames():
    (row,) = summarize_predictions(predictions([np.nan] * 3)).itertuples()
    assert (row.n_frames, row.n_face_frames, row.share_with_face) == (3, 0, 0)
    assert pd.isna(row.face)
    assert pd.isna(row.proba_happy)
