"""What the command does and says is what was asked for and what happened."""

import json
import os
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from skfer.cli import _data, _protocol
from skfer.cli._data_options import parse_setting
from skfer.cli._main import main
from skfer.datasets import load_image_folder
from skfer.evaluation import load_results
from tests.prediction_files import write_picture
from tests.stored_results import load_results_schema


@pytest.fixture
def evaluate(image_folder, tmp_path, capsys):
    """Run the command; return its exit code, its folder and what it printed."""

    def run(*arguments, crops=True, data=image_folder, out=tmp_path / "out"):
        shared = [data, "--out", out]
        shared += ["--method", "pixel-1nn", "--folds", 3]
        shared += ["--set", "cropped=true"] if crops else []
        code = main(["evaluate", *map(str, [*shared, *arguments])])
        printed = capsys.readouterr()
        return code, out, printed.out + printed.err

    return run


@pytest.fixture
def photographs(photographs):
    """Add a truncated picture of the third person."""
    whole = (photographs / "synthetic000/happy/0.png").read_bytes()
    (photographs / "synthetic002/sad/7.png").write_bytes(whole[:-20])
    return photographs


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x=true", True),
        ("x=FALSE", False),
        ("x=None", None),
        ("x=none", None),
        ("x=3", 3),
        ("x=(64, 64)", (64, 64)),
        ("x='true'", "true"),
        ("x=a=b", "a=b"),
        ("x=" + "-" * 100_000, "-" * 100_000),
        ("x=" + "(" * 10_000, "(" * 10_000),
    ],
)
def test_values_of_settings(text, value):
    assert parse_setting(text) == ("x", value)


def test_what_was_left_out_is_told_everywhere(evaluate, photographs):
    options = ["--set", "on_unreadable=skip", "--on-missing", "skip"]
    code, out, printed = evaluate(*options, crops=False, data=photographs)
    assert code == 0
    metadata = json.loads((out / "results.json").read_text())["metadata"]
    jsonschema.validate(json.loads((out / "results.json").read_text()), load_results_schema())
    left_out = {entry["path"]: entry["reason"] for entry in metadata["left_out"]}
    assert left_out.keys() == {"synthetic002/sad/6.png", "synthetic002/sad/7.png"}
    assert left_out["synthetic002/sad/6.png"] == "no face found"
    assert "truncated" in left_out["synthetic002/sad/7.png"]
    assert (metadata["on_missing"], metadata["n_eyes_not_found"]) == ("skip", 1)
    assert "Left out: 1 file: synthetic002/sad/7.png (the file is truncated)." in printed
    report = (out / "report.html").read_text("utf-8")
    for name in left_out:
        assert name in report
    assert str(photographs) not in (out / "results.json").read_text()
    (result,) = load_results(out)
    assert result.images["file"].tolist() == [
        f"synthetic00{number // 2}/{('happy', 'sad')[number % 2]}/{number}.png"
        for number in range(6)
    ]


def test_a_damaged_photograph_is_met_before_the_eyes_and_with_a_remedy(
    evaluate, photographs, monkeypatch
):
    monkeypatch.setattr(_data, "locate_eyes", None)
    code, _, printed = evaluate(crops=False, data=photographs)
    assert code == 2
    assert "7.png" in printed
    assert "--on-unreadable skip" in printed


def test_a_data_set_with_a_layout_of_its_own(tmp_path, capsys):
    rng = np.random.default_rng(0)
    for subject in range(4):
        for expression in ("happy", "sadness"):
            path = tmp_path / f"CK+48/{expression}/S{subject:03}_004_00000017.png"
            write_picture(path, rng.integers(0, 255, (48, 48)).astype(np.uint8))
    arguments = [str(tmp_path), "--dataset", "ck48", "--method", "pixel-1nn"]
    arguments += ["--folds", "2", "--set", "on_missing=skip", "--out", str(tmp_path / "out")]
    assert main(["evaluate", *arguments]) == 0, capsys.readouterr().err
    (result,) = load_results(tmp_path / "out")
    assert "CK+48/happy/S000_004_00000017.png" in set(result.images["file"])


def test_the_note_on_london_goes_with_the_figures(evaluate, image_folder, monkeypatch):
    data = load_image_folder(image_folder, cropped=True)
    data.info = data.frame[[]]
    monkeypatch.setattr(_data, "load_data", lambda options: (data, []))
    _, out, _ = evaluate("--dataset", "london")
    for name in ("results.json", "report.html"):
        text = (out / name).read_text("utf-8")
        assert "landmark model was fitted on the neutral portraits of this set" in text


