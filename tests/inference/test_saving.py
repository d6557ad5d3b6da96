"""`save_predictions`: the same table however often it is interrupted."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeClassifier

from skfer.inference import (
    _saving,
    predict_images,
    predict_video,
    read_predictions,
    save_predictions,
    smooth_predictions,
    subtract_baseline,
    summarize_predictions,
)
from skfer.persistence import load_model, save_model
from skfer.utils._files import only_writer
from tests.prediction_files import make_photographs, write_picture
from tests.video_files import write_video


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Seven pictures, one of them black and one broken, and a video that begins without a face."""
    folder = tmp_path_factory.mktemp("inputs")
    images = make_photographs().images
    paths = [write_picture(folder / f"{n}.png", images[n]) for n in range(5)]
    paths += [write_picture(folder / "black.png", np.zeros((60, 60), np.uint8))]
    paths += [folder / "broken.jpg"]
    paths[-1].write_bytes(paths[0].read_bytes()[:500])
    frames = [np.zeros((96, 96), np.uint8)] * 2 + [images[0]] * 4 + [images[1]] * 5
    return [*paths, write_video(folder / "clip.mp4", frames)]


@pytest.fixture
def save(model_file, inputs, tmp_path):
    def run(name="faces.csv", **options):
        how = {"cropped": True, "batch_size": 3} | options  # cropped: eyes are not searched
        return save_predictions(model_file, inputs, tmp_path / name, **how)

    return run


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def test_the_table_is_that_of_the_functions(save, model_file, inputs, tmp_path):
    counts = save(smoothing=0.1, baseline=2, summary=True, cropped=False)
    model = load_model(model_file)
    table = pd.concat([predict_images(model, inputs[:-1]), predict_video(model, inputs[-1])])
    table = table.reset_index(drop=True)
    expected = subtract_baseline(smooth_predictions(table, 0.1), 2)
    found = read_predictions(tmp_path / "faces.csv")
    assert found.columns.tolist() == expected.columns.tolist()
    for name in ("input", "frame", "success", "expression", "problem"):
        assert found[name].fillna("").tolist() == expected[name].fillna("").tolist()
    for name in ("timestamp", "confidence", "proba_happy", "change_happy", "box_x"):
        np.testing.assert_allclose(found[name], expected[name], atol=0.0051)
    summary = read_predictions(tmp_path / "faces_summary.csv")
    assert summary["n_frames"].tolist() == summarize_predictions(expected)["n_frames"].tolist()
    assert len(summary) == len(inputs)
    assert names(tmp_path) == [
        "faces.csv", "faces.json", "faces_summary.csv", "faces_summary.json",
    ]  # fmt: skip
    for name in ("faces", "faces_summary"):
        document = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))
        columns = pd.read_csv(tmp_path / f"{name}.csv").columns
        assert set(document) - {"GeneratedBy"} == set(columns)
    made_by = document["GeneratedBy"][0]
    assert made_by["Model"]["training_data"] == "faces of make_faces"
    assert made_by["Settings"]["every"] == 1
    assert (counts.n_images, counts.n_videos, counts.n_frames) == (7, 1, 18)
    assert counts.n_without_face == (found["problem"] != "").sum() - 1
    assert counts.n_faces == (found["success"] == 1).sum()
    assert [path.rpartition("/")[2] for path in counts.unreadable] == ["broken.jpg"]


@pytest.mark.parametrize("n_tables", range(7))
def test_interrupted_after_any_table_it_goes_on(save, tmp_path, monkeypatch, n_tables):
    options = {"smoothing": 0.2, "baseline": 2}
    save("whole.csv", **options)
    add_rows = _saving.Journal.add_rows
    added = []

    def interrupt(journal, table):
        if len(added) == n_tables:
            raise KeyboardInterrupt
        added.append(len(table))
        add_rows(journal, table)

    with monkeypatch.context() as patch:
        patch.setattr(_saving.Journal, "add_rows", interrupt)
        with pytest.raises(KeyboardInterrupt):
            save(**options)
    assert not (tmp_path / "faces.csv").exists()
    again = []
    monkeypatch.setattr(
        _saving.Journal, "add_rows", lambda *call: (again.append(len(call[1])), add_rows(*call))
    )
    save(**options)
    whole, resumed = ((tmp_path / name).read_bytes() for name in ("whole.csv", "faces.csv"))
    assert whole == resumed
    assert sum(added) + sum(again) == len(read_predictions(tmp_path / "whole.csv"))


