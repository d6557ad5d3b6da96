"""Parts of docstrings that several functions or classes share."""

from collections.abc import Callable
from inspect import cleandoc
from textwrap import dedent
from typing import TypeVar

Documented = TypeVar("Documented", bound=Callable)


def fill_docstring(**parts: str) -> Callable[[Documented], Documented]:
    """Put texts in the place of ``%(name)s`` in a docstring; indentation is taken off.

    Python 3.13 takes it off, too, so that nothing may depend on it.
    """

    def fill(documented):
        if documented.__doc__:  # python -OO strips it
            text = cleandoc(documented.__doc__)
            for name, part in parts.items():
                text = text.replace(f"%({name})s", dedent(part).strip("\n"))
            documented.__doc__ = text
        return documented

    return fill
