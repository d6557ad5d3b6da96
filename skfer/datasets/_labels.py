"""The vocabulary of expressions."""

__all__ = ["BASIC_EXPRESSIONS", "EXPRESSIONS", "canonical_expression"]

BASIC_EXPRESSIONS = ("anger", "disgust", "fear", "happy", "sad", "surprise")
EXPRESSIONS = ("anger", "contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise")

_SPELLINGS = {
    "anger": ("angry",),
    "contempt": ("contemptuous",),
    "disgust": ("disgusted",),
    "fear": ("afraid", "fearful", "scared"),
    "happy": ("happiness", "joy", "joyful"),
    "neutral": ("neutrality",),
    "sad": ("sadness",),
    "surprise": ("surprised",),
}
_CANONICAL = {name: name for name in EXPRESSIONS} | {
    spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings
}


def canonical_expression(name):
    """Return the name that the vocabulary has for an expression.

    Parameters
    ----------
    name : str
        A name or common spelling, in capitals or not, such as ``"Happiness"``.

    Returns
    -------
    expression : str
        One of ``EXPRESSIONS``: the six basic expressions of Ekman and Friesen (1971, "Constants
        across cultures in the face and emotion"), contempt and neutral.

    Raises
    ------
    ValueError
        If the vocabulary has no such expression.

    Examples
    --------
    >>> from skfer.datasets import canonical_expression
    >>> canonical_expression("Happiness"), canonical_expression("angry")
    ('happy', 'anger')
    """
    expression = _CANONICAL.get(str(name).strip().lower())
    if expression is None:
        raise ValueError(
            f"Unknown expression {name!r}. The vocabulary is {', '.join(EXPRESSIONS)}; spellings "
            f"such as {', '.join(spellings[0] for spellings in _SPELLINGS.values())} are mapped "
            "to it."
        )
    return expression
