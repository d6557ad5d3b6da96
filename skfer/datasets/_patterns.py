"""Subject, expression and more from the paths of files, by a regular expression."""

import os
import re
import unicodedata

import pandas as pd

from skfer.datasets._labels import is_expression
from skfer.utils._text import join_some

REQUIRED = ("subject", "expression")
DEFAULT_PATTERN = r"(?P<subject>[^/]+)/(?P<expression>[^/]+)/[^/]+"
# Layouts that people have; the first that fits all files is proposed.
_LAYOUTS = (
    r"(?P<subject>[^/]+)/(?P<expression>[^/]+)/.+",
    r"(?P<expression>[^/]+)/(?P<subject>[^/]+)/.+",
    r"(?P<expression>[^/]+)/(?P<subject>[^/_-]+)[_-].+",
    r"(?P<subject>[^/]+)/(?:.*[_-])?(?P<expression>[^/\W\d_]+)[^/]*",
    r"(?:.*/)?(?P<subject>[^/_-]+)[_-](?P<expression>[^/\W\d_]+)[^/]*",
    r"(?:.*/)?(?P<subject>[^/_-]+)[_-](?:[^/]*[_-])?(?P<expression>[^/\W\d_]+)[^/]*",
    r"(?:.*/)?(?P<expression>[^/\W\d_]+)[_-](?P<subject>[^/_-]+)[^/]*",
    r"(?P<expression>[^/]+)/(?P<subject>[^/]+)",
    r"(?:.*/)?(?P<subject>[^/ ]+) (?P<expression>[^/\W\d_]+)[^/]*",
)
# Where the frames of a sequence are: in a folder of their own, or numbered among others.
_OF_FRAMES = (r"(?P<sequence>{})/[^/]+", r"(?P<sequence>{})[_-]\d+")


def parse_paths(folder, files, pattern, kind="image files", required=REQUIRED):
    """Take subject, expression and more from relative paths: a column per named group, all str."""
    groups, unmatched = match_paths(folder, files, pattern, kind, required)
    if unmatched:
        _refuse(folder, files, pattern, kind, unmatched, required)
    return groups


def match_paths(folder, files, pattern, kind="image files", required=REQUIRED):
    """Return the groups of the paths that `pattern` matches, and the paths that it does not.

    A path is matched without its suffix, else as it is. To match none is an error.
    """
    compiled = compile_argument("pattern", pattern)
    for group in required:
        if group not in compiled.groupindex:
            raise ValueError(
                f"pattern='{pattern}' has no group (?P<{group}>...); each file needs one."
                f"{_suggest(files, kind, required)}"
            )
    matches = {file: _match(compiled, file, required) for file in files}
    matched = [file for file in files if matches[file]]
    unmatched = [file for file in files if not matches[file]]
    if not matched:
        _refuse(folder, files, pattern, kind, unmatched, required)
    rows = [matches[file].groupdict() for file in matched]
    groups = clean_names(pd.DataFrame(rows, index=range(len(rows))))
    return groups.assign(path=[str(folder / file) for file in matched]), unmatched


def propose_pattern(files, required=REQUIRED):
    """Return a pattern that finds, in all files, people and expressions of the vocabulary, or None.

    One person alone is none: it would be the name of a folder that all are in. If a ``sequence`` is
    `required`, the pattern finds it, too.
    """
    for frames in _OF_FRAMES if "sequence" in required else ("{}",):
        for pattern in map(frames.format, _LAYOUTS):
            compiled = re.compile(pattern)
            matches = [_match(compiled, file, REQUIRED) for file in files]
            if all(match and is_expression(match["expression"]) for match in matches):
                if len({match["subject"] for match in matches}) > 1:
                    return pattern
    return None


def _match(compiled, file, required):
    """Match a path without its suffix, else as it is; required groups must not be empty."""
    name = join_accents(file)
    match = compiled.fullmatch(os.path.splitext(name)[0]) or compiled.fullmatch(name)
    if match and all((match[group] or "").strip() for group in required):
        return match
    return None


def _refuse(folder, files, pattern, kind, unmatched, required):
    raise ValueError(
        f"pattern='{pattern}' matches {len(files) - len(unmatched)} of the {len(files)} {kind} in "
        f"'{folder}'. It has to match the whole path of each, as seen from there, with or without "
        f"the suffix; not matched: {join_some(unmatched, quoted=True)}."
        f"{_suggest(files, kind, required)}"
    )


def _suggest(files, kind, required):
    proposal = propose_pattern(files, required)
    if proposal:
        return f" A pattern for them all is '{proposal}'."
    table = "labels by labels=" if kind == "tables" else "files by csv="
    return f" Give another pattern, or a table of the {table}."


def compile_argument(name, expression):
    """Compile the regular expression that the argument `name` gives."""
    try:
        return re.compile(expression)
    except re.error as error:
        raise ValueError(f"{name}='{expression}' is not a regular expression: {error}.") from error


def clean_names(table):
    """Give one person, and one expression, one spelling, in the columns of a table."""
    for column in {*REQUIRED} & {*table}:
        table[column] = table[column].map(join_accents).str.strip()
    return table


def join_accents(text):
    """Make one character of a letter and its accent; a Mac makes two in the names of files."""
    return unicodedata.normalize("NFC", text)
