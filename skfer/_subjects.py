"""Subject ids: the one place that turns a column of any type into them."""

import re
import reprlib
import unicodedata
from functools import lru_cache
from inspect import isclass
from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import check_consistent_length, column_or_1d

# What pandas, NumPy and people write for "unknown", in lower case; not "na", a subject of JAFFE.
_UNKNOWN = {
    "", "?", "-", "--", ".", "n/a", "#n/a", "#na", "#n/a n/a", "<na>", "nan", "-nan", "nat",
    "none", "null", "missing", "unknown", "unk", "undefined", "n.a.", "(null)", "<none>",
    "pd.na", "np.nan", "#ref!", "anonymous", "not known", "1.#ind", "-1.#ind", "1.#qnan",
    "-1.#qnan", "??", "???",
}  # fmt: skip
# Spaces and characters without width at either end.
_AROUND = re.compile(r"^[\s\u00ad\u200b-\u200f\u2060\ufeff]+|[\s\u00ad\u200b-\u200f\u2060\ufeff]+$")
_CODE_OF_MISSING = re.compile(r"-\d+(\.0)?")  # pandas' codes count what is missing as -1


def subject_ids(column):
    """Return a column of any type as an array of str; the empty string stands for unknown.

    Text is stripped and brought to Unicode's form NFC; 1 and 1.0 are '1'. ValueError names the
    first sample that is neither text nor a whole number, or of another type than the first.

    >>> from skfer._subjects import subject_ids
    >>> subject_ids([1.0, None, 3]).tolist()
    ['1', '', '3']
    """
    if isinstance(column, np.ma.MaskedArray):
        column = column.astype(object).filled(None)
    values = column_or_1d(column, dtype=object)
    ids = np.array([_subject_id(value, index) for index, value in enumerate(values)], dtype=str)
    known = np.flatnonzero(ids != "")
    is_text = np.array([isinstance(values[index], str | bytes) for index in known], dtype=bool)
    if len(known) and (is_text != is_text[0]).any():
        first, other = known[0], known[(is_text != is_text[0]).argmax()]
        raise ValueError(
            f"Subjects are of two types: sample {first} has {values[first]!r}, sample {other} has "
            f"{values[other]!r}. Write all of them as text, or all as numbers."
        )
    return ids


def known_subjects(X, subjects=None, name="subjects"):
    """Return the subject of each image: `subjects` if given, else those of `X`.

    A face array, or a DataFrame with a column ``subject``, brings its own. Raises ValueError if
    there are none, their number is another, one is unknown, or they contradict those of `X`. `name`
    is what the caller's argument is called.
    """
    own = own_subjects(X)
    if subjects is None and own is None:
        raise ValueError(
            "Rows and stacks of images carry no subjects. Give a face array "
            f"(skfer.faces.make_face_array), or the person of each image as {name}."
        )
    subjects = own if subjects is None else subject_ids(subjects)
    check_consistent_length(X, subjects)
    unknown = np.flatnonzero(subjects == "")
    if len(unknown):
        raise ValueError(
            f"{len(unknown)} of {len(subjects)} images have no subject, the first is sample "
            f"{unknown[0]}. Name the person of each image, as {name} or in the face array: "
            "skfer.faces.with_fields(faces, subject=names)."
        )
    if own is not None:
        _check_agreement(own, subjects, name, isinstance(X, pd.DataFrame))
    return subjects


def own_subjects(X):
    """Return the ids that a face array or DataFrame brings, unknown ones empty; None of others."""
    if "subject" in map(str, getattr(X, "columns", ())):
        require_pandas(X, "X")
    is_frame = isinstance(X, pd.DataFrame)
    names = X.columns if is_frame else getattr(getattr(X, "dtype", None), "names", None) or ()
    return _field_subjects(X["subject"]) if "subject" in names else None


def require_pandas(table, name):
    """Refuse the DataFrame of another library, whose columns would not be found."""
    if hasattr(table, "to_pandas"):
        library = type(table).__module__.split(".")[0]
        raise ValueError(
            f"{name} is a {type(table).__name__} of {library}; give one of pandas: "
            f"{name}.to_pandas()."
        )


