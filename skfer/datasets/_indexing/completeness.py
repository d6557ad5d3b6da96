"""Whether a user's copy of a data set has what the official one has."""

__all__ = ["check_complete", "name_some"]


def check_complete(data_set, folder, expected, found, *, missing=(), allow_partial=False):
    """Refuse a copy whose counts differ from the official ones.

    Parameters
    ----------
    data_set : str
        Name of the data set for the message.
    folder : Path
        Where the copy is.
    expected, found : dict of str to int
        What is counted, such as ``"labelled sequences"``, and how many there are; the same keys.
    missing : sequence of str, default=()
        Names of what is missing, where that can be told.
    allow_partial : bool, default=False
        Accept the copy nevertheless.

    Raises
    ------
    ValueError
        If a count differs and `allow_partial` is False.

    Examples
    --------
    >>> from skfer.datasets._indexing.completeness import check_complete
    >>> check_complete("JAFFE", "DIR", {"images": 213}, {"images": 213})
    """
    wrong = [
        f"{expected[what]} {what} expected, {found[what]} found"
        for what in expected
        if found[what] != expected[what]
    ]
    if not wrong or allow_partial:
        return
    names = f"; missing: {name_some(missing)}" if missing else ""
    raise ValueError(
        f"The copy of {data_set} in '{folder}' is not the official one: {'; '.join(wrong)}{names}. "
        "Pass allow_partial=True to use it nevertheless."
    )


def name_some(names, limit=5):
    """Join names for a message, the first few of them.

    Parameters
    ----------
    names : sequence of str
        The names.
    limit : int, default=5
        How many to give.

    Returns
    -------
    text : str
        Such as ``"a, b and 3 more"``.

    Examples
    --------
    >>> from skfer.datasets._indexing.completeness import name_some
    >>> name_some(["S005/001", "S010/002", "S011/001"], limit=2)
    'S005/001, S010/002 and 1 more'
    """
    names = list(names)
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
