import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.datasets._saved_files import format_index, parse_index

NASTY = ["", "NA", "007", "a,b", 'quo"te', "new\nline", "return\r", " space ", "ä\udcff", "1e5"]


def round_trip(index):
    return parse_index(format_index(index))


def test_index_comes_back_as_it_was():
    index = pd.DataFrame({"subject": NASTY, "path": [f"{name}.png" for name in NASTY]})
    index["note"] = np.array([name or None for name in NASTY], dtype=object)
    index["age"] = np.linspace(0, 1, len(NASTY)) / 3
    index.loc[1, "age"] = np.nan
    index["weight"] = index["age"].astype(np.float32)
    index["frame_number"] = np.arange(len(NASTY)) + 2**60
    index["glasses"] = index.index % 2 == 0
    index["eyes"] = list(np.random.default_rng(0).random((len(NASTY), 2, 2)))
    back = round_trip(index)
    pd.testing.assert_frame_equal(
        back.drop(columns="eyes"), index.drop(columns="eyes"), check_exact=True
    )
    np.testing.assert_array_equal(np.stack(back["eyes"]), np.stack(index["eyes"]))


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.text(max_size=6), st.floats()), min_size=1, max_size=5))
def test_any_text_and_number_comes_back(entries):
    subjects, numbers = zip(*entries, strict=True)
    index = pd.DataFrame({"subject": subjects, "expression": subjects, "x": numbers})
    back = round_trip(index)
    assert back["subject"].tolist() == list(subjects)
    np.testing.assert_array_equal(back["x"], numbers)


def test_what_cannot_be_saved_is_named():
    index = pd.DataFrame({"subject": ["a"], "taken": [pd.Timestamp(2026, 1, 2)]})
    with pytest.raises(ValueError, match="Column 'taken' of the index cannot be saved"):
        format_index(index)
