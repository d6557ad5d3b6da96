"""The sub-command `skfer card`: the card of a model file as Markdown."""

from pathlib import Path


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "card",
        help="print the card of a model as Markdown",
        description="Print what a model file says of its model as a model card in Markdown: "
        "details, intended use, training data, evaluation, groups and limits.\n"
        "skfer card face.skfer > README.md",
    )
    parser.set_defaults(run=run, how_to_go_on="")
    parser.add_argument("model", type=Path, metavar="MODEL", help="file that skfer fit wrote")


def run(options, argv):
    """Read and print."""
    from skfer.persistence import format_card, read_card

    print(format_card(read_card(options.model)), end="")
