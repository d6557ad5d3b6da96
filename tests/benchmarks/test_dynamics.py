import json
from functools import partial

import pytest

from benchmarks import dynamics
from skfer.datasets import make_face_sequences


def test_a_run_writes_a_row_for_each_case_and_method(tmp_path, capsys, monkeypatch):
    small = partial(make_face_sequences, n_frames=(3, 4), image_size=(48, 48))
    monkeypatch.setattr(dynamics, "make_face_sequences", small)
    out = tmp_path / "dynamics.json"
    only = ["flow + SVM", "HOG + SVM, first frame"]
    options = ["--subjects", "4", "--smiles", "1", "--folds", "2"]
    dynamics.main([*options, "--only", *only, "--out", str(out)])
    rows = json.loads(out.read_text())["results"]
    assert [(row["case"], row["method"]) for row in rows] == [
        (case, method) for case in dynamics.CASES for method in only
    ]
    assert [row["n_images"] for row in rows] == [24, 24, 8, 8]
    assert all(row["ci_low"] <= row["pooled_accuracy"] <= row["ci_high"] for row in rows)
    assert "| two smiles | flow + SVM |" in capsys.readouterr().out


@pytest.mark.skipif(not dynamics.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_show_what_they_should():
    """Joined features and expressionlets are above chance, and timing tells the smiles apart."""
    rows = {
        (row["case"], row["method"]): row
        for row in json.loads(dynamics.RESULTS.read_text())["results"]
    }
    for case in dynamics.CASES:
        first, middle = (
            rows[case, f"HOG + SVM, {frame} frame"]["pooled_accuracy"]
            for frame in ("first", "middle")
        )
        joined = rows[case, "PHOG-TOP + flow + SVM"]
        assert joined["ci_low"] > joined["chance"]
        assert joined["pooled_accuracy"] > max(first, middle)
    for system in ("PHOG-TOP + flow + SVM", "expressionlets + LDA"):
        row = rows["six expressions", system]
        assert row["ci_low"] > row["chance"]
    peak, joined = (
        rows["two smiles", name] for name in ("HOG + SVM, peak frame", "PHOG-TOP + flow + SVM")
    )
    assert peak["ci_low"] < peak["chance"] < joined["ci_low"]
