"""Entry point: parse the arguments, run the sub-command, end errors as one line."""

import argparse
import sys
from concurrent.futures.process import BrokenProcessPool

from skfer._version import __version__
from skfer.cli import _align, _compare, _evaluate, _explain, _merge, _report, _reproduce


def main(argv=None):
    """Run the command `skfer`.

    Parameters
    ----------
    argv : sequence of str, default=None
        The arguments; None takes those of the process.

    Returns
    -------
    exit_code : int
        0 for success, 2 for an error, which is one line on stderr, and 130 if interrupted.

    Examples
    --------
    >>> from skfer.cli._main import main
    >>> main(["evaluate", "--dataset", "nowhere", "--method", "cspp", "--out", "results"])
    2
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    options = _build_parser().parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):  # file names may have no letters in its encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options.run(options, argv)
    except KeyboardInterrupt:
        print(f"\nInterrupted. {options.how_to_go_on}", file=sys.stderr)
        return 130
    except (ValueError, ImportError, OSError, MemoryError, BrokenProcessPool) as error:
        if options.debug:
            raise
        message = " ".join(str(error).split())
        if isinstance(error, (MemoryError, BrokenProcessPool)):
            message = "The memory did not suffice, or a worker was killed. Fewer --jobs need less. "
            message += options.how_to_go_on
        print(f"skfer: error: {message}", file=sys.stderr)
        return 2
    return 0


def _build_parser():
    parser = argparse.ArgumentParser(
        prog="skfer", description="Subject-independent facial expression recognition."
    )
    parser.add_argument("--version", action="version", version=f"skfer {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _evaluate.add_parser(commands)
    _align.add_parser(commands)
    _compare.add_parser(commands)
    _merge.add_parser(commands)
    _report.add_parser(commands)
    _explain.add_parser(commands)
    _reproduce.add_parser(commands)
    return parser
