import dataclasses
import json
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest

from skfer.evaluation import _fold_store, load_results
from skfer.faces import with_fields
from skfer.reproduction import _published as published
from skfer.reproduction._experiments import Experiment
from skfer.reproduction._study import portable, reproduce_tables
from skfer.reproduction._tables import TABLES
from tests.reproduction.conftest import counted_fits, make_settings
from tests.stored_results import load_results_schema

pytestmark = pytest.mark.usefixtures("tiny_networks")

CSPP = Experiment("subjects", "cspp", "ckplus")


def read(out):
    return json.loads((out / "reproduction.json").read_text()), (out / "tables.md").read_text()


@pytest.fixture(scope="module")
def study(sets, tiny_networks, tmp_path_factory):
    """All tables, of two of the sets, run once."""
    folder = tmp_path_factory.mktemp("study")
    names = [name for name in TABLES if not name.startswith("figure")]
    settings = make_settings(folder)
    log = folder / "runs.jsonl"
    with counted_fits() as fits:
        outcomes = reproduce_tables(
            names, sets, settings, folder, command="skfer", log=log, absent={"mmi": "on loan"}
        )
    report, text = read(folder)
    return SimpleNamespace(
        folder=folder, outcomes=outcomes, n_fits=len(fits), report=report, text=text, log=log
    )


def test_each_experiment_is_run_once(study):
    done = [outcome for outcome in study.outcomes.values() if outcome.found is not None]
    # Six networks and four other systems on CK+, C-SPP on JAFFE, and three systems of Table 7.
    assert len(done) == 10 + 1 + 3
    assert study.n_fits == 2 * (6 + 1 + 2)


def test_figures_are_those_of_the_results(study):
    result = study.outcomes[CSPP].found
    summary = result.summary()
    rows = {row["label"]: row for row in study.report["tables"]["table3"]["rows"]}
    average, happy = rows["CK+, average"], rows["CK+, happy"]
    assert average["published"] == 97.41
    assert average["ours"] == pytest.approx(100 * summary["pooled_accuracy"], abs=1e-4)
    assert average["fold_mean"] == pytest.approx(100 * summary["fold_mean"], abs=1e-4)
    assert (average["n_correct"], average["n_predictions"]) == (summary["n_correct"], 36)
    recall = result.per_class.set_index("expression")["recall"]["happy"]
    assert happy["published"] == 100
    assert happy["ours"] == pytest.approx(100 * recall, abs=1e-4)
    assert happy["n_predictions"] == 6
    assert f"| CK+, average | 97.41 | {100 * summary['pooled_accuracy']:.2f} | " in study.text


def test_both_confusion_matrices_are_there(study):
    confusion = study.report["tables"]["table4"]["confusion_matrix"]
    assert np.array_equal(confusion["ours"], study.outcomes[CSPP].found.confusion_matrix)
    assert np.array_equal(confusion["published"], published.TABLE_4)
    assert "| 6 (86) |" in study.text


def test_systems_of_sequences_are_counted_by_sequence(study):
    rows = {row["label"]: row for row in study.report["tables"]["table6"]["rows"]}
    stm = rows["Liu M. et al. 2014, UMM+STM, video"]
    assert stm["experiment"] == "expressionlet-ckplus-sequences"
    assert (stm["n_predictions"], stm["counted"]) == (18, "sequences")
    assert stm["sequence_accuracy"] == stm["ours"]
    assert " | 94.19 (7 classes, with contempt; 327 sequences) | " in study.text
    assert f" | {stm['n_correct']}/18 sequences | " in study.text
    assert rows["Li et al. 2019, C-SPP, image"]["counted"] == "images"
    assert study.report["sets"]["ckplus-sequences"]["counted"] == "sequences"


def test_the_frames_of_a_sequence_are_judged_together_too(study):
    rows = {row["label"]: row for row in study.report["tables"]["table6"]["rows"]}
    share = 100 * study.outcomes[CSPP].found.summary()["sequence_accuracy"]
    assert rows["Li et al. 2019, C-SPP, image"]["sequence_accuracy"] == pytest.approx(
        share, abs=1e-4
    )


