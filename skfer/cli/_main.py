"""Entry point: parse the arguments, run the sub-command, end errors as one line."""

import os
import sys
import warnings
from concurrent.futures.process import BrokenProcessPool

from skfer._version import __version__
from skfer.cli import (
    _align,
    _card,
    _compare,
    _completion,
    _evaluate,
    _explain,
    _fit,
    _index,
    _merge,
    _predict,
    _report,
    _reproduce,
)
from skfer.cli._config import add_config_option, expand_config, find_typed, format_config
from skfer.cli._output import describe_error
from skfer.cli._parser import CommandParser
from skfer.cli._pipes import unbroken_output
from skfer.cli._signals import exit_code, interrupt_on_termination
from skfer.cli._words import say_by_options

_COMMANDS = (
    _index,
    _fit,
    _predict,
    _evaluate,
    _compare,
    _merge,
    _report,
    _explain,
    _card,
    _align,
    _reproduce,
    _completion,
)
_EPILOG = """\
Begin with: skfer index DATA, skfer fit DATA --method gabor-svm --out face.skfer

Exit codes: 0 success; 1 a fault of skfer itself; 2 something is wrong with the arguments, the \
data or the machine, in one line on stderr; 130 interrupted; 143 terminated."""


def main(argv=None):
    """Run the command `skfer`.

    Parameters
    ----------
    argv : sequence of str, default=None
        The arguments; None takes those of the process.

    Returns
    -------
    exit_code : int
        0 for success, 2 for an error that the user can mend, which is one line on stderr, 1 for a
        fault of skfer, 130 if interrupted, and 143 if terminated.

    Examples
    --------
    >>> from skfer.cli._main import main
    >>> main(["evaluate", "--dataset", "nowhere", "--method", "cspp", "--out", "results"])
    2
    """
    with unbroken_output():
        return _run(sys.argv[1:] if argv is None else list(argv))


def _run(argv):
    # What is wrong with a video is said in words of skfer, not of OpenCV, which reads these once.
    os.environ.setdefault("OPENCV_LOG_LEVEL", "ERROR")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # AV_LOG_QUIET
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A pipe gets each line at once; file names may have no letters in its encoding.
            stream.reconfigure(errors="backslashreplace", line_buffering=True)
    try:
        options, argv = _parse(argv)
    except ValueError as error:  # of the file of --config
        return _fail(error)
    format_warning = warnings.formatwarning
    warnings.formatwarning = _format_warning
    try:
        with interrupt_on_termination():
            options.run(options, argv)
        sys.stdout.flush()
    except KeyboardInterrupt as interrupt:
        print(f"\nInterrupted. {options.how_to_go_on}", file=sys.stderr)
        return exit_code(interrupt)
    except (ValueError, ImportError, OSError) as error:
        if options.debug:
            raise
        return _fail(error)
    except (MemoryError, BrokenProcessPool):
        if options.debug:
            raise
        return _fail(
            "Out of memory, or a worker process was killed. Lower --jobs to use less memory. "
            f"{options.how_to_go_on}"
        )
    except Exception as error:
        if options.debug:
            raise
        _fail(f"This is a fault of skfer ({type(error).__name__}: {error}). --debug shows where.")
        return 1
    finally:
        warnings.formatwarning = format_warning
    return 0


def build_parser():
    """Return the parser of the command, and those of the sub-commands by their names."""
    parser = CommandParser(
        prog="skfer",
        description="Subject-independent facial expression recognition.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"skfer {__version__}")
    commands = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", dest="command"
    )
    for module in _COMMANDS:
        module.add_parser(commands)
    for command in commands.choices.values():
        add_config_option(command)
        command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser, commands.choices


def _parse(argv):
    """Return the parsed options, with ``config_text``, and all arguments, those of a file too."""
    parser, commands = build_parser()
    if not argv or argv[0] not in commands:
        parser.parse_args(argv)  # ends with help, version or an error
    name, *words = argv
    if {"-h", "--help"} & {*words}:  # of the parser itself, not of a lenient one
        parser.parse_args(argv)
    lenient = build_parser()[1][name]
    words = expand_config(commands[name], lenient, name, words)
    typed, unknown = find_typed(lenient, words)
    if unknown:  # before it is missed that a required option was misspelt
        commands[name].refuse_unknown(unknown)
    argv = [name, *words]
    options = parser.parse_args(argv)
    options.config_text = format_config(commands[name], name, options, typed)
    return options, argv


def _format_warning(message, *place, **line):
    return f"skfer: warning: {say_by_options(str(message))}\n"


def _fail(problem):
    problem = describe_error(problem)
    print(f"skfer: error: {' '.join(str(problem).split())}", file=sys.stderr)
    return 2
