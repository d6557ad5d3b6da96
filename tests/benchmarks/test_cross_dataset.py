"""The benchmark between data sets: figures where classes are shared, else the reason."""

import json

import numpy as np
from sklearn.utils import Bunch

from benchmarks import cross_dataset
from skfer.datasets import make_faces


def test_pairs_are_measured_or_refused(tmp_path, monkeypatch):
    def rendered(name, *expressions):
        data = make_faces(4, 1, expressions=expressions, image_size=(48, 48), random_state=9)
        data.subjects = data.faces["subject"] = np.char.add(name, data.subjects)
        return Bunch(**data)

    monkeypatch.setattr(
        cross_dataset, "load_london", lambda home: rendered("l", "happy", "neutral")
    )
    monkeypatch.setattr(cross_dataset, "load_ck48", lambda home: rendered("c", "happy", "sad"))
    monkeypatch.setattr(cross_dataset, "locate_by_cascades", lambda faces: (faces, 0))
    sizes = ["--synthetic-subjects", "4", "--folds", "2", "--epochs", "1"]
    files = ["--out", str(tmp_path / "out.json"), "--log", str(tmp_path / "runs.jsonl")]
    cross_dataset.main(["DATA", "--data-home", "CROPS", *sizes, *files])
    rows = json.loads((tmp_path / "out.json").read_text())
    pairs = [(row["source"], row["target"]) for row in rows]
    assert (
        pairs == [("synthetic", "london")] * 3 + [("ck48", "london")] + [("synthetic", "ck48")] * 3
    )
    assert "share 1 classes" in rows[3]["refused"]
    runs = [json.loads(line) for line in (tmp_path / "runs.jsonl").read_text().splitlines()]
    assert [run["dataset"] for run in runs] == ["synthetic to london"] * 3 + [
        "synthetic to ck48"
    ] * 3
    assert {run["protocol"] for run in runs} == {"cross-dataset"}
