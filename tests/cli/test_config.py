"""Options from a file, and the file that every run writes."""

import argparse
import tomllib

import pandas as pd
import pytest

from skfer.cli._config import _as_words
from skfer.cli._main import build_parser, main
from skfer.persistence import load_model, read_card


@pytest.fixture
def config(tmp_path):
    def write(text):
        (tmp_path / "run.toml").write_text(text, "utf-8")
        return str(tmp_path / "run.toml")

    return write


def test_an_evaluation_runs_again_from_what_it_wrote(image_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(image_folder.parent)
    options = ["--method", "pixel-1nn", "--method", "hog-svm", "--folds", "3", "--seed", "7"]
    options += ["--set", "cropped=true", "--split", "both", "--pattern"]
    options += [r'(?P<subject>S\d+)/(?P<expression>[^"/]+)/(?P<take>\d)']
    assert main(["evaluate", image_folder.name, *options, "--out", "first"]) == 0
    assert main(["evaluate", "--config", "first/config.toml", "--out", "second"]) == 0
    images = [pd.read_csv(f"{folder}/images.csv") for folder in ("first", "second")]
    pd.testing.assert_frame_equal(*images)
    first, second = (
        (image_folder.parent / folder / "config.toml").read_text() for folder in ("first", "second")
    )
    assert first == second
    assert "with a new --out; paths are as seen from the working directory." in first


def test_a_fit_runs_again_from_its_card(image_folder, tmp_path, config):
    fit = ["fit", str(image_folder), "--out"]
    options = ["--cropped", "--method", "hog-svm", "--seed", "7"]
    assert main([*fit, str(tmp_path / "a"), *options]) == 0
    card = read_card(tmp_path / "a")
    assert main([*fit, str(tmp_path / "b"), "--config", config(card["config"])]) == 0
    again = read_card(tmp_path / "b")
    for key in ("config", "parameters", "seed", "class_counts"):
        assert again[key] == card[key]
    assert load_model(tmp_path / "b").steps[0][0] == load_model(tmp_path / "a").steps[0][0]


def test_no_path_of_the_machine_is_written(image_folder, tmp_path):
    options = ["--cropped", "--method", "pixel-1nn", "--folds", "3", "--out", str(tmp_path / "out")]
    assert main(["evaluate", str(image_folder), *options]) == 0
    text = (tmp_path / "out/config.toml").read_text()
    assert str(tmp_path) not in text
    assert "with a new --out and the whole path of DATA, of which only the end is here;" in text
    assert tomllib.loads(text)["evaluate"] == {
        "data": image_folder.name,
        "dataset": "image-folder",
        "cropped": True,
        "on-unmatched": "raise",
        "on-unreadable": "raise",
        "method": ["pixel-1nn"],
        "folds": 3,
        "repeats": 1,
        "split": "subject",
        "on-missing": "guess",
        "seed": 0,
    }


def test_what_is_typed_wins(image_folder, tmp_path, config, capsys):
    file = config(
        f'[index]\ndata = "{tmp_path}/nowhere"\nset = ["redistributable=true"]\njson = true\n'
        'exclude = "S0/.*"\noverwrite = true\n[fit]\nfolds = 1\n'
    )
    assert main(["index", str(image_folder), "--config", file, "--exclude", "S[1-4]/.*"]) == 0
    assert '"n_subjects": 2' in capsys.readouterr().out


def test_one_of_two_that_exclude_each_other(image_folder, tmp_path, config):
    shared = ["--cropped", "--method", "pixel-1nn", "--folds", "3", "--out", str(tmp_path / "out")]
    file = config("[evaluate]\nresume = true\n")
    for _ in range(2):
        arguments = [str(image_folder), *shared, "--overwrite", "--config", file]
        assert main(["evaluate", *arguments]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[index\n", "is not a TOML file"),
        ("[fit]\nseed = 1\n", "has no table [index]"),
        ("index = 3\n", "has no table [index]"),
        (
            "[index]\npatern = 'x'\n",
            "[index] has the unknown key 'patern'; there are cropped, csv,",
        ),
        ("[index]\njson = 1\n", "[index]: json is true or false, not 1"),
        ("[index]\ncsv = true\n", "[index]: csv is text or a number, not True"),
        ("[index]\ncsv = ['a']\n", "[index]: csv is text or a number, not ['a']"),
        ("[index]\nset = [['a']]\n", "[index]: set is text or a number, or a list, not ['a']"),
    ],
)
def test_errors_name_the_file_and_the_key(image_folder, config, capsys, text, said):
    file = config(text)
    assert main(["index", str(image_folder), "--config", file]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"--config '{file}'" in line or f"'{file}': " in line
    assert said in line


def test_a_value_that_is_no_choice_is_an_error_of_the_option(image_folder, config, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["fit", str(image_folder), "--config", config("[fit]\nmethod = 'svm'\n")])
    assert "argument --method: invalid choice: 'svm'" in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys):
    assert main(["index", "--config", "nowhere.toml"]) == 2
    assert "--config 'nowhere.toml' cannot be read: No such file" in capsys.readouterr().err


def test_options_and_positionals_with_several_values():
    parser = argparse.ArgumentParser()
    paths = parser.add_argument("paths", nargs="+")
    option = parser.add_argument("--session", nargs="+")
    assert _as_words(paths, "paths", ["a", "b"], "") == ["a", "b"]
    assert _as_words(option, "session", [1, 2], "") == ["--session", "1", "2"]


def test_every_command_takes_a_file_and_shows_tracebacks():
    for name, command in build_parser()[1].items():
        assert {"--config", "--debug"} <= command._option_string_actions.keys(), name
