"""Ids that may be one person under two spellings, or no person at all."""

import re
import unicodedata
import warnings

import numpy as np
import pandas as pd

from skfer.utils._text import join_some

_PART = re.compile(
    r"(public|private)?(train(ing)?|test(ing)?|val(id(ation)?)?|eval|fold|split|part)(set|data)?\d*"
)


def warn_doubtful_subjects(subjects):
    """Warn of ids that may be one person under two spellings, or no person at all."""
    alike = [" and ".join(map(repr, group)) for group in find_alike_subjects(subjects)]
    if alike:
        warnings.warn(
            "Subjects differ only in case, accents, spaces, zeros, - or _: "
            f"{join_some(alike, sep='; ')}. If they are one person, write the id in one way.",
            stacklevel=3,
        )
    ids = np.unique(subjects).tolist()
    parts = [name for name in ids if _PART.fullmatch(re.sub(r"[\W_]", "", name).casefold())]
    if parts:
        warnings.warn(
            "Subjects look like the parts of a split, not like people: "
            f"{join_some(parts, quoted=True)}. Check where the ids come from, such as the pattern "
            "of the file names.",
            stacklevel=3,
        )


def find_alike_subjects(subjects):
    """Return the groups of ids that may be one person under several spellings."""
    ids = np.unique(subjects).tolist()
    spellings = pd.Series(ids, dtype=str).groupby([_spelling(name) for name in ids])
    return [names.tolist() for _, names in spellings if len(names) > 1]


def _spelling(name):
    """Return what two spellings of one id have in common."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    # Without accents, marks of format, and spaces.
    letters = "".join(c for c in letters if unicodedata.category(c) not in ("Mn", "Cf", "Zs"))
    letters = re.sub(r"\.0$|^\+", "", re.sub(r"[-_]+", "_", letters))
    return re.sub(r"(?<!\d)0+(?=\d)", "", letters)
