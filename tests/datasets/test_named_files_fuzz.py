"""Readers of sets whose file names are the labels: never a wrong one, always a clear error."""

import string
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skfer.datasets._indexing.named_files import NO_IMAGE_SUFFIXES
from skfer.datasets._layouts.jaffe import index_jaffe
from skfer.datasets._layouts.nimstim import index_nimstim
from skfer.datasets._layouts.yale import index_yale

IMAGE_SUFFIXES = ("bmp", "jpg", "jpeg", "png", "tif", "tiff")
JAFFE = {
    "AN": "anger",
    "DI": "disgust",
    "FE": "fear",
    "HA": "happy",
    "NE": "neutral",
    "SA": "sad",
    "SU": "surprise",
}
NIMSTIM = {**JAFFE, "CA": "neutral", "SP": "surprise"}
YALE = {"happy": "happy", "sad": "sad", "surprised": "surprise", "wink": None, "sleepy": None}
NUMBERS = [f"{number:02d}" for number in range(1, 16)]


def read_jaffe_name(name):
    """Parse a name by hand: subject and expression, or None."""
    subject, code, number, suffix = name.upper().split(".")
    assert subject in ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")
    assert len(code) == 3 and code[2].isdecimal() and number.isdecimal()
    assert suffix in ("TIF", "TIFF")
    return subject, JAFFE[code[:2]]


def read_nimstim_name(name):
    stem, suffix = name.upper().split(".")
    actor, code, mouth = stem.split("_")
    assert len(actor) == 3 and actor[:2].isdecimal() and actor[2] in "FM"
    assert code != "SU" and mouth in ("C", "O", "X") and suffix.lower() in IMAGE_SUFFIXES
    return actor, NIMSTIM[code]


def read_yale_name(name):
    if name == "subject01.gif":
        return "subject01", "neutral"
    subject, condition, *suffixes = name.lower().split(".")
    assert subject.startswith("subject") and subject[7:] in NUMBERS
    assert len(suffixes) <= 1
    assert all(suffix in (*IMAGE_SUFFIXES, "gif", "pgm") for suffix in suffixes)
    lights = ("normal", "centerlight", "leftlight", "rightlight", "glasses", "noglasses")
    return subject, "neutral" if condition in lights else YALE[condition]


READERS = {
    "jaffe": (index_jaffe, read_jaffe_name, ("KA.AN1.39.tiff", "YM.SU3.200.tif")),
    "nimstim": (index_nimstim, read_nimstim_name, ("01F_AN_C.BMP", "43m_sp_o.jpeg")),
    "yale": (index_yale, read_yale_name, ("subject01.happy", "subject15.noglasses.gif")),
}
CHARACTERS = st.sampled_from(string.ascii_letters + string.digits + "._- é\u0661\u017f")


@st.composite
def damaged(draw, examples):
    """Draw a name with up to two characters put in, left out or changed."""
    name = draw(st.sampled_from(examples))
    for _ in range(draw(st.integers(0, 2))):
        position = draw(st.integers(0, len(name)))
        put_in = draw(st.one_of(st.just(""), CHARACTERS))
        name = name[:position] + put_in + name[position + draw(st.integers(0, 1)) :]
    return name


@pytest.mark.parametrize("data_set", READERS)
@given(data=st.data())
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_names(data_set, data):
    index_files, read_name, examples = READERS[data_set]
    name = data.draw(damaged(examples))
    try:
        assert name.isascii()  # digits of other scripts, a long s
        meaning = read_name(name)
    except (AssertionError, KeyError, ValueError):
        meaning = None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).touch()
        check_index(index_files, Path(folder), name, meaning)


def check_index(index_files, folder, name, meaning):
    if meaning is None and is_left_out(name):
        assert index_files(folder).empty
    elif meaning is None:
        with pytest.raises(ValueError, match="files that are not named such as") as error:
            index_files(folder)
        assert f"'{name}'" in str(error.value)
    else:
        (row,) = index_files(folder).to_dict("records")
        assert (row["subject"], row["expression"]) == meaning
        assert row["path"] == str(folder / name)


def is_left_out(name):
    lower = name.lower()
    return lower.startswith((".", "readme")) or lower.endswith(NO_IMAGE_SUFFIXES)