def drop_subjects(X, estimator=None):
    """Drop the column ``subject`` of a DataFrame, unless a part of the estimator asks for it.

    It tells whose row it is and is no feature. A part asks for it that names it in a parameter, as
    SubjectNormalizer does, that chooses its columns itself, or that has ``_takes_subject_column``
    and gets the rows as they came. ValueError if some of parallel parts ask for it and some do not.
    """
    if not isinstance(X, pd.DataFrame) or _asks_for_subjects(estimator, True):
        return X
    return X.drop(columns="subject", errors="ignore")


def _asks_for_subjects(part, gets_rows):
    """Search an estimator, or what a parameter of one holds, for who asks for the column."""
    if isinstance(part, str):
        return part == "subject"
    if isinstance(part, dict):
        return any(_asks_for_subjects(value, gets_rows) for value in part.values())
    if isinstance(part, list | tuple | pd.Index):
        return any(_asks_for_subjects(value, gets_rows) for value in part)
    if not hasattr(part, "get_params") or isclass(part):
        return False
    chooses = isinstance(part, ColumnTransformer | FunctionTransformer)
    if gets_rows and (chooses or getattr(part, "_takes_subject_column", False)):
        return True
    if hasattr(part, "steps"):  # the first one hands on what no longer has the column
        steps = [step for _, step in part.steps]
        return any(_asks_for_subjects(step, gets_rows and step is steps[0]) for step in steps)
    members = getattr(part, "estimators", getattr(part, "transformer_list", None))
    if members is not None:
        return _all_ask_for_subjects(part, members, gets_rows)
    values = part.get_params(deep=False).values()
    return any(_asks_for_subjects(value, gets_rows) for value in values)


def _all_ask_for_subjects(whole, members, gets_rows):
    """Search estimators that get the same rows, of which all or none may ask for the column."""
    asks = {name: _asks_for_subjects(own, gets_rows) for name, own in members if own != "drop"}
    if len(set(asks.values())) > 1:
        user, other = (next(name for name in asks if asks[name] == it) for it in (True, False))
        raise ValueError(
            f"'{user}' of {type(whole).__name__} uses the column 'subject', but '{other}' would "
            f"take it as a feature. Begin '{other}' with a ColumnTransformer that drops the column."
        )
    return any(asks.values())


def _subject_id(value, index):
    if isinstance(value, bytes):
        value = value.decode(errors="surrogateescape")
    if isinstance(value, str):
        return _text_id(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    number = isinstance(value, Integral) or (isinstance(value, Real) and float(value).is_integer())
    if isinstance(value, bool | np.bool_) or not number:
        raise ValueError(
            f"Sample {index} has the subject {value!r}; an id is text or a whole number."
        )
    return "" if value < 0 else str(int(value))


@lru_cache(maxsize=10_000)  # a subject has many images
def _text_id(value):
    text = _AROUND.sub("", unicodedata.normalize("NFC", value))
    return "" if text.casefold() in _UNKNOWN or _CODE_OF_MISSING.fullmatch(text) else text


def _field_subjects(field):
    """Return the ids of the field of a face array; one that fills the field may have been cut."""
    width = field.dtype.itemsize // 4 if field.dtype.kind == "U" else 0
    full = np.flatnonzero(np.char.str_len(field) == width) if width else []
    if len(full):
        raise ValueError(
            f"Sample {full[0]} has the subject '{field[full[0]]}', which fills its field of "
            f"{width} characters and may have been cut when it was assigned. Give the ids anew: "
            "skfer.faces.with_fields(faces, subject=names)."
        )
    return subject_ids(field)


def _check_agreement(own, given, argument, is_frame):
    """Refuse ids that group the images in another way than those of the face array or DataFrame."""
    place, remedy = "the face array", "skfer.faces.with_fields(faces, subject=people)"
    if is_frame:
        place, remedy = "the DataFrame", "X.assign(subject=people)"
    pairs = pd.DataFrame({"own": own, "given": given})[own != ""].drop_duplicates()
    for name, other in (("own", "given"), ("given", "own")):
        counts = pairs.groupby(name, sort=False)[other].agg(list)
        for subject, others in counts[counts.map(len) > 1].head(1).items():
            places = [place, argument][:: 1 if name == "own" else -1]
            raise ValueError(
                f"Two columns of subjects contradict each other: '{subject}' of {places[0]} is "
                f"{reprlib.repr(others)} of {places[1]}. Put the people into {place}: {remedy}."
            )
