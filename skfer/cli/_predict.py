"""The sub-command `skfer predict`: from a model, images and videos to a table."""

import argparse
import math
from pathlib import Path

from skfer.cli._arguments import add_jobs_option, at_least

GO_ON = "What is finished is kept: add --resume to go on."


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "predict",
        help="predict the expressions in images and videos with a model",
        description="Predict the expression of the largest face (or, with --faces all, of every "
        "face) in each image or video frame. Write one row per face, and one row for each image or "
        "frame without a face. Beside CSV appears a data dictionary of the same name in .json.",
    )
    parser.set_defaults(run=run, how_to_go_on=GO_ON)
    parser.add_argument("model", type=Path, metavar="MODEL", help="model file of skfer, .skfer")
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="image, video, folder (with its sub-folders) or pattern such as 'clips/*.mp4'",
    )
    faces = parser.add_argument_group("faces and frames")
    faces.add_argument(
        "--faces",
        choices=["largest", "all"],
        default="largest",
        help="the largest face of an image or frame (default), or all, also small ones, which "
        "takes some 20 times as long",
    )
    faces.add_argument(
        "--every",
        type=at_least(1),
        default=1,
        metavar="N",
        help="look at every N-th frame of a video (default: 1)",
    )
    faces.add_argument(
        "--cropped", action="store_true", help="the images are faces that are cropped already"
    )
    faces.add_argument(
        "--smooth",
        type=_seconds,
        metavar="SECONDS",
        help="average the probabilities of each face of a video over so many seconds",
    )
    faces.add_argument(
        "--baseline",
        type=at_least(1),
        metavar="FRAMES",
        help="add the change against the first FRAMES frames of each face of a video, as columns "
        "change_...",
    )
    add_jobs_option(faces, "images or frames")
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out", type=Path, required=True, metavar="CSV", help="table to write, such as faces.csv"
    )
    output.add_argument(
        "--summary",
        action="store_true",
        help="write NAME_summary.csv too, with one row for each face of each input",
    )
    output.add_argument(
        "--overlay",
        type=Path,
        metavar="DIR",
        help="write copies of the images and videos with box, expression and probabilities to DIR",
    )
    output.add_argument(
        "--delimiter",
        type=_delimiter,
        metavar="CHAR",
        help="between the columns: ',' (default), ';' (default with a decimal comma) or tab",
    )
    output.add_argument(
        "--decimal", choices=[".", ","], default=".", help="decimal point (default) or comma"
    )
    output.add_argument(
        "--json", action="store_true", help="print the counts as JSON; all else goes to stderr"
    )
    again = output.add_mutually_exclusive_group()
    again.add_argument(
        "--resume", action="store_true", help="go on with what an earlier run has left, if anything"
    )
    again.add_argument(
        "--overwrite", action="store_true", help="replace what an earlier run has written"
    )


def run(options, argv):
    """Predict; what it needs is imported only now, so that ``--help`` is light."""
    from skfer.cli._predict_files import predict_files

    predict_files(options, argv)


def _seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0, such as 0.5")
    return seconds


def _delimiter(text):
    text = {"tab": "\t", "\\t": "\t"}.get(text, text)
    if text not in (",", ";", "\t", "|"):
        raise argparse.ArgumentTypeError(f"'{text}' is not one of ',', ';', '|' and tab")
    return text
