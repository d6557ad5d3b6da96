"""A parser whose errors are one sentence with a remedy, and whose help keeps its lines."""

import argparse
import re
from difflib import get_close_matches


class CommandParser(argparse.ArgumentParser):
    """An ArgumentParser that takes no abbreviations and ends errors as one line."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("formatter_class", _Help)
        kwargs["allow_abbrev"] = False
        super().__init__(*args, **kwargs)

    def error(self, message):
        """Print the problem and where help is, and exit with 2."""
        choice = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message, re.DOTALL)
        if choice:
            message += _suggest(choice[1], re.findall(r"[\w-]+", choice[2]))
        message = message.rstrip(".")
        end = "" if message.endswith("?") else "."
        self.exit(2, f"{self.prog}: error: {message}{end} Try '{self.prog} --help'.\n")

    def refuse_unknown(self, words):
        """Exit because of words that are no argument of this command."""
        options = [word.split("=")[0] for word in words if word.startswith("-")]
        suggestion = _suggest(options[0], self._option_string_actions) if options else ""
        self.error(f"unrecognized arguments: {' '.join(words)}{suggestion}")


class _Help(argparse.HelpFormatter):
    def _fill_text(self, text, width, indent):
        fill = super()._fill_text
        return "\n".join(fill(line, width, indent) for line in text.splitlines())


def _suggest(word, names):
    close = get_close_matches(word, list(names), n=1)
    return f". Did you mean '{close[0]}'?" if close else ""