def test_each_system_has_its_experiment(study):
    rows = {row["label"]: row for row in study.report["tables"]["table6"]["rows"]}
    assert rows["Liu P. et al. 2014, BDBN, image"]["experiment"] == "boosted-belief-ckplus"
    assert rows["Lopes et al. 2017, CNN, image"]["experiment"] == "lopes-ckplus"


def test_results_are_written_and_can_be_loaded(study):
    schema = load_results_schema()
    folder = study.folder / "cspp-ckplus"
    document = json.loads((folder / "results.json").read_text())
    jsonschema.validate(document, schema)
    assert document["metadata"]["dataset"] == "made up"
    (result,) = load_results(folder)
    assert np.array_equal(result.confusion_matrix, study.outcomes[CSPP].found.confusion_matrix)
    runs = [json.loads(line) for line in study.log.read_text().splitlines()]
    assert len(runs) == 14
    for run in runs:
        jsonschema.validate(run, {"$defs": schema["$defs"], "$ref": "#/$defs/run"})


def test_across_sets_whose_subjects_are_numbered_alike(study):
    for method in ("radial-encoding", "lopes", "cspp"):
        result = study.outcomes[Experiment("cross", method, "ckplus", "jaffe")].found
        assert result.protocol == "cross-dataset"
        assert result.summary()["n_predictions"] == 2 * 36
        assert result.subjects["subject"].str.startswith("jaffe ").all()
    document = json.loads((study.folder / "cspp-ckplus-to-jaffe" / "results.json").read_text())
    assert document["metadata"]["dataset"] == "made up -> faces"


def test_what_stands_in_for_a_set_is_told_at_each_table(study):
    for table in study.report["tables"].values():
        assert "CK+ of ours: made up." in table["remarks"]


def test_absent_sets_are_told(study):
    problems = {row["label"]: row["problem"] for row in study.report["tables"]["table3"]["rows"]}
    assert problems["JAFFE, average"] == ""
    assert problems["MMI, average"] == "MMI: on loan."
    assert problems["NimStim, average"] == "NimStim: not given."
    assert "\n- MMI: on loan\n" in study.text


@pytest.mark.parametrize(
    "erratum",
    [
        "sums to 86, but there are 84",
        "gives JAFFE 213 images",
        "The mean of binary detectors",
        "seven classes with neutral; ours has six",
        "Not an SVM, whatever the table says",
        "pooled: 903 of 927",
        "17.6 %",
    ],
)
def test_errata_reach_the_report(study, erratum):
    assert erratum in study.text


def test_crops_are_aligned_anew_for_photographs(sets, tmp_path):
    """Faces of both sets then have one crop; eyes that are not found are guessed."""
    crops = dataclasses.replace(sets["ckplus"], faces=without_eyes(sets["ckplus"].faces))
    photographs = dataclasses.replace(sets["jaffe"], cropped=False)
    both = {"ckplus": crops, "jaffe": photographs}
    outcomes = reproduce_tables(["table5"], both, make_settings(tmp_path), tmp_path)
    outcome = outcomes[Experiment("cross", "cspp", "ckplus", "jaffe")]
    assert outcome.found.summary()["n_predictions"] == 2 * 36


def without_eyes(faces):
    faces = faces.copy()
    faces["eyes"] = np.nan
    return faces


def test_interrupted_and_resumed(sets, tmp_path):
    settings = make_settings(tmp_path)
    with counted_fits(stop_at=3) as fits, pytest.raises(KeyboardInterrupt):
        reproduce_tables(["ladder"], sets, settings, tmp_path)
    assert len(fits) == 3  # the first of the second network is finished
    report, _ = read(tmp_path)
    problems = [row["problem"] for row in report["tables"]["ladder"]["rows"]]
    assert problems == ["", *["Not run yet."] * 4]
    with counted_fits() as fits:
        outcomes = reproduce_tables(["ladder"], sets, settings, tmp_path)
    assert len(fits) == 2 * 5 - 3
    assert all(outcome.found is not None for outcome in outcomes.values())


