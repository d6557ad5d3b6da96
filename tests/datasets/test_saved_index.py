import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.datasets._indexing.index import make_index
from skfer.datasets._saved.index_text import format_index, parse_index

NASTY = ["", "NA", "007", "a,b", 'quo"te', "new\nline", "return\r", " space ", "ä\udcff", "1e5"]


def round_trip(index):
    return parse_index(*format_index(index))


def test_index_comes_back_as_it_was():
    rows = [
        {"path": f"{name}.png", "subject": name, "expression": "sad", "note": name or None}
        for name in NASTY
    ]
    index = make_index(rows, "mine")
    index["age"] = np.linspace(0, 1, len(index)) / 3
    index.loc[1, "age"] = np.nan
    index["glasses"] = np.arange(len(index)) % 2 == 0
    index.at[0, "eyes"] = np.array([[1.1, 2.2], [3.3, 1 / 3]])
    back = round_trip(index)
    assert set(back) == set(index)
    for column in set(index) - {"eyes", "note", "landmarks"}:
        assert back[column].tolist() == pytest.approx(index[column].tolist(), nan_ok=True, abs=0)
    pd.testing.assert_series_equal(back["note"], index["note"], check_dtype=False)
    assert back["landmarks"].isna().all()
    np.testing.assert_array_equal(np.stack(back["eyes"]), np.stack(index["eyes"]))
    assert back["is_peak"].dtype == bool
    assert back["frame"].dtype == index["frame"].dtype


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.text(max_size=6), st.floats()), min_size=1, max_size=5))
def test_any_text_and_number_comes_back(entries):
    subjects, numbers = zip(*entries, strict=True)
    index = pd.DataFrame({"subject": subjects, "expression": subjects, "x": numbers})
    back = round_trip(index)
    assert back["subject"].tolist() == list(subjects)
    np.testing.assert_array_equal(back["x"], numbers)


def test_what_cannot_be_saved_is_named():
    index = pd.DataFrame({"subject": ["a"], "expression": ["sad"], "box": [(1, 2)]})
    with pytest.raises(ValueError, match=r"Column 'box' of the index holds \(1, 2\)"):
        format_index(index)
