"""Benchmarks leave the published results alone, and count the eyes they did not find."""

import json
import os

import numpy as np
import pytest

from benchmarks import (
    alignment,
    collection,
    evaluate_landmarks,
    recipes,
    run,
    train_landmarks,
)
from benchmarks._measure import in_a_process
from skfer.faces import make_face_array


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        (alignment, ["DATA", "--log", "runs.jsonl"]),
        (alignment, ["DATA", "--out", "alignment.json"]),
        (collection, ["FOLDER"]),
        (evaluate_landmarks, ["DATA"]),
        (recipes, ["CROPS", "--recipe", "default", "--log", "runs.jsonl"]),
        (run, []),
        (train_landmarks, ["DATA"]),
    ],
)
def test_where_to_write_has_to_be_said(module, arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="2"):
        module.main(arguments)
    assert "are required" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_process_of_its_own():
    assert in_a_process("os", "getpid()") != os.getpid()


def test_eyes_that_are_not_found_are_counted():
    faces = make_face_array([np.zeros((80, 80), np.uint8)] * 2)
    located, n_missing = alignment.locate_by_cascades(faces)
    assert n_missing == 2
    assert np.isfinite(located["eyes"]).all()


def test_a_row_takes_the_place_of_the_earlier_one_only(tmp_path):
    out = tmp_path / "alignment.json"
    row = {"dataset": "london", "eyes": "Haar", "method": "cspp", "n_correct": 1}
    for change in ({}, {"method": "gabor-svm"}, {"n_correct": 2}):
        alignment.write_row(out, row | change)
    assert json.loads(out.read_text()) == [row | {"method": "gabor-svm"}, row | {"n_correct": 2}]
