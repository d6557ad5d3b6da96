"""Commands of the pages: those of skfer run, of the others what they name exists."""

import argparse
import importlib
import re
import tomllib

import pytest

from skfer.cli._main import build_parser, main
from tests.documentation.files import PLACES, name_folder, write_files
from tests.documentation.pages import ROOT

__all__ = ["check_command", "check_mention"]


def check_command(words, home):
    """Run a command of skfer in the folder `home`; look up what another one names."""
    program, *words = words
    program = program.removeprefix(".venv/bin/")
    if program == "skfer":
        _run_skfer(words, home)
        return
    assert program in _CHECKS, f"'{program}' is unknown; mark the block: <!-- not run: why -->"
    _CHECKS[program](words)


def check_mention(words):
    """Look up what a command in the text names, which may lack a part."""
    program, *words = words
    if program == "skfer" and words[0] != "COMMAND":
        _parse_parts(build_parser()[1][words[0]], words[1:])
    elif words[:1] == ["-m"] and words[1].startswith("benchmarks"):
        _parse_benchmark(words[1], words[2:], _parse_parts)
    elif program in _CHECKS:
        _CHECKS[program](words)


def _parse_parts(parser, words):
    options = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert options <= {*parser._option_string_actions}, options


def _run_skfer(words, home):
    if words[0] == "reproduce":  # takes long; tests/cli/test_reproduce.py runs it
        build_parser()[0].parse_args(words)
        return
    reader = words[words.index("--dataset") + 1] if "--dataset" in words else "image-folder"
    folder = name_folder(reader, " ".join(words))
    words = [folder if word in PLACES else word for word in words]
    if "--jobs" in words:  # other processes would train for long
        words[words.index("--jobs") + 1] = "1"
    made = {words[words.index("--out") + 1]} if "--out" in words else set()
    write_files(home, " ".join(word for word in words if word not in made))
    assert main(words) == 0


def _check_make(targets):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in targets:
        assert "=" in target or re.search(rf"^{target}:", makefile, re.MULTILINE), target


def _check_pip(words):
    assert words[0] == "install"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for extras in re.findall(r"(?:skfer|\.)\[([\w,-]+)\]", " ".join(words)):
        assert {*extras.split(",")} <= {*project["optional-dependencies"]}, extras


def _check_python(words):
    if words[0] != "-m":
        assert (ROOT / words[0]).is_file(), words[0]
    elif words[1].startswith("benchmarks"):
        _parse_benchmark(words[1], words[2:], argparse.ArgumentParser.parse_args)
    else:
        assert words[1] in ("pip", "venv", "build"), words[1]


def _parse_benchmark(name, words, parse):
    folder = (ROOT / name.replace(".", "/")).is_dir()
    module = importlib.import_module(f"{name}.__main__" if folder else name)

    def parse_only(parser, words):
        parse(parser, words)
        raise _Parsed

    with pytest.MonkeyPatch.context() as patch, pytest.raises(_Parsed):
        patch.setattr(argparse.ArgumentParser, "parse_args", parse_only)
        module.main(words)


class _Parsed(Exception):
    pass


_CHECKS = {"make": _check_make, "pip": _check_pip, "python": _check_python}
