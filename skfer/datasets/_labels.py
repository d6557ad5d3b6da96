"""The vocabulary of expressions."""

__all__ = ["BASIC_EXPRESSIONS", "EXPRESSIONS", "canonical_expression", "decode_expression"]

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

# The expressions of the codes 0, 1, 2, ..., or of 1, 2, 3, ... where _FIRST_CODES tells so.
_ALPHABETICAL = ("anger", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_ORDERS = {
    "affectnet": ("neutral", "happy", "sad", "surprise", "fear", "disgust", "anger", "contempt"),
    "alphabetical": _ALPHABETICAL,
    "ck-data-h5": ("anger", "disgust", "fear", "happy", "sad", "surprise", "contempt"),
    "ckplus": ("neutral", "anger", "contempt", "disgust", "fear", "happy", "sad", "surprise"),
    "face-api": ("neutral", "happy", "sad", "anger", "fear", "disgust", "surprise"),
    "fer2013": ("anger", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
    "hsemotion-7": _ALPHABETICAL,
    "hsemotion-8": EXPRESSIONS,
    "mmi": ("anger", "disgust", "fear", "happy", "sad", "surprise"),
}
_FIRST_CODES = {"mmi": 1}


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


def decode_expression(code, order):
    """Return the expression that a number stands for.

    Parameters
    ----------
    code : int or float
        The number; a float must be integral.
    order : str
        Whose numbers these are:

        - ``"ckplus"``: the emotion files of CK+, 0 neutral to 7 surprise;
        - ``"mmi"``: the session files of MMI, 1 anger to 6 surprise;
        - ``"fer2013"``: FER2013 and the models trained on it: fer, deepface, oarriaga's;
        - ``"affectnet"``: AffectNet and OpenFace 3;
        - ``"ck-data-h5"``: ``CK_data.h5`` of WuJie1010, the 48x48 crops of CK+;
        - ``"alphabetical"``: folders in alphabetical order, as Keras numbers them; opencv_zoo;
        - ``"hsemotion-7"``, ``"hsemotion-8"``: HSEmotion and EmotiEffLib; 8 has contempt;
        - ``"face-api"``: the outputs of face-api.js.

    Returns
    -------
    expression : str
        One of ``EXPRESSIONS``.

    Raises
    ------
    ValueError
        If the order is unknown or has no such number.

    Notes
    -----
    The orders were read in the sources of these projects and in the readme of CK+; that of MMI in
    programs of its users. JAFFE and NimStim have letters in place of numbers, which `load_jaffe`
    and `load_nimstim` read.

    Examples
    --------
    >>> from skfer.datasets import decode_expression
    >>> decode_expression(3, "ckplus"), decode_expression(3, "fer2013"), decode_expression(3, "mmi")
    ('disgust', 'happy', 'fear')
    """
    if order not in _ORDERS:
        raise ValueError(f"Unknown order {order!r}; known ones are {', '.join(sorted(_ORDERS))}.")
    codes = dict(enumerate(_ORDERS[order], start=_FIRST_CODES.get(order, 0)))
    if isinstance(code, bool) or code not in codes:
        meaning = ", ".join(f"{number} {expression}" for number, expression in codes.items())
        raise ValueError(f"{code!r} is no code of the order {order!r}, which has {meaning}.")
    return codes[code]
