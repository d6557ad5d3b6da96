"""Arguments that several commands have, and types that are checked before any work."""

import argparse


def at_least(minimum):
    """Return a type of argument: whole numbers that are not below `minimum`."""

    def parse(text):
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(
                f"'{text}' is not a whole number of at least {minimum}"
            )
        return int(text)

    return parse


def add_folds_option(group):
    """Add the number of folds by subject."""
    group.add_argument(
        "--folds",
        type=at_least(2),
        metavar="K",
        help="default: as published for the data set, else 8",
    )


def add_jobs_option(group, what):
    """Add how many of what are done at the same time."""
    group.add_argument(
        "--jobs",
        type=at_least(1),
        default=1,
        metavar="N",
        help=f"{what} at the same time (default: 1)",
    )


def add_training_options(group):
    """Add what decides on a training."""
    group.add_argument(
        "--on-missing",
        choices=["raise", "skip", "guess"],
        default="guess",
        help="photographs without eyes: guess them from the face box or, without a face, the whole "
        "picture (default), skip the images, or stop",
    )
    group.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="default: 0")
