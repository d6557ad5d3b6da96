import io
import subprocess
import sys

import pytest

import skfer
from skfer.cli import _card
from skfer.cli._main import main


def evaluate(*arguments):
    return main(["evaluate", "--method", "pixel-1nn", *map(str, arguments)])


def test_help_is_light():
    code = (
        "import sys\nfrom skfer.cli._main import main\n"
        "try:\n    main(['evaluate', '--help'])\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "heavy = ('torch', 'cv2', 'matplotlib', 'pandas', 'sklearn', 'shtab')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--config" in done.stdout
    assert done.stdout.endswith("[]\n")


def test_module_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "skfer", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"skfer {skfer.__version__}\n"


def test_a_pipe_gets_each_line_at_once(monkeypatch):
    pipe = io.TextIOWrapper(io.BytesIO())
    seen = []

    def say(options, argv):
        print("a line")
        seen.append(pipe.buffer.getvalue())

    monkeypatch.setattr(_card, "run", say)
    monkeypatch.setattr(sys, "stdout", pipe)
    assert main(["card", "face.skfer"]) == 0
    assert seen == [b"a line\n"]


def test_data_of_the_environment(tmp_path, image_folder, monkeypatch, capsys):
    monkeypatch.setenv("SKFER_DATA", str(image_folder))
    assert evaluate("--pattern", r".*/(?P<expression>\w+)/.*", "--out", tmp_path / "out") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("skfer: error: ")
    assert "has no group (?P<subject>...)" in line


def test_debug_shows_the_traceback(tmp_path):
    with pytest.raises(ValueError, match="nowhere"):
        evaluate("--dataset", "nowhere", "--out", tmp_path, "--debug")


@pytest.mark.parametrize(
    ("package", "arguments"),
    [
        ("jinja2", ["evaluate", "--dataset", "synthetic", "--method", "pixel-1nn", "--out", "new"]),
        ("matplotlib", ["align", "DIR", "new"]),
        ("matplotlib", ["explain", "MODEL", "DIR", "--out", "new"]),
        ("matplotlib", ["reproduce", "figure1", "--out", "new"]),
        ("shtab", ["completion", "bash"]),
    ],
)
def test_missing_packages_are_missed_at_once(capsys, monkeypatch, package, arguments):
    monkeypatch.setitem(sys.modules, package, None)
    assert main(arguments) == 2
    assert f"needs {package}. Install it with skfer's extra 'cli': pip install '.[cli]' in the" in (
        capsys.readouterr().err
    )
