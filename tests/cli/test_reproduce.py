import json
import shutil

import pandas as pd
import pytest

from skfer.alignment import _eye_locator
from skfer.cli import _reproduce
from skfer.cli._main import main
from skfer.datasets import load_ckplus
from skfer.descriptors import OpticalFlowDescriptor
from skfer.evaluation import subject_folds
from skfer.reproduction import _methods
from skfer.reproduction._tables import TABLES
from tests.reproduction import trees
from tests.reproduction.tiny_network import TINY_NETWORKS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Folder of small copies of all sets; the options that name them are `options`."""
    home = tmp_path_factory.mktemp("home")
    trees.write_trees(home)
    trees.write_ck48(home / "ck48")
    return home


@pytest.fixture
def reproduce(monkeypatch, tmp_path):
    """Run the command with tiny networks, and return its exit code and the folder."""
    monkeypatch.setattr(_methods, "_NETWORKS", TINY_NETWORKS)
    out = tmp_path / "out"
    shared = ["--out", out, "--incomplete", "--epochs", 1]

    def run(*arguments, folds=2):
        return main(["reproduce", *map(str, [*arguments, *shared, "--folds", folds])]), out

    return run


def folders(home, *names):
    return [word for name in names for word in (f"--{name}", home / name)]


def read(out):
    return json.loads((out / "reproduction.json").read_text()), (out / "tables.md").read_text()


def rows_of(report):
    return [row for table in report["tables"].values() for row in table["rows"]]


def test_names_are_those_of_the_library():
    assert list(_reproduce._TABLES) == list(TABLES)


def test_from_one_set_to_all_others(reproduce, home):
    """Subjects of MMI have the names of subjects of CK+."""
    code, out = reproduce("table5", *folders(home, "ckplus", "jaffe", "mmi", "nimstim"))
    assert code == 0
    report, _ = read(out)
    assert [row["n_predictions"] for row in rows_of(report)] == [2 * 36] * 3
    assert all(each["n_eyes_not_found"] == 0 for each in report["sets"].values())


@pytest.mark.slow
def test_everything_of_all_sets(reproduce, home, capsys):
    code, out = reproduce("all", *folders(home, "ckplus", "jaffe", "mmi", "nimstim"))
    assert code == 0
    assert "CK+: 54 images\n" in capsys.readouterr().out
    report, text = read(out)
    assert list(report["tables"]) == list(TABLES)
    without = {row["label"] for row in rows_of(report) if row["ours"] is None}
    # They need more subjects than these sets have.
    assert without == {"Liu M. et al. 2014, UMM+STM, video", "Liu P. et al. 2014, BDBN, image"}
    assert report["absent"] == {}
    assert {name: each["n_images"] for name, each in report["sets"].items()} == {
        "ckplus": 54,
        "ckplus-sequences": 18,
        "jaffe": 36,
        "mmi": 36,
        "nimstim": 36,
    }
    assert "used 927 images, 106 subjects of CK+; these are 54 images" in text
    for name in ("figure1.png", "figure4.png", "figure7.png"):
        assert f"({name})" in text
        assert (out / name).is_file()
    for file in out.rglob("*.json"):  # what is published names no folder of the user's
        assert str(home) not in file.read_text()


def test_crops_stand_in_and_are_called_what_they_are(reproduce, home):
    code, out = reproduce("table4", "table5", *folders(home, "ck48", "jaffe"))
    assert code == 0
    report, text = read(out)
    assert text.count("CK+ of ours: 48x48 CK+ crops, not the official images.") == 2
    assert text.count("They are aligned anew by their eyes") == 1
    problems = {row["label"]: row["problem"] for row in rows_of(report)}
    assert problems == {
        "CK+": "",
        "CK+ -> JAFFE": "",
        "CK+ -> MMI": "MMI: not given.",
        "CK+ -> NimStim": "NimStim: not given.",
    }
    document = json.loads((out / "cspp-ckplus-to-jaffe" / "results.json").read_text())
    name = "48x48 CK+ crops, not the official images"
    assert document["metadata"]["dataset"] == f"{name} -> JAFFE"


def test_systems_that_look_at_sequences(reproduce, tmp_path, monkeypatch):
    """From the frames of CK+ to the table; eyes are searched, and sequences described, once."""
    rows = [row for row in TABLES["table6"].rows if "video" in row.label]
    monkeypatch.setitem(TABLES, "table6", TABLES["table6"]._replace(rows=tuple(rows)))
    searched = count_calls(monkeypatch, _eye_locator, "search_sequence")
    described = count_calls(monkeypatch, OpticalFlowDescriptor, "_describe")
    trees.write_ckplus(tmp_path / "ckplus", n_subjects=4, expressions=("happy", "sad", "surprise"))
    shutil.rmtree(tmp_path / "ckplus" / "Landmarks")
    arguments = ["table6", "--ckplus", tmp_path / "ckplus"]
    code, out = reproduce(*arguments, folds=4)
    assert code == 0
    report, text = read(out)
    assert [row["problem"] for row in rows_of(report)] == ["", ""]
    assert [row["n_predictions"] for row in rows_of(report)] == [12, 12]
    assert "| CK+ sequences | 12 sequences | 4 | 4 | " in text
    assert len(searched) == 12
    n_described = len(described)
    assert n_described == 12 + 1  # once more in fit, for the number of features
    frames = load_ckplus(tmp_path / "ckplus", on_missing="skip")
    folds = subject_folds(frames.target, frames.subjects, 4)
    for method in ("phog-top-svm", "expressionlet"):
        images = pd.read_csv(out / f"{method}-ckplus-sequences" / "images.csv")
        for number, (_, test) in enumerate(folds):
            tested = images.loc[images["fold"] == number, "subject"]
            assert set(tested) == set(frames.subjects[test])
    assert reproduce(*arguments, "--resume", folds=4)[0] == 0
    assert read(out)[0]["tables"] == report["tables"]
    assert len(described) == n_described


def count_calls(monkeypatch, owner, name):
    """Return a list that grows with each call of a function or method."""
    function, calls = getattr(owner, name), []

    def counted(*arguments):
        calls.append(arguments)
        return function(*arguments)

    monkeypatch.setattr(owner, name, counted)
    return calls


def test_broken_and_missing_sets_are_told(reproduce, home, tmp_path, capsys):
    (tmp_path / "MMI").mkdir()
    wrong = ["--mmi", tmp_path / "MMI", "--nimstim", tmp_path / "nowhere"]
    code, out = reproduce("table3", *folders(home, "jaffe"), *wrong)
    assert code == 0
    assert "MMI is left out: Found no Sessions in" in capsys.readouterr().out
    report, _ = read(out)
    assert report["absent"]["ckplus"] == "not given"
    assert report["absent"]["mmi"].startswith("Found no Sessions in 'MMI'")
    assert "nowhere' is not a folder" in report["absent"]["nimstim"]
    averages = {row["label"]: row for row in rows_of(report) if "average" in row["label"]}
    assert averages["JAFFE, average"]["ours"] is not None
    assert averages["MMI, average"]["problem"].startswith("MMI: Found no Sessions")


def test_official_copies_are_asked_for(reproduce, home, tmp_path, capsys):
    arguments = ["reproduce", "table4", "--ck48", str(home / "ck48"), "--out", str(tmp_path / "o")]
    assert main(arguments) == 2
    assert "927 images expected, 54 found" in capsys.readouterr().err


def test_only_what_is_needed_is_read(reproduce, home, tmp_path):
    code, out = reproduce("table4", *folders(home, "ck48"), "--jaffe", tmp_path / "nowhere")
    assert code == 0
    assert read(out)[0]["absent"] == {}


def test_an_earlier_run_is_not_overwritten_unasked(reproduce, home, capsys):
    arguments = ["table4", *folders(home, "ck48")]
    assert reproduce(*arguments)[0] == 0
    assert reproduce(*arguments)[0] == 2
    assert "Add --resume" in capsys.readouterr().err
    kept = sorted((reproduce(*arguments, "--resume")[1] / ".cache").iterdir())
    assert reproduce(*arguments, "--resume")[0] == 0
    assert len(kept) == 2
    code, out = reproduce(*arguments, "--overwrite", "--seed", 1)
    assert code == 0
    assert not set(kept) & set((out / ".cache").iterdir())


def test_a_negative_seed_is_refused(reproduce, home, capsys):
    with pytest.raises(SystemExit, match="2"):
        reproduce("table4", *folders(home, "ck48"), "--seed", -1)
    assert "argument --seed: " in capsys.readouterr().err


def test_crops_and_photographs_of_one_set_exclude_each_other(reproduce, home, capsys):
    with pytest.raises(SystemExit, match="2"):
        reproduce("table4", *folders(home, "ck48", "ckplus"))
    assert "not allowed with" in capsys.readouterr().err
