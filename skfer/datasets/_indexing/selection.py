"""Checks of the arguments by which the readers select images."""

__all__ = ["C_SPP_2019", "check_choice", "check_protocol", "keep_rows"]

C_SPP_2019 = "c-spp-2019"


def check_choice(name, value, choices):
    """Refuse a value that is none of the choices.

    Parameters
    ----------
    name : str
        Name of the argument for the message.
    value : object
        What was given.
    choices : sequence
        What may be given.

    Raises
    ------
    ValueError
        If `value` is none of `choices`.

    Examples
    --------
    >>> from skfer.datasets._indexing.selection import check_choice
    >>> check_choice("mouth", "wide", (None, "open", "closed"))
    Traceback (most recent call last):
    ...
    ValueError: mouth='wide'; expected None, 'open' or 'closed'.
    """
    if value not in choices:
        *others, last = map(repr, choices)
        raise ValueError(f"{name}={value!r}; expected {', '.join(others)} or {last}.")


def check_protocol(protocol, **selection):
    """Refuse an unknown protocol, and one that comes with a selection of the user's own.

    Parameters
    ----------
    protocol : str or None
        ``"c-spp-2019"``, or None where the other arguments select.
    **selection : tuple of (object, object)
        By the name of each other argument that selects, its value and its default.

    Raises
    ------
    ValueError
        If `protocol` is neither, or is given along with a value that is not the default.

    Examples
    --------
    >>> from skfer.datasets._indexing.selection import check_protocol
    >>> check_protocol("c-spp-2019", neutral=(False, True))
    Traceback (most recent call last):
    ...
    ValueError: protocol='c-spp-2019' selects the images; give it without neutral=False.
    """
    check_choice("protocol", protocol, (None, C_SPP_2019))
    changed = [
        f"{name}={value!r}" for name, (value, default) in selection.items() if value != default
    ]
    if protocol is not None and changed:
        raise ValueError(
            f"protocol={protocol!r} selects the images; give it without {' and '.join(changed)}."
        )


def keep_rows(index, keep, folder):
    """Select rows of an index and refuse to select none.

    Parameters
    ----------
    index : DataFrame of shape (n_images, n_columns)
        The index.
    keep : array-like of shape (n_images,), dtype bool
        The rows to keep.
    folder : Path
        Where the images are, for the message.

    Returns
    -------
    kept : DataFrame of shape (n_kept, n_columns)
        The rows kept, numbered anew.

    Raises
    ------
    ValueError
        If none is.

    Examples
    --------
    >>> import pandas as pd
    >>> from skfer.datasets._indexing.selection import keep_rows
    >>> index = pd.DataFrame({"expression": ["sad", "neutral"]})
    >>> keep_rows(index, index["expression"] != "sad", "DIR")
      expression
    0    neutral
    """
    kept = index[keep].reset_index(drop=True)
    if kept.empty:
        raise ValueError(f"'{folder}' has no images of the expressions asked for.")
    return kept
