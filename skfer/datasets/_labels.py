"""The vocabulary of expressions."""

from skfer.datasets._csv import say_rows
from skfer.utils._text import join_some

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

_VOCABULARY = (
    f"The vocabulary is {', '.join(EXPRESSIONS)}; spellings such as "
    f"{', '.join(spellings[0] for spellings in _SPELLINGS.values())} are mapped to it."
)

# The first code of each order and the expressions of this code and of those that follow.
_ALPHABETICAL = "anger disgust fear happy neutral sad surprise"
_ORDERS = {
    "affectnet": (0, "neutral happy sad surprise fear disgust anger contempt"),
    "alphabetical": (0, _ALPHABETICAL),
    "ck-data-h5": (0, "anger disgust fear happy sad surprise contempt"),
    "ckplus": (0, "neutral anger contempt disgust fear happy sad surprise"),
    "face-api": (0, "neutral happy sad anger fear disgust surprise"),
    "fer2013": (0, "anger disgust fear happy sad surprise neutral"),
    "ferplus": (0, "neutral happy surprise sad anger disgust fear contempt"),
    "hsemotion-7": (0, _ALPHABETICAL),
    "hsemotion-8": (0, "anger contempt disgust fear happy neutral sad surprise"),
    "mmi": (1, "anger disgust fear happy sad surprise"),
    "raf-db": (1, "surprise fear disgust happy sad anger neutral"),
}


def canonical_expression(name: str) -> str:
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
    expression = _CANONICAL.get(_plain(name))
    if expression is None:
        raise ValueError(f"Unknown expression {name!r}. {_VOCABULARY}")
    return expression


def decode_expression(code: float, order: str) -> str:
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
        - ``"ferplus"``: FER+, the new labels of FER2013, and the models trained on it;
        - ``"raf-db"``: the basic expressions of RAF-DB, 1 surprise to 7 neutral;
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
    The orders were read in the sources of these projects and in the readme of CK+; those of MMI
    and RAF-DB in programs of their users. JAFFE and NimStim have letters instead of numbers, which
    `load_jaffe` and `load_nimstim` read.

    Examples
    --------
    >>> from skfer.datasets import decode_expression
    >>> decode_expression(3, "ckplus"), decode_expression(3, "fer2013"), decode_expression(3, "mmi")
    ('disgust', 'happy', 'fear')
    """
    if order not in _ORDERS:
        raise ValueError(f"Unknown order {order!r}; known ones are {', '.join(sorted(_ORDERS))}.")
    first, expressions = _ORDERS[order]
    codes: dict[float, str] = dict(enumerate(expressions.split(), start=first))
    if isinstance(code, bool) or code not in codes:
        meaning = ", ".join(f"{number} {expression}" for number, expression in codes.items())
        raise ValueError(f"{code!r} is not a code of the order {order!r}, which has {meaning}.")
    return codes[code]


def is_expression(name):
    """Tell whether the vocabulary has an expression of this name or spelling."""
    return _plain(name) in _CANONICAL


def _plain(name):
    return str(name).strip().lower()


def canonical_labels_of(frame, file="path", table=None):
    """Return the column expression in the vocabulary.

    Errors name the files, in the column `file`, of each unknown label; or, if the labels come from
    a `table`, the lines there, which are the index.
    """
    labels = frame["expression"]
    known = {label: canonical_expression(label) for label in set(labels) if is_expression(label)}
    unknown = frame[~labels.isin([*known])]
    if len(unknown):
        named = []
        for label, rows in unknown.groupby("expression", sort=False):
            where = say_rows(rows.index) if table else join_some(rows[file], 2, quoted=True)
            named.append(f"'{label}' ({where})")
        raise ValueError(
            f"Unknown expression{'s' if len(named) > 1 else ''} {join_some(named)}"
            + (f" in '{table}'" if table else "")
            + f". {_VOCABULARY} Pass canonical_labels=False to keep labels of your own."
        )
    return labels.map(known)
