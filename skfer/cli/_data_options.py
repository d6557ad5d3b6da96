"""The arguments that name a data set, the same for all commands on data."""

import argparse
import ast
from contextlib import suppress
from pathlib import Path

_CONSTANTS = {"true": "True", "false": "False", "none": "None"}  # as people write them

# What --set takes, by data set, for --help, which imports no reader.
SETTINGS = {
    "image-folder": "canonical_labels frames redistributable",
    "ck48": "contempt frames on_missing protocol",
    "ckplus": "contempt frames neutral on_missing protocol",
    "jaffe": "on_missing protocol",
    "london": "on_missing",
    "mmi": "exclude frames n_frames on_missing peak protocol rotated",
    "nimstim": "calm on_missing protocol",
    "synthetic": "expressions image_size n_per_expression n_subjects random_state",
    "synthetic-sequences": "expressions image_size n_frames n_per_expression n_subjects offset "
    "random_state",
    "yale": "conditions on_missing",
}
# Arguments of their own, which `load_image_folder` has.
FOLDER_OPTIONS = ("pattern", "csv", "exclude", "cropped", "on_unmatched", "on_unreadable")


def add_data_options(parser):
    """Add a group of arguments to a parser, and the settings of the data sets to its help."""
    data = parser.add_argument_group("data")
    data.add_argument(
        "data", nargs="?", type=Path, metavar="DATA", help="folder of the data (or $SKFER_DATA)"
    )
    data.add_argument(
        "--dataset",
        default="image-folder",
        metavar="NAME",
        help=f"{', '.join(SETTINGS)} (default: image-folder, a folder of your own)",
    )
    data.add_argument(
        "--set",
        action="append",
        default=[],
        type=parse_setting,
        metavar="KEY=VALUE",
        help="setting of the data set, see below; may be repeated",
    )
    folder = parser.add_argument_group("an image folder")
    labels = folder.add_mutually_exclusive_group()
    labels.add_argument(
        "--pattern",
        metavar="REGEX",
        help="what in the path of each image is the subject and the expression, such as "
        r"'(?P<subject>S\d+)_(?P<expression>[a-z]+)' (default: SUBJECT/EXPRESSION/IMAGE)",
    )
    labels.add_argument(
        "--csv",
        metavar="FILE",
        help="table with the columns file (as seen from DATA), subject and expression, instead "
        "of a pattern; commas, semicolons or tabs between them",
    )
    folder.add_argument(
        "--exclude",
        metavar="REGEX",
        help="files and folders to ignore, by their whole path below DATA, such as "
        "'raw|.*_old.*'; not with --csv",
    )
    folder.add_argument(
        "--cropped", action="store_true", help="the images are faces, cropped to one size"
    )
    folder.add_argument(
        "--on-unmatched",
        choices=["raise", "skip"],
        default="raise",
        help="images that the pattern does not match: stop (default) or leave them out",
    )
    folder.add_argument(
        "--on-unreadable",
        choices=["raise", "skip"],
        default="raise",
        help="files that cannot be read: stop (default) or leave them out",
    )
    parser.epilog = "settings (--set) of the data sets:\n" + "\n".join(
        f"  {name}: {settings.replace(' ', ', ')}" for name, settings in SETTINGS.items()
    )


def parse_setting(text):
    """Return key and value of KEY=VALUE; the value is a Python literal, or else text."""
    key, equals, value = text.partition("=")
    if not (key.isidentifier() and equals):
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form KEY=VALUE")
    with suppress(SyntaxError, ValueError, MemoryError, RecursionError):
        return key, ast.literal_eval(_CONSTANTS.get(value.lower(), value))
    return key, value