def test_curves_interrupted_and_resumed(sets, tmp_path):
    settings = dataclasses.replace(make_settings(tmp_path), max_epochs=2)
    with counted_fits(stop_at=1), pytest.raises(KeyboardInterrupt):
        reproduce_tables(["figure4"], sets, settings, tmp_path)
    with counted_fits() as fits:
        outcomes = reproduce_tables(["figure4"], sets, settings, tmp_path)
    assert len(fits) == 2 * 2 - 1
    curves = outcomes[Experiment("epochs", "plain7", "ckplus")].found
    assert curves[["fold", "epoch"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 1], [1, 2]]
    report, _ = read(tmp_path)
    row = report["tables"]["figure4"]["rows"][0]
    last = curves.loc[curves["epoch"] == 2, "test_accuracy"].mean()
    assert row["ours"] == pytest.approx(100 * last, abs=1e-4)
    assert row["published"] == 95.47
    assert (tmp_path / "figure4.png").read_bytes().startswith(b"\x89PNG")


def test_curves_that_cannot_be_kept_are_those_of_their_own_folds(sets, tmp_path, monkeypatch):
    def fail(*values):
        raise OSError("Input/output error")

    monkeypatch.setattr(_fold_store, "fingerprint", fail)
    outcomes = reproduce_tables(["figure4"], sets, make_settings(tmp_path), tmp_path)
    for outcome in outcomes.values():
        assert outcome.found["fold"].tolist() == [0, 1]
        assert "Finished folds cannot be kept: Input/output error" in outcome.notes


def test_the_leak_is_drawn(sets, tmp_path):
    jaffe = {"jaffe": sets["jaffe"]}
    outcomes = reproduce_tables(["figure1"], jaffe, make_settings(tmp_path), tmp_path)
    leaky = outcomes[Experiment("images", "pixel-1nn", "jaffe")].found
    assert leaky.protocol == "leaky-image-split"
    report, text = read(tmp_path)
    assert (tmp_path / "figure1.png").read_bytes().startswith(b"\x89PNG")
    assert report["tables"]["figure1"]["drawing"] == "figure1.png"
    assert "](figure1.png)" in text
    assert "JAFFE, 1-NN on pixels, by image (LEAKY)" in text


def test_a_set_that_fails_is_told_and_the_others_go_on(sets, tmp_path):
    one = sets["ckplus"]
    broken = dataclasses.replace(one, subjects=np.full(len(one.target), "S1"))
    both = {"ckplus": broken, "jaffe": sets["jaffe"]}
    outcomes = reproduce_tables(["table3"], both, make_settings(tmp_path), tmp_path)
    assert "subject" in outcomes[CSPP].problem
    assert outcomes[Experiment("subjects", "cspp", "jaffe")].found is not None
    report, _ = read(tmp_path)
    assert report["tables"]["table3"]["rows"][0]["problem"] == outcomes[CSPP].problem


def test_warnings_are_printed_and_reported(sets, tmp_path, capsys):
    """One person under two names shows by images that are nearly equal."""
    one = sets["ckplus"]
    twice = np.tile(np.arange(len(one.target)), 2)
    doubled = dataclasses.replace(
        one,
        faces=with_fields(one.faces[twice], subject=subjects_of_two(one)),
        target=one.target[twice],
        subjects=subjects_of_two(one),
        info=one.info.iloc[twice],
    )
    settings = make_settings(tmp_path)
    reproduce_tables(["table4"], {"ckplus": doubled}, settings, tmp_path, verbose=1)
    report, text = read(tmp_path)
    (note,) = report["notes"]["cspp-ckplus"]
    assert "nearly" in note
    assert f"- cspp-ckplus: {note}" in text
    assert f"  Warning: {note}\n" in capsys.readouterr().out
    document = json.loads((tmp_path / "cspp-ckplus" / "results.json").read_text())
    assert document["metadata"]["notes"] == [note]


def subjects_of_two(one):
    return np.concatenate([one.subjects, np.char.add("again ", one.subjects)])


def test_nothing_to_run_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="None of the experiments could be run: CK.: not given"):
        reproduce_tables(["table4"], {}, make_settings(tmp_path), tmp_path)


def test_paths_are_not_published():
    text = portable("Cannot read '/home/anna/JAFFE/KA.AN1.39.tiff': it is Gu's 'own' file.")
    assert text == "Cannot read 'KA.AN1.39.tiff': it is Gu's 'own' file."