def leave_unfinished(monkeypatch, save, *arguments):
    """Predict everything, and fail before the table is written."""
    with monkeypatch.context() as patch:
        patch.setattr(_saving, "count_predictions", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            save(*arguments)


def test_finished_predictions_need_no_model_again(save, tmp_path, monkeypatch):
    save("whole.csv")
    leave_unfinished(monkeypatch, save)
    assert (tmp_path / "faces.csv.partial").exists()
    monkeypatch.setattr("skfer.persistence.load_model", None)
    save(delimiter=";", decimal=",", smoothing=0.1)  # what comes after may differ
    assert len(read_predictions(tmp_path / "faces.csv")) == len(
        read_predictions(tmp_path / "whole.csv")
    )


def test_other_jobs_are_refused_unless_begun_anew(save, tmp_path, monkeypatch):
    leave_unfinished(monkeypatch, save)
    with pytest.raises(ValueError, match="every = 1, now it is 2"):
        save(every=2)
    save(every=2, resume=False)
    assert (read_predictions(tmp_path / "faces.csv")["frame"] % 2 == 0).all()


def test_changed_inputs_are_another_job(model_file, inputs, tmp_path, monkeypatch):
    copies = [write_picture(tmp_path / f"{n}.png", make_photographs().images[n]) for n in (0, 1)]
    leave_unfinished(monkeypatch, save_predictions, model_file, copies, tmp_path / "faces.csv")
    write_picture(copies[1], make_photographs().images[4])
    with pytest.raises(ValueError, match="inputs = 2 files"):
        save_predictions(model_file, copies, tmp_path / "faces.csv")


def test_one_writer_at_a_time(save, tmp_path):
    with only_writer(tmp_path / "faces.csv"), pytest.raises(TimeoutError, match="another process"):
        save()


def test_overlays_of_all_that_can_be_read(save, inputs, tmp_path):
    save(overlay=tmp_path / "drawn")
    assert names(tmp_path / "drawn") == [
        "0.png", "1.png", "2.png", "3.png", "4.png", "black.png", "clip.mp4",
    ]  # fmt: skip


def test_overlays_that_are_there_are_left_when_it_goes_on(save, tmp_path):
    (tmp_path / "drawn").mkdir()
    (tmp_path / "drawn" / "0.png").write_text("finished before")
    save(overlay=tmp_path / "drawn")
    assert (tmp_path / "drawn" / "0.png").read_text() == "finished before"
    save(overlay=tmp_path / "drawn", resume=False)
    assert (tmp_path / "drawn" / "0.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("inputs", "said"), [([], "inputs is empty"), ("a.png", "inputs is a single picture or path")]
)
def test_no_inputs(tmp_path, inputs, said):
    with pytest.raises(ValueError, match=said):
        save_predictions("face.skfer", inputs, tmp_path / "faces.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("option", [{"smoothing": 0}, {"baseline": 0}, {"delimiter": "."}])
def test_wrong_options_leave_no_trace(save, tmp_path, option):
    with pytest.raises(ValueError, match="seconds=0|n_frames=0|delimiter"):
        save(**option)
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_probabilities(inputs, tmp_path):
    data = make_photographs()
    rows = data.images.reshape(len(data.images), -1)
    save_model(RidgeClassifier().fit(rows, data.target), tmp_path / "model.skfer")
    model, out = tmp_path / "model.skfer", tmp_path / "faces.csv"
    with pytest.raises(ValueError, match="gives no probabilities"):
        save_predictions(model, inputs[:2], out, cropped=True, smoothing=1)
    save_predictions(model, inputs[:2], out, cropped=True, summary=True, overlay=tmp_path / "drawn")
    table = read_predictions(out)
    assert table["expression"].notna().all()
    assert not any(name.startswith("proba_") for name in table.columns)
    summary = read_predictions(tmp_path / "faces_summary.csv")
    assert summary["expression"].tolist() == table["expression"].tolist()
