"""The arguments of the commands: what they are called, and what is said of wrong ones."""

import os
import subprocess
import sys
from inspect import signature

import pytest

from skfer.cli._data_options import FOLDER_OPTIONS, SETTINGS
from skfer.cli._main import build_parser, main
from skfer.datasets._registry import GENERATORS, READERS
from skfer.persistence import read_card
from tests.feature_files import write
from tests.forks import end_command, needs_fork, run_fork
from tests.image_files import write_image

ON_DATA = ("fit", "evaluate", "index")


def test_the_settings_in_the_help_are_those_of_the_readers():
    not_settings = {"data_home", "return_X_y", "labelled"}
    for name, reader in (READERS | GENERATORS).items():
        taken = {*signature(reader).parameters} - not_settings
        if name == "image-folder":
            taken -= {*FOLDER_OPTIONS}
        assert taken == {*SETTINGS[name].split()}, name
    assert SETTINGS.keys() == READERS.keys() | GENERATORS.keys()


@pytest.mark.parametrize("command", ON_DATA)
def test_commands_on_data_take_the_same_data(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    text = capsys.readouterr().out
    for option in ("[DATA]", "--dataset", "--set", "--pattern", "--csv", "--exclude", "--cropped"):
        assert option in text
    assert "ckplus: contempt, frames, neutral, on_missing, protocol" in text
    assert "--data-home" not in text


def test_help_tells_what_is_required_and_what_there_is_to_choose(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["predict", "--help"])
    usage = " ".join(capsys.readouterr().out.partition("Predict the")[0].split())
    assert usage.endswith("MODEL PATH [PATH ...]")
    assert "[--out" not in usage
    assert "[--faces {largest,all}]" in usage


@pytest.mark.parametrize("width", ["30", "80"])
def test_help_in_any_width(monkeypatch, capsys, width):
    monkeypatch.setenv("COLUMNS", width)
    for command in (*build_parser()[1], ""):
        with pytest.raises(SystemExit, match="0"):
            main([*[command] * bool(command), "--help"])
    assert "Exit codes: 0 success" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["evalute"], "invalid choice: 'evalute' (choose from"),
        (["evalute"], "Did you mean 'evaluate'? Try 'skfer --help'."),
        (["evaluate", "--metod", "cspp", "--out", "x"], "skfer evaluate: error: unrecognized"),
        (["evaluate", "--metod=cspp", "--out", "x"], "Did you mean '--method'? Try 'skfer evalu"),
        (["evaluate", "--method", "hog", "--out", "x"], "Did you mean 'hog-svm'?"),
        (["evaluate", "--meth", "cspp", "--out", "x"], "Did you mean '--method'?"),
        (["fit", "a", "b", "--method", "cspp", "--out", "x"], "unrecognized arguments: b"),
        (["fit", "a", "--method", "cspp"], "the following arguments are required: --out"),
        (["index", "--set", "x"], "'x' is not of the form KEY=VALUE"),
        (["index", "--set", "=3"], "'=3' is not of the form KEY=VALUE"),
        (["index", "--set", "n-subjects=3"], "'n-subjects=3' is not of the form KEY=VALUE"),
        (["evaluate", "--folds", "1"], "'1' is not a whole number of at least 2"),
        (["evaluate", "--folds", "two"], "'two' is not a whole number of at least 2"),
        (["evaluate", "--jobs", "0"], "'0' is not a whole number of at least 1"),
        (["evaluate", "--resume", "--overwrite"], "not allowed with argument --resume"),
        (["completion", "fish"], "invalid choice: 'fish'"),
        (["index", "DIR", "--pattern", "x", "--csv", "y"], "not allowed with argument --pattern"),
        ([], "required: COMMAND. Try 'skfer --help'."),
        (["--debug", "index"], "Try 'skfer --help'."),
    ],
)
def test_wrong_arguments_are_one_sentence(capsys, arguments, said):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give its folder as DATA, or name it in the environment variable SKFER_DATA"),
        (["nowhere"], "DATA 'nowhere' is not a folder."),
        (["TABLES/au.csv"], "A list of images is given by --csv. Tables of features, such as the"),
        (["TABLES"], ".webp), but 1 CSV file. Tables of features, such as the action units of"),
        (["--dataset", "ck"], "Unknown data set 'ck'; known ones are"),
        (["DIR", "--dataset", "synthetic"], "'synthetic' is generated; it takes no DATA"),
        (["DIR", "--dataset", "mmi", "--exclude", "1"], "--exclude is an option of image folders"),
        (["DIR", "--dataset", "mmi", "--cropped"], "--cropped is an option of image folders"),
        (["DIR", "--dataset", "jaffe"], "Give as DATA the folder that holds the data set"),
        (["DIR", "--pattern", r"(?P<subject>\d)(?P<expression>\w)"], r"\d)(?P<expression>\w)'"),
        (["DIR", "--exclude", "("], "--exclude '(' is not a regular expression"),
        (["DIR", "--exclude", "anna/.*", "--csv", "a.csv"], "--exclude is not for --csv"),
        (["DIR", "--out", "OTHER"], "--out 'OTHER' cannot be written to: Is a directory."),
        (["DIR", "--cropped"], "cropped faces must have one size. Photographs are read without --"),
        (["DIR", "--set", "x=1"], "'image-folder' has no option 'x'; its options are canonical_"),
        (["DIR", "--set", "x=1"], "on_unreadable, pattern, redistributable."),
        (["OTHER"], "Unknown expression 'bored' ('OTHER/ben/bored/1.png'). The vocabulary is"),
        (["OTHER"], "--set canonical_labels=false"),
    ],
)
def test_errors_of_the_data_speak_of_the_options(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.delenv("SKFER_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    write_image(tmp_path / "DIR/anna/happy/1.png", 0)
    write_image(tmp_path / "DIR/ben/sad/1.png", 1, (9, 9))
    write_image(tmp_path / "OTHER/ben/bored/1.png", 1)
    write(tmp_path / "TABLES/au.csv", "frame,AU12_r\n1,0.5\n")
    assert main(["index", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


def test_a_table_is_looked_for_here_and_then_in_the_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for number in range(2):
        write_image(tmp_path / f"DIR/{number}.png", number)
    row = "file,subject,expression\n{}.png,{},sad\n"
    (tmp_path / "DIR/a.csv").write_text(row.format(0, "there"))
    assert main(["index", "DIR", "--csv", "a.csv"]) == 0
    assert "there" in capsys.readouterr().out
    (tmp_path / "a.csv").write_text(row.format(1, "here"))
    assert main(["index", "DIR", "--csv", "a.csv"]) == 0
    assert "here" in capsys.readouterr().out.replace("there", "")
    assert main(["index", "DIR", "--csv", "b.csv"]) == 2
    assert "neither here nor in DATA" in capsys.readouterr().err


def test_missing_and_damaged_files_have_remedies_of_their_own(tmp_path, capsys):
    write_image(tmp_path / "Anna.png", 1)
    for number in range(7):
        (tmp_path / f"{number}.png").write_bytes(b"cut")
    names = ["Anna.png", "anna.PNG", *(f"{number}.png" for number in range(7))]
    lines = [f"{name},S1,sad" for name in names]
    write(tmp_path / "a.csv", "\n".join(["file,subject,expression", *lines]))
    arguments = [str(tmp_path), "--csv", "a.csv", "--method", "hog-svm", "--out", "OUT"]
    assert main(["evaluate", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    missing, damaged = line.split(" Correct the column 'file'. ")
    assert missing.endswith(
        "found: 'anna.PNG' (no such file: differs only in case from 'Anna.png')."
    )
    assert "7 files cannot be read: '0.png' (not an image" in damaged
    assert "TIFF or WebP)) and 2 more. Repair them, or leave them out by --on-unre" in damaged


def test_unmatched_files_stop_or_are_left_out(tmp_path, capsys):
    for number, name in enumerate(("anna/happy/1", "anna/sad/1", "ben/happy/1", "ben/sad/1", "x")):
        write_image(tmp_path / f"DIR/{name}.png", number)
    fit = ["fit", str(tmp_path / "DIR"), "--cropped", "--method", "pixel-1nn", "--out"]
    assert main([*fit, str(tmp_path / "a")]) == 2
    assert "not matched: 'x.png'" in capsys.readouterr().err
    assert main([*fit, str(tmp_path / "a"), "--on-unmatched", "skip"]) == 0


def test_a_fault_of_skfer_is_one_line_too(monkeypatch, capsys):
    monkeypatch.setattr("skfer.cli._index._make_index", lambda options: {}["gone"])
    arguments = ["index", "--dataset", "synthetic"]
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "fault of skfer (KeyError: 'gone'). --debug" in line
    with pytest.raises(KeyError):
        main([*arguments, "--debug"])


def test_a_log_that_cannot_be_written_is_refused_first(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("skfer.cli._data.load_data", None)
    arguments = ["--dataset", "synthetic", "--method", "pixel-1nn", "--out", str(tmp_path / "out")]
    assert main(["evaluate", *arguments, "--log", str(tmp_path)]) == 2
    assert f"--log '{tmp_path}' cannot be written to" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion(shell, capsys):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("evaluate", "--on-unreadable", "gabor-svm"):
        assert word in script


def test_bash_takes_the_completion(capsys):
    main(["completion", "bash"])
    script = capsys.readouterr().out
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


@pytest.fixture
def fit(tmp_path):
    """Return a command that fits the pictures of two people, which are equal and warned of."""
    for name in ("anna/happy/1.png", "ben/happy/1.png", "anna/sad/2.png", "ben/sad/2.png"):
        write_image(tmp_path / f"DIR/{name}")
    options = ["--method", "pixel-1nn", "--cropped", "--out", tmp_path / "m.skfer"]
    return ["fit", tmp_path / "DIR", *options]


def run_with_errors_in(file, arguments):
    sys.stderr = file.open("w")
    end_command(arguments)


@needs_fork
def test_warnings_have_no_lines_of_code(tmp_path, fit):
    assert run_fork(run_with_errors_in, tmp_path / "said.txt", fit) == 0
    said = (tmp_path / "said.txt").read_text()
    assert said.startswith(f"skfer: warning: '{tmp_path / 'DIR'}' has ")
    assert "skfer index lists them" in said
    assert ".py" not in said.replace(str(tmp_path), "")


def run_unheard(arguments):
    read, write = os.pipe()
    os.close(read)
    sys.stdout, sys.stderr = open(write, "w"), open(write, "w", closefd=False)
    end_command(arguments)


@needs_fork
def test_a_run_goes_on_when_the_reader_of_its_output_has_gone(tmp_path, fit):
    assert run_fork(run_unheard, [*fit, "--evaluate", "--folds", "2"]) == 0
    assert read_card(tmp_path / "m.skfer")["n_images"] == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["compare", "a", "b", "--csv", "here/x.csv"], "--csv 'here/x.csv' cannot be written to"),
        (["merge", "DIR", "--out", "here"], "--out 'here' cannot be written to"),
        (["explain", "m", "DIR", "--out", "here"], "--out 'here' cannot be written to"),
        (["explain", "here", "DIR", "--out", "new"], "'here': it is not a file that skfer fit"),
        (["explain", "DIR", "DIR", "--out", "new"], "'DIR': it is not a file that skfer fit"),
        (["align", "DIR", "here"], "OUT 'here' cannot be written to"),
        (["align", "DIR", "new", "--yunet", "here"], "cannot read 'here' as a YuNet network."),
    ],
)
def test_wrong_files_are_named_in_one_sentence(tmp_path, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(tmp_path)
    write_image(tmp_path / "DIR/anna/happy/1.png")
    (tmp_path / "here").write_text("mine")
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert "Errno" not in line
    assert (tmp_path / "here").read_text() == "mine"


def test_the_reader_of_a_pipe_may_go(tmp_path):
    code = (
        "import os, sys\nfrom skfer.cli._main import main\n"
        "sys.stdout = open(1, 'w')\n"
        "sys.exit(main(['completion', 'bash']))"
    )
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
