"""The sub-command `skfer align`: a folder of photographs to a folder of aligned faces."""

from pathlib import Path

from skfer.cli._arguments import add_jobs_option, at_least
from skfer.cli._output import check_writable, prepare_drawing


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "align",
        help="find the faces of photographs and align them",
        description="Find the face of each image in a folder, align it by its eyes, and write the "
        "faces as PNG and as aligned.npy, index.csv with eyes and confidence, sheet.png with the "
        "most doubtful ones and, with --pattern or --csv, faces.csv. After an interruption, "
        "the same command resumes.",
    )
    parser.set_defaults(run=run, how_to_go_on="Aligned faces are kept: the same command goes on.")
    parser.add_argument("input", type=Path, metavar="IN", help="folder of images")
    parser.add_argument("output", type=Path, metavar="OUT", help="folder to write to")
    labels = parser.add_mutually_exclusive_group()
    labels.add_argument(
        "--pattern",
        metavar="REGEX",
        help="what in a path is subject and expression: they go into faces.csv, which the commands "
        "on data read by --csv",
    )
    labels.add_argument(
        "--csv", metavar="FILE", help="or a table with the columns file, subject and expression"
    )
    parser.add_argument(
        "--size", type=at_least(1), default=48, metavar="PIXELS", help="default: 48"
    )
    parser.add_argument(
        "--crop",
        choices=["lopes", "square", "none"],
        default="lopes",
        help="crop of Lopes et al. (default), a square one with cheeks and jaw, or none",
    )
    parser.add_argument(
        "--no-rotate", action="store_true", help="do not rotate the faces to make the eyes level"
    )
    parser.add_argument(
        "--choose",
        choices=["score", "largest", "central", "only"],
        default="score",
        help="which of several faces counts (default: score)",
    )
    parser.add_argument(
        "--on-missing",
        choices=["raise", "skip", "guess"],
        default="skip",
        help="list images without eyes and skip them (default), guess the eyes, or stop at the end",
    )
    parser.add_argument(
        "--yunet", type=Path, metavar="FILE", help="ONNX file of YuNet to find faces with"
    )
    add_jobs_option(parser, "batches")


def run(options, argv):
    """Align the folder; what it needs is imported only now, so that ``--help`` is light."""
    prepare_drawing("skfer align")
    from skfer.cli._align_folder import align_folder

    check_writable("OUT", options.output)
    align_folder(options)
