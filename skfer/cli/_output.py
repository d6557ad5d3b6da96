"""Where a command writes: the folder is looked at before any work, and no path is published."""

import os
import shlex
from pathlib import Path
from tempfile import TemporaryFile


def add_output_options(group):
    """Add what the commands that evaluate have in common: where to write, and how to go on."""
    group.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    again = group.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", action="store_true", help="take the folds that an earlier run has finished"
    )
    again.add_argument(
        "--overwrite", action="store_true", help="replace what an earlier run has written to DIR"
    )
    group.add_argument(
        "--log", type=Path, metavar="FILE", help="append a line of JSON for each result"
    )
    group.add_argument("--debug", action="store_true", help="show the traceback of an error")


def check_output(options, names):
    """Refuse a folder that cannot be written to, or has files, by `names`, of another run."""
    out = options.out
    there = next(folder for folder in (out, *out.absolute().parents) if folder.exists())
    try:
        TemporaryFile(dir=there).close()
    except OSError as error:
        raise ValueError(f"--out '{out}' cannot be written to: {error.strerror}.") from error
    earlier = [name for name in names if os.path.lexists(out / name)]
    if earlier and not (options.resume or options.overwrite):
        raise ValueError(
            f"--out '{out}' has {' and '.join(earlier)} of an earlier run. Add --resume to go on "
            "with it or --overwrite to replace it, or give another folder."
        )


def portable_command(argv):
    """Join the arguments; absolute paths keep only their last part, since results are published."""
    words = ["skfer"]
    for word in argv:
        key, equals, value = word.rpartition("=")
        is_option = not key or key.startswith("--") or key.isidentifier()
        is_path = is_option and Path(value).is_absolute()
        words.append(f"{key}{equals}{Path(value).name}" if is_path else word)
    return shlex.join(words)
