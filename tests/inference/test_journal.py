"""Unfinished predictions: what was whole comes back, what was torn is gone."""

import errno
import io
import os
import re

import numpy as np
import pandas as pd
import pytest

from skfer.inference import _journal
from skfer.inference._journal import Journal

SETTINGS = {"model": "face.skfer (12)", "every": 1}


def table(name, n_rows=3):
    rng = np.random.default_rng(n_rows)
    return pd.DataFrame(
        {
            "input": name,
            "frame": np.arange(n_rows),
            "timestamp": rng.random(n_rows),
            "face": pd.array([0, None, 2][:n_rows], "Int64"),
            "success": 1,
            "expression": ["happy", None, "gl\u00fccklich"][:n_rows],
            "proba_happy": rng.random(n_rows).astype(float) / 3,
            "problem": "",
        }
    ).astype({"input": object, "expression": object, "problem": object})


def contents(path):
    with Journal(path, SETTINGS) as journal:
        return list(journal.read())


@pytest.fixture
def journal(tmp_path):
    path = tmp_path / "faces.csv.partial"
    with Journal(path, SETTINGS) as journal:
        for name in ("a.mp4", "S\udce9.mp4"):
            journal.add_rows(table(name))
            journal.end_input(name)
    return path


def test_rows_come_back_bit_by_bit(journal):
    first, end, second, other_end = contents(journal)
    assert (end, other_end) == ("a.mp4", "S\udce9.mp4")
    for found, name in ((first, "a.mp4"), (second, "S\udce9.mp4")):
        pd.testing.assert_frame_equal(found, table(name), check_exact=True)


def test_whatever_was_torn_is_cut_off(journal):
    whole = journal.read_bytes()
    ends = [0, *(index + 1 for index, byte in enumerate(whole) if byte == 10)]
    for size in range(0, len(whole), 7):
        journal.write_bytes(whole[:size])
        n_whole = sum(end <= size for end in ends) - 1
        assert len(contents(journal)) == max(0, n_whole - 1)
        assert journal.read_bytes() == whole[: ends[max(1, n_whole)]]


def test_damaged_bytes_are_no_rows(journal):
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-10] + bytes(10))  # as a file system may after a power cut
    assert len(contents(journal)) == 3


@pytest.mark.parametrize("change", [{"model": "other.skfer (13)"}, {"every": 2}])
def test_other_settings_are_refused(journal, change):
    before = journal.read_bytes()
    ((name, value),) = change.items()
    with pytest.raises(ValueError, match=f"with {name} = .* now it is {re.escape(str(value))}"):
        Journal(journal, SETTINGS | change)
    assert journal.read_bytes() == before


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_loses_nothing(journal, monkeypatch, code):
    class Full(io.FileIO):
        def write(self, data):
            if len(data) < 20:
                raise OSError(code, os.strerror(code))
            return super().write(data[:20])  # as a disk does before it is full

    before = journal.read_bytes()
    monkeypatch.setattr(_journal, "open", lambda p, mode, **how: (
        Full(p, mode) if mode == "ab" else open(p, mode)
    ), raising=False)  # fmt: skip
    with Journal(journal, SETTINGS) as full, pytest.raises(OSError, match="make room") as caught:
        full.end_input("c.mp4" * 10)
    assert caught.value.errno == code
    assert journal.read_bytes() == before
