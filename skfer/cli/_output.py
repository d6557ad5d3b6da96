"""Where a command writes: the folder is looked at before any work, and no path is published."""

import json
import os
import shlex
import sys
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryFile

MOST_LISTED = 10


def add_output_options(group):
    """Add what the commands that evaluate have in common: where to write, and how to go on."""
    group.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    add_again_options(group, "DIR")
    group.add_argument(
        "--log", type=Path, metavar="FILE", help="append a line of JSON for each result"
    )


def add_again_options(group, where):
    """Add the two ways to treat what an earlier run has left."""
    again = group.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", action="store_true", help="take the folds that an earlier run has finished"
    )
    again.add_argument(
        "--overwrite",
        action="store_true",
        help=f"replace what an earlier run has written to {where}",
    )


def add_json_option(group):
    """Add ``--json``."""
    group.add_argument(
        "--json", action="store_true", help="print the result as JSON, and all else to stderr"
    )


def print_first(lines, where_others, file=None):
    """Print the first lines, and how many others there are and where."""
    for line in lines[:MOST_LISTED]:
        print(f"  {line}", file=file)
    if len(lines) > MOST_LISTED:
        print(f"  and {len(lines) - MOST_LISTED} more{where_others}", file=file)


@contextmanager
def result_on_stdout(options):
    """Yield a list; with ``--json``, what it gets is printed as JSON and all else goes to stderr.

    Without ``--json``, everything is printed as it comes, and the list is for nothing.
    """
    results = []
    if options.json:
        with redirect_stdout(sys.stderr):
            yield results
        for result in results:
            print(json.dumps(result, indent=2, allow_nan=False))
    else:
        yield results


def check_output(options, names):
    """Refuse a folder that cannot be written to, or has files, by `names`, of another run."""
    check_writable("--out", options.out)
    if options.log is not None:
        check_writable("--log", options.log.parent, options.log)
    earlier = [name for name in names if os.path.lexists(options.out / name)]
    refuse_earlier(options, earlier, f"has {' and '.join(earlier)} of an earlier run", "folder")


def check_writable(option, folder, file=None):
    """Refuse a folder, there or not yet, or a file in it, where nothing can be written."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        TemporaryFile(dir=there).close()
        if file is not None and file.exists():
            open(file, "ab").close()
    except OSError as error:
        raise ValueError(
            f"{option} '{file or folder}' cannot be written to: {error.strerror}."
        ) from error


def refuse_within(option, folder, paths):
    """Refuse a folder to write to that is, or lies in, one of the folders that are read."""
    for path in paths:
        if os.path.isdir(path) and folder.resolve().is_relative_to(os.path.realpath(path)):
            raise ValueError(
                f"{option} '{folder}' lies in '{path}': its pictures would be inputs of the next "
                "run. Choose another folder."
            )


def refuse_replacing(option, folder, inputs, written):
    """Refuse a folder to write to if a file that is written would replace one that is read."""
    originals = set(map(os.path.realpath, inputs))
    for path in written:
        if os.path.realpath(path) in originals:
            raise ValueError(
                f"{option} '{folder}' would replace '{path}', an input; give another folder."
            )


def refuse_spreadsheet(out, remedy="give a .csv"):
    """Refuse the name of a file that spreadsheets would not take for the CSV that it is."""
    if out.suffix.lower() in (".xls", ".xlsx", ".ods"):
        raise ValueError(f"--out '{out}' would hold CSV, not a spreadsheet: {remedy}.")


def prepare_drawing(needed_by, *others):
    """Refuse to begin without matplotlib and other packages; draw without a screen."""
    from skfer.utils._optional import require

    os.environ.setdefault("MPLBACKEND", "agg")
    for package in ("matplotlib", *others):
        require(package, extra="cli", needed_by=needed_by)


def describe_error(error):
    """Return the text of an error; one of the system begins with the file that it is about."""
    file = getattr(error, "filename2", None) or getattr(error, "filename", None)
    if file is None or not error.strerror:
        return str(error)
    return f"'{file}': {error.strerror.rstrip('.')}."


def refuse_earlier(options, earlier, what, kind):
    """Refuse to write where an earlier run has left something, unless it was asked for."""
    if earlier and not (options.resume or options.overwrite):
        raise ValueError(
            f"--out '{options.out}' {what}. Add --resume to go on with it or --overwrite to "
            f"replace it, or give another {kind}."
        )


def portable_command(argv):
    """Join what decides on the result; absolute paths keep their last part: it is published."""
    words = [word for word in argv if word not in ("--resume", "--overwrite")]
    return shlex.join(["skfer", *map(portable_word, words)])


def portable_word(word):
    """Return an argument in which an absolute path, alone or behind "=", keeps its last part."""
    key, equals, value = word.rpartition("=")
    is_option = not key or key.startswith("--") or key.isidentifier()
    is_path = is_option and Path(value).is_absolute()
    return f"{key}{equals}{Path(value).name}" if is_path else word
