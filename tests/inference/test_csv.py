"""Tables as files: every reader gets back what was in the table."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

from skfer.inference import (
    describe_predictions,
    read_predictions,
    subtract_baseline,
    summarize_predictions,
    write_predictions,
)

NAMES = ["=1+1.png", "a;b,c.png", "it's.png", "'q.png", 'say "a".png', "S\udce9.png", "-x.png"]


@pytest.fixture
def predictions():
    rng = np.random.default_rng(0)
    happy = rng.random(8)
    happy[3] = np.nan
    names = [*NAMES, "clip.mp4"]
    return pd.DataFrame(
        {
            "input": pd.Series(names, dtype=object),
            "frame": [0] * 7 + [1234],
            "timestamp": [np.nan] * 7 + [1234 / 30000],
            "face": pd.array([0, 0, 1, None, 0, 0, 0, 0], "Int64"),
            "success": [1, 1, 1, 0, 1, 1, 1, 1],
            "confidence": rng.random(8),
            "box_x": 1000 * rng.random(8) - 500,
            "expression": pd.Series(["happy", "fr\u00f6h"] * 4, dtype=object).where(happy > 0),
            "proba_happy": happy,
            "proba_fr\u00f6h": 1 - happy,
            "problem": ["", "", "", "no face found", "", "", "", "@SUM(1;2)\r\n\tx"],
        }
    )


@pytest.mark.parametrize(
    ("delimiter", "decimal"), [(",", "."), (";", ","), ("\t", ","), (";", ".")]
)
def test_any_separators_come_back(tmp_path, predictions, delimiter, decimal):
    path = tmp_path / "faces.csv"
    write_predictions(predictions, path, delimiter=delimiter, decimal=decimal)
    found = read_predictions(path)
    assert found["input"].tolist() == predictions["input"].tolist()
    assert found["problem"].tolist() == predictions["problem"].tolist()
    assert found["expression"].isna().tolist() == predictions["expression"].isna().tolist()
    assert found["face"].dtype == "Int64"
    assert found["face"].isna().tolist() == predictions["face"].isna().tolist()
    np.testing.assert_allclose(found["proba_happy"], predictions["proba_happy"], atol=5.1e-5)
    np.testing.assert_allclose(found["timestamp"], predictions["timestamp"], atol=5.1e-7)
    np.testing.assert_allclose(found["box_x"], predictions["box_x"], atol=0.0051)


@pytest.mark.parametrize(("delimiter", "decimal"), [(",", "."), (";", ","), ("\t", ",")])
def test_pandas_and_csv_read_numbers(tmp_path, predictions, delimiter, decimal):
    path = tmp_path / "faces.csv"
    write_predictions(predictions, path, delimiter=delimiter, decimal=decimal)
    frame = pd.read_csv(path, sep=delimiter, decimal=decimal, encoding_errors="surrogateescape")
    assert frame.columns.tolist() == predictions.columns.tolist()
    np.testing.assert_allclose(frame["proba_happy"], predictions["proba_happy"], atol=5.1e-5)
    assert frame["timestamp"].iloc[-1] == 0.041133
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = list(csv.reader(file, delimiter=delimiter, strict=True))
    assert {len(row) for row in rows} == {len(predictions.columns)}
    assert rows[1][0] == "'=1+1.png"  # no spreadsheet calculates it
    assert rows[8][-1] == "'@SUM(1;2)\r\n\tx"


def test_a_byte_order_mark_for_spreadsheets_alone(tmp_path, predictions):
    for delimiter, marked in ((",", False), (";", True)):
        write_predictions(predictions, tmp_path / "a.csv", delimiter=delimiter)
        assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf") is marked


def test_parts_make_one_table(tmp_path, predictions):
    write_predictions(predictions, tmp_path / "whole.csv")
    parts = (predictions[:3], predictions[3:4], predictions[4:])
    write_predictions(parts, tmp_path / "parts.csv")
    assert (tmp_path / "whole.csv").read_bytes() == (tmp_path / "parts.csv").read_bytes()


@pytest.mark.parametrize(
    ("delimiter", "decimal", "message"),
    [(",", ",", "both ','"), ("ab", ".", "delimiter='ab'"), ('"', ".", "delimiter="),
     ("1", ".", "delimiter='1'"), (";", "'", "decimal=")],
)  # fmt: skip
def test_separators_that_would_not_come_back(tmp_path, predictions, delimiter, decimal, message):
    with pytest.raises(ValueError, match=message):
        write_predictions(predictions, tmp_path / "a.csv", delimiter=delimiter, decimal=decimal)
    assert list(tmp_path.iterdir()) == []


def test_another_table_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    with pytest.raises(ValueError, match="not a table of predictions"):
        read_predictions(tmp_path / "a.csv")


def test_the_dictionary_names_exactly_the_columns(predictions):
    changes = subtract_baseline(predictions, 1)
    for frame in (predictions, changes, summarize_predictions(predictions)):
        document = describe_predictions(frame, card={"labels": ["happy"]}, baseline=1, Command="x")
        assert [*document] == [*frame.columns, "GeneratedBy"]
        assert json.loads(json.dumps(document)) == document
        assert all(document[column]["Description"].endswith(".") for column in frame.columns)
        assert [*document["expression"]["Levels"]] == ["happy", "fr\u00f6h"]
        assert document["GeneratedBy"][0]["Model"] == {"labels": ["happy"]}
        assert document["GeneratedBy"][0]["Command"] == "x"


def test_a_column_of_the_users_own_is_not_described(predictions):
    with pytest.raises(ValueError, match="'mood' is no column of skfer's"):
        describe_predictions(predictions.assign(mood="good"))


def test_the_dictionary_tells_what_was_done(predictions):
    changes = subtract_baseline(predictions, 30)
    document = describe_predictions(changes, smoothing=0.5, baseline=30)
    assert "first 30 frames" in document["change_happy"]["Description"]
    assert "0.5 seconds" in document["proba_happy"]["Description"]
    assert "for up to a second in which it is not found" in document["face"]["Description"]
    assert (document["change_happy"]["Minimum"], document["proba_happy"]["Minimum"]) == (-1, 0)
    summary = describe_predictions(summarize_predictions(predictions))
    assert summary["proba_happy"]["Description"].startswith("Mean probability")
