"""The sub-command `skfer explain`: what a model looks at in a few pictures."""

from pathlib import Path

from skfer.cli._output import check_writable, prepare_drawing


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "explain",
        help="draw what a model looks at in a few pictures",
        description="For each picture, draw its face, what speaks for the predicted expression "
        "(Grad-CAM of a network, occlusion of other models) and the probabilities, as a PNG; write "
        "explanations.csv, and mean.png with the mean of each predicted expression. Pictures that "
        "cannot be read or have no face are listed.",
    )
    parser.set_defaults(run=run, how_to_go_on="The same command starts again.")
    parser.add_argument("model", type=Path, metavar="MODEL", help="file of a fitted model")
    parser.add_argument(
        "images",
        nargs="+",
        type=Path,
        metavar="IMAGES",
        help="pictures, or folders of them",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")


def run(options, argv):
    """Explain one picture after the other; write the tables at the end."""
    prepare_drawing("skfer explain")
    from skfer.cli._explain_files import explain_files

    check_writable("--out", options.out)
    explain_files(options)
