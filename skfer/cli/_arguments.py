"""Arguments that are checked before any work."""

import argparse


def at_least(minimum):
    """Return a type of argument: whole numbers that are not below `minimum`."""

    def parse(text):
        if not text.isdecimal() or int(text) < minimum:
            raise argparse.ArgumentTypeError(f"'{text}' is no whole number of at least {minimum}")
        return int(text)

    return parse