@pytest.mark.filterwarnings("ignore:Subjects look")  # which is what is tested
def test_doubts_about_the_subjects_stand_in_the_report(evaluate, image_folder):
    for subject in image_folder.iterdir():
        if subject.is_dir():
            subject.rename(image_folder / f"fold{subject.name[-1]}")
    _, out, _ = evaluate()
    for name in ("results.json", "report.html"):
        assert "look like the parts of a split" in (out / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--folds", 7], "--folds 7: 6 subjects allow 2 to 6 folds"),
        (["--csv", "nowhere.csv"], "--csv 'nowhere.csv': there is no such file, neither here nor"),
        (["--pattern", "("], "--pattern '(' is not a regular expression"),
    ],
)
def test_errors_speak_of_the_options_and_come_before_the_eyes(
    evaluate, monkeypatch, arguments, said
):
    monkeypatch.setattr(_data, "locate_eyes", None)
    code, out, printed = evaluate(*arguments, crops=False)
    assert code == 2
    assert said in printed
    assert not out.exists()


@pytest.mark.parametrize("name", ["image", "fold", "repeat", "method", "proba_sad"])
@pytest.mark.parametrize("command", [["evaluate"], ["fit", "--evaluate"]])
def test_columns_of_the_result_are_refused_before_the_eyes(
    image_folder, tmp_path, monkeypatch, capsys, command, name
):
    monkeypatch.setattr(_data, "locate_eyes", None)
    paths = [path.relative_to(image_folder) for path in image_folder.rglob("*.png")]
    lines = [f"{path},{path.parts[0]},{path.parts[1]},1" for path in paths]
    table = tmp_path / "a.csv"
    table.write_text("\n".join([f"file,subject,expression,{name}", *lines]))
    out, shared = tmp_path / "out", ["--method", "pixel-1nn", "--folds", "3", "--csv", str(table)]
    assert main([*command, str(image_folder), *shared, "--out", str(out)]) == 2
    assert (
        f"--csv '{table}': The result has a column '{name}' of its own; rename that column of the "
        "table" in capsys.readouterr().err
    )
    assert not out.exists()


@pytest.mark.parametrize("out", ["afile", "afile/below", "/proc/skfer"])
def test_a_folder_that_cannot_be_written_to_is_refused_first(evaluate, monkeypatch, tmp_path, out):
    monkeypatch.chdir(tmp_path)
    Path("afile").write_text("mine")
    monkeypatch.setattr(_data, "load_data", None)
    code, _, printed = evaluate(out=out)
    assert code == 2
    assert f"--out '{out}' cannot be written to" in printed
    assert Path("afile").read_text() == "mine"


def test_the_work_of_an_earlier_run_is_replaced_only_if_asked(evaluate):
    _, out, _ = evaluate()
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    # Three folds, results, four tables, the report, the options and the lock.
    assert len(before) == 11
    code, _, printed = evaluate("--seed", 1)
    assert code == 2
    assert "--resume" in printed and "--overwrite" in printed  # noqa: PT018
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert evaluate("--resume")[0] == 0
    assert evaluate("--overwrite")[0] == 0


def test_what_a_linked_cache_leads_to_is_not_deleted(evaluate, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / ".cache").symlink_to(other)
    assert evaluate()[0] == 2
    assert evaluate("--overwrite")[0] == 0
    assert [path.name for path in other.iterdir()] == ["mine.txt"]
    assert not (tmp_path / "out" / ".cache").is_symlink()


@pytest.mark.parametrize("kind", [BrokenProcessPool, MemoryError])
def test_a_killed_worker_is_one_line_that_says_how_to_go_on(evaluate, monkeypatch, kind):
    def die(*arguments, **options):
        raise kind("long\nstory")

    monkeypatch.setattr(_protocol, "evaluate_split", die)
    code, _, printed = evaluate()
    assert code == 2
    assert printed.splitlines()[-1].startswith("skfer: error: Out of memory, or a worker process")
    assert printed.endswith("Finished folds are kept: add --resume to go on.\n")


def test_names_of_any_kind_reach_the_end(evaluate, image_folder):
    names = [b"a$^$", b"S\xe9", b"a\rb", b"=1+1", b"000", b'q"']
    for number, name in enumerate(names):
        os.rename(image_folder / f"S{number}", os.path.join(os.fsencode(image_folder), name))
    code, out, printed = evaluate()
    assert code == 0, printed
    (result,) = load_results(out)
    assert set(result.subjects["subject"]) == {os.fsdecode(name) for name in names}
