"""Names in messages and figures."""

import re


def join_some(names, limit=5, quoted=False, sep=", "):
    """Join the first names of a sequence and say how many more there are.

    >>> from skfer.utils._text import join_some
    >>> join_some(["S005", "S010", "S011"], limit=2, quoted=True)
    "'S005', 'S010' and 1 more"
    """
    names = [f"'{name}'" if quoted else str(name) for name in names]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return sep.join(names[:limit]) + more


def count_of(number, name):
    """Return a number of things.

    >>> from skfer.utils._text import count_of
    >>> count_of(1, "file"), count_of(1200, "file")
    ('1 file', '1,200 files')
    """
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def without_name(problem, path):
    """Return why a file cannot be read, for a list that names the file itself.

    >>> from skfer.utils._text import without_name
    >>> without_name("Cannot read image 'a.jpg': the file is truncated.", "a.jpg")
    'the file is truncated'
    """
    for beginning in (f"Cannot read image '{path}': ", f"Cannot read video '{path}': "):
        problem = problem.removeprefix(beginning)
    return problem.rstrip(".")


def printable(names):
    r"""Return names as a font can draw them: on one line, foreign bytes and controls as escapes.

    >>> from skfer.utils._text import printable
    >>> printable(["zo\u00eb", "S\udce9\r"])
    ['zoë', 'S\\udce9\\r']
    """
    return ["".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(name)) for name in names]


def natural_key(name):
    """Return a key that sorts names as people count.

    >>> from skfer.utils._text import natural_key
    >>> sorted(["img10", "img2", "Img1"], key=natural_key)
    ['Img1', 'img2', 'img10']
    """
    parts = re.split(r"(\d+)", name)  # texts and numbers by turns
    parts[1::2] = map(int, parts[1::2])
    return [part if isinstance(part, int) else part.casefold() for part in parts], name
