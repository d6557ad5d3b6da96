"""Arguments as a TOML file: read before those that are typed, and written by every run."""

import argparse
import json
import tomllib
from pathlib import Path

from skfer._version import __version__
from skfer.cli._output import portable_word
from skfer.cli._parser import CommandParser

# Of one run or machine, not of its result.
_OF_THE_RUN = {
    "config",
    "dask",
    "debug",
    "help",
    "jobs",
    "json",
    "log",
    "only-folds",
    "out",
    "overwrite",
    "resume",
}


def add_config_option(parser):
    """Add ``--config`` to a sub-command."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="TOML file with the options, in a table named after the command; the command line "
        "takes precedence",
    )


def expand_config(parser: CommandParser, lenient: CommandParser, command, words):
    """Put the arguments of the file that ``--config`` names before those typed.

    `lenient` is another parser of the same command, which is changed to ask for nothing.
    """
    typed, _ = find_typed(lenient, words)
    if "config" not in typed:
        return words
    table, actions = _read_table(typed["config"], command), _name_actions(parser)
    excluded = {*typed} | _excluded_by(parser, typed)
    options: list[str] = []
    positionals: list[str] = []
    for key, value in table.items():
        where = f"'{typed['config']}': [{command}]"
        if key not in actions:
            raise ValueError(
                f"{where} has the unknown key '{key}'; there are {', '.join(sorted(actions))}."
            )
        if actions[key].dest not in excluded:
            part = options if actions[key].option_strings else positionals
            part += _as_words(actions[key], key, value, f"{where}: {key}")
    return [*options, *positionals, *words]


def find_typed(lenient, words):
    """Return the arguments among the words, as texts, by their `dest`, and words that are none."""
    for action in lenient._actions:
        action.required = False
        if action.dest != "help":
            action.default, action.type, action.choices = argparse.SUPPRESS, None, None
        if not action.option_strings:
            action.nargs = {None: "?", "+": "*"}.get(action.nargs, action.nargs)
    known = {action.dest for action in lenient._actions}
    typed, unknown = lenient.parse_known_args(words)
    return {name: value for name, value in vars(typed).items() if name in known}, unknown


def format_config(parser, command, options, typed):
    """Return the TOML that gives the result of a run again; absolute paths keep their last part."""
    lines, anew = [f"[{command}]"], ["a new --out"]
    for key, action in _name_actions(parser).items():
        value = getattr(options, action.dest, None)
        if action.dest in typed and not isinstance(value, int | float):
            value = typed[action.dest]
        if key not in _OF_THE_RUN and not (value is None or value is False or value == []):
            lines.append(f"{key} = {_format(value)}")
            words = map(str, value if isinstance(value, list | tuple) else [value])
            if any(portable_word(word) != word for word in words):
                name = f"--{key}" if action.option_strings else action.metavar
                anew.append(f"the whole path of {name}, of which only the end is here")
    head = (
        f"# By skfer {__version__}. To run it again: skfer {command} --config FILE, with "
        f"{' and '.join(anew)}; paths are as seen from the working directory."
    )
    return "\n".join([head, *lines]) + "\n"


def _read_table(file, command):
    try:
        document = tomllib.loads(Path(file).read_text("utf-8"))
    except OSError as error:
        raise ValueError(f"--config '{file}' cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"--config '{file}' is not a TOML file: {error}.") from error
    table = document.get(command, {})
    if not isinstance(table, dict) or not table:
        raise ValueError(f"--config '{file}' has no table [{command}] with the options.")
    return table


def _name_actions(parser):
    """Return the arguments by their keys: the long options without dashes, positionals by name."""
    names = {}
    for action in parser._actions:
        long = [option[2:] for option in action.option_strings if option.startswith("--")]
        names[long[0] if long else action.dest.replace("_", "-")] = action
    return {name: action for name, action in names.items() if name not in ("help", "config")}


def _excluded_by(parser, typed):
    """Return what the typed arguments exclude, such as ``--overwrite`` does ``--resume``."""
    groups = [{a.dest for a in group._group_actions} for group in parser._mutually_exclusive_groups]
    return {dest for group in groups if group & {*typed} for dest in group}


def _as_words(action, key, value, where):
    prefix = f"--{key}=" if action.option_strings else ""
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise ValueError(f"{where} is true or false, not {value!r}.")
        return [f"--{key}"] if value else []
    several = isinstance(action, argparse._AppendAction) or action.nargs in ("*", "+")
    values = value if isinstance(value, list) and several else [value]
    for one in values:
        if not isinstance(one, str | int | float) or isinstance(one, bool):
            raise ValueError(f"{where} is text or a number{', or a list' * several}, not {one!r}.")
    if action.option_strings and action.nargs in ("*", "+"):
        return [f"--{key}", *map(str, values)]
    return [f"{prefix}{one}" for one in values]


def _format(value):
    if isinstance(value, list | tuple):
        return f"[{', '.join(_format(one) for one in value)}]"
    if isinstance(value, bool):
        return "true"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(portable_word(str(value)), ensure_ascii=False).replace("\x7f", "\\u007F")
