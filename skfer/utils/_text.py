"""Lists of names in messages."""


def join_some(names, limit=5, quoted=False):
    """Join the first names of a sequence and say how many more there are.

    >>> from skfer.utils._text import join_some
    >>> join_some(["S005", "S010", "S011"], limit=2, quoted=True)
    "'S005', 'S010' and 1 more"
    """
    names = [f"'{name}'" if quoted else str(name) for name in names]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
