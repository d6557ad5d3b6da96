"""Saved faces whose files somebody changed are a ValueError, whatever was changed."""

import json
import zipfile

import joblib
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skfer.datasets import load_faces, make_faces, save_faces

N = 4


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Save a few faces, one of which could not be read; return the three files by suffix."""
    file = tmp_path_factory.mktemp("saved") / "saved.npy"
    data = make_faces(N, 1, expressions=("happy",), image_size=(32, 32), random_state=0)
    save_faces(file, data.faces, data.frame)
    return {suffix: file.with_suffix(suffix).read_bytes() for suffix in SUFFIXES}


SUFFIXES = (".npy", ".index.json", ".json")


@pytest.fixture
def file(originals, tmp_path):
    file = tmp_path / "saved.npy"
    for suffix, content in originals.items():
        file.with_suffix(suffix).write_bytes(content)
    return file


def change_state(file, **changes):
    path = file.with_suffix(".json")
    state = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in state.items() if value != "DELETED"}))


def change_index(file, text):
    """Write another index, with its checksum in the state."""
    file.with_suffix(".index.json").write_bytes(text)
    change_state(file, index=joblib.hash(text))


FAILURE = {"row": 0, "path": None, "error": "broken"}
KEYS = ["n_done", "n_faces", "unreadable", "dtype", "offset", "n_bytes", "index", "transformer"]
STATES = [
    *({key: "DELETED"} for key in KEYS),
    *({key: None} for key in KEYS[:3]),
    *({key: [1]} for key in KEYS[:6]),
    {"redistributable": "DELETED"},
    {"n_done": "4"},
    {"n_done": -1},
    {"n_done": N - 1, "n_faces": N - 1},
    {"n_done": 10**30, "n_faces": 10**30},
    {"n_bytes": 10**30},
    {"offset": -1},
    {"dtype": "uint8"},
    {"dtype": "no type"},
    {"unreadable": [FAILURE]},
    {"unreadable": [{"row": 99}]},
    {"unreadable": [{}]},
    {"unreadable": [7]},
    {"unreadable": {"row": 0}},
]
INDEXES = [
    b"",
    b"[]",
    b"{}",
    b"[1]",
    b"[[1, 2]]",
    b"null",
    b"[" * 100_000,
    b'[["subject", "object", ["a"]], ["expression", "object", ["happy"]]]',
    b'[["subject", "object", ["a"]], ["expression", "object", ["happy", "sad"]]]',
    b'[["subject", "no type", ["a"]]]',
    b'[["subject", "object", 3]]',
    b'[["other", "object", ["a", "b", "c", "d"]]]',
    b'[["subject", "object", [[1], [1, [2]], "c", "d"]], ["expression", "object", [1, 2, 3, 4]]]',
]


@pytest.mark.parametrize("changes", STATES, ids=str)
def test_a_changed_state_is_refused(file, changes):
    change_state(file, **changes)
    with pytest.raises(ValueError):
        load_faces(file)


@pytest.mark.parametrize("text", INDEXES, ids=lambda text: text[:40].decode())
def test_a_changed_index_is_refused(file, text):
    change_index(file, text)
    with pytest.raises(ValueError):
        load_faces(file)


def test_an_index_of_another_length_is_refused(file):
    columns = json.loads(file.with_suffix(".index.json").read_text())
    columns = [[name, dtype, values[:-1]] for name, dtype, values in columns]
    change_index(file, json.dumps(columns).encode())
    with pytest.raises(ValueError, match="index.json' has 3 rows for 4 faces"):
        load_faces(file)


def test_an_index_of_other_people_is_noticed_by_verify(file):
    columns = json.loads(file.with_suffix(".index.json").read_text())
    columns = [
        [name, dtype, values[::-1] if name == "subject" else values]
        for name, dtype, values in columns
    ]
    change_index(file, json.dumps(columns).encode())
    with pytest.raises(ValueError, match="index.json' names other subjects than the faces"):
        load_faces(file, verify=True)


def save_archive(file):
    np.savez(file.with_suffix(".npz"), a=np.zeros(3))
    file.with_suffix(".npz").rename(file)


def save_deep_header(file):
    header = b"[" * 5000 + b"\n"
    file.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)


@pytest.mark.parametrize(
    "damage",
    [
        save_archive,
        save_deep_header,
        lambda file: np.save(file, np.array([{}], dtype=object), allow_pickle=True),
        lambda file: np.save(file, np.zeros((2, 2))),
        lambda file: np.save(file, np.zeros(N, [("image", "u1", (2, 2))])),
        lambda file: zipfile.ZipFile(file, "w").close(),
        lambda file: file.write_bytes(b""),
    ],
)
def test_another_array_is_refused(file, damage):
    damage(file)
    with pytest.raises(ValueError, match="is damaged or another file"):
        load_faces(file)
    change_state(file, offset=0, n_bytes=file.stat().st_size)  # the size fits then
    with pytest.raises(ValueError, match="is damaged or another file"):
        load_faces(file)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=9), values),
    max_leaves=6,
)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(value=VALUES, where=st.data())
def test_any_entry_may_be_anything(originals, file, value, where):
    """The faces come back as they were, or a ValueError does."""
    for suffix, content in originals.items():
        file.with_suffix(suffix).write_bytes(content)
    if where.draw(st.booleans()):
        key = where.draw(st.sampled_from(sorted(json.loads(originals[".json"]))))
        change_state(file, **{key: value})
    else:
        columns = json.loads(originals[".index.json"])
        column = where.draw(st.sampled_from(columns))
        column[where.draw(st.integers(0, 2))] = value
        change_index(file, json.dumps(columns).encode())
    try:
        data = load_faces(file, verify=True)
    except ValueError:
        return
    assert len(data.frame) == len(data.faces) == N
