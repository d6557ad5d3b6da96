"""Subject, expression and more from the paths of files, by a regular expression."""

import os
import re
import unicodedata
from contextlib import suppress

import pandas as pd

from skfer.datasets._csv import read_table
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


def refuse_swapped(frame, pattern):
    """Refuse a pattern that mostly finds expressions of the vocabulary as the subject only."""
    swapped = frame["subject"].map(is_expression) & ~frame["expression"].map(is_expression)
    if swapped.mean() > 0.5:
        other = {"subject": "expression", "expression": "subject"}
        proposal = re.sub(r"(?<=\(\?P<)(subject|expression)(?=>)", lambda m: other[m[0]], pattern)
        row = frame[swapped].iloc[0]
        raise ValueError(
            f"Unknown expression '{row['expression']}' ('{row['path']}'), of the subject "
            f"'{row['subject']}'. They seem to be swapped; give pattern='{proposal}'."
        )


def _match(compiled, file, required):
    """Match a path without its suffix, else as it is; required groups must not be empty."""
    name = join_accents(file)
    match = compiled.fullmatch(os.path.splitext(name)[0]) or compiled.fullmatch(name)
    if match and all((match[group] or "").strip() for group in required):
        return match
    return None


def _refuse(folder, files, pattern, kind, unmatched, required):
    n_matched, is_default = len(files) - len(unmatched), pattern == DEFAULT_PATTERN
    if is_default:
        problem = (
            f"The default layout, SUBJECT/EXPRESSION/IMAGE, fits {n_matched or 'none'} of the "
            f"{len(files)} {kind} in '{folder}'; not matched:"
        )
    else:
        problem = (
            f"pattern='{pattern}' matches {n_matched} of the {len(files)} {kind} in '{folder}'. It "
            "has to match the whole path of each, as seen from there, with or without the suffix; "
            "not matched:"
        )
    raise ValueError(
        f"{problem} {join_some(unmatched, quoted=True)}."
        f"{_find_table(folder, required) if is_default and kind == 'image files' else ''}"
        f"{_suggest(files, kind, required, 'a' if is_default else 'another')}"
    )


def _suggest(files, kind, required, other="another"):
    proposal = propose_pattern(files, required)
    if proposal:
        return f" A pattern for them all is '{proposal}'."
    table = "labels by labels=" if kind == "tables" else "files by csv="
    return f" Give {other} pattern, or a table of the {table}."


def _find_table(folder, required):
    """Name the table of the files that lies beside them, if there is one."""
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() == ".csv" and file.is_file():
            with suppress(ValueError, OSError):
                read_table(file, ("file", *required))
                return f" csv='{file.name}', which lies there, has the columns for it."
    return ""


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
