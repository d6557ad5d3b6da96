"""Files are whole or not there; tables give back what was put in."""

import errno
import os
import threading
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.utils._csv import read_csv, write_csv
from skfer.utils._files import atomic_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_failed_write_leaves_the_old_file(tmp_path):
    file = tmp_path / "report.html"
    file.write_text("old")
    with pytest.raises(RuntimeError):
        with atomic_path(file) as unfinished:
            unfinished.write_text("ne")
            raise RuntimeError
    assert file.read_text() == "old"
    assert names(tmp_path) == ["report.html"]


def test_an_error_names_the_file_that_was_asked_for(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="Is a directory.*folder'$"):
        with atomic_path(tmp_path / "folder") as unfinished:
            unfinished.write_text("new")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_names_file_and_remedy(tmp_path, code):
    with pytest.raises(OSError, match="make room and repeat.*report.html") as caught:
        with atomic_path(tmp_path / "report.html"):
            raise OSError(code, os.strerror(code))
    assert caught.value.errno == code
    assert names(tmp_path) == []


def test_other_errors_are_passed_on(tmp_path):
    with pytest.raises(FileNotFoundError, match="elsewhere"):
        with atomic_path(tmp_path / "report.html"):
            open(tmp_path / "elsewhere").close()


def test_what_killed_writers_left_goes_when_it_is_old(tmp_path):
    old, young = (tmp_path / f".skfer-{digit * 16}.html" for digit in "01")
    other = tmp_path / ".skfer-notes.txt"
    for file in (old, young, other):
        file.write_text("half")
    long_ago = time.time() - 2 * 3600
    for file in (old, other):
        os.utime(file, (long_ago, long_ago))
    with atomic_path(tmp_path / "report.html") as unfinished:
        unfinished.write_text("whole")
    assert names(tmp_path) == sorted([young.name, other.name, "report.html"])


def test_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    file, failed = tmp_path / "model", []

    def write(text):
        try:
            for _ in range(20):
                with atomic_path(file) as unfinished:
                    unfinished.write_text(text)
        except OSError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(letter * 1000,)) for letter in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(set(file.read_text())) == 1
    assert names(tmp_path) == ["model"]


# What a file name can hold: no NUL; foreign bytes come as lone surrogates.
NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0")
    | st.sampled_from("=+-@\t\r\n'\",$\udcff\udce9"),
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5))
def test_any_names_come_back(tmp_path_factory, texts):
    file = tmp_path_factory.getbasetemp() / "names.csv"
    write_csv(file, pd.DataFrame({"name": texts, "number": np.arange(len(texts))}))
    assert read_csv(file)["name"].tolist() == texts


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C'!A0"])
def test_no_cell_begins_a_formula(tmp_path, text):
    write_csv(tmp_path / "t.csv", pd.DataFrame({"name": [text], "number": [-1.5]}))
    lines = (tmp_path / "t.csv").read_bytes().split(b"\n", 1)
    assert lines[1].startswith(b"\"'")
    assert lines[1].endswith(b",-1.5\n")


@pytest.mark.parametrize("text", ["000", "NA", "null", "nan", "1e5", " a ", "True", ""])
def test_texts_are_not_taken_for_something_else(tmp_path, text):
    write_csv(tmp_path / "t.csv", pd.DataFrame({"name": [text], "next": "x"}))
    assert read_csv(tmp_path / "t.csv")["name"].tolist() == [text]
