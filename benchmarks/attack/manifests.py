"""Tampered saved faces through `load_faces`: the state, the index and the array."""

import json
import shutil

import joblib
import numpy as np

from benchmarks.attack.attempt import Attempt, allowed_megabytes, judge
from benchmarks.attack.mutations import mutate_json
from benchmarks.attack.victim import run_victim
from skfer.datasets import load_faces, make_faces, save_faces

FULL_SIZE = 134  # 34 or so by hand, the others at random


def prepare(folder):
    """Save faces; return the folder and the names of the three files."""
    data = make_faces(3, 1, expressions=("happy", "sad"), image_size=(16, 16), random_state=0)
    original = folder / "original"
    original.mkdir()
    save_faces(original / "f.npy", data.faces, data.frame)
    load_faces(original / "f.npy", verify=True)
    return folder, list(_hand_made(original))


def attempt(context, number, rng):
    """Tamper with one of the three files and load."""
    folder, hand_made = context
    copy = folder / "copy"
    shutil.copytree(folder / "original", copy)
    try:
        if number < len(hand_made):
            what, change = hand_made[number]
            change(copy)
        else:
            what = _tamper(copy, rng)
        outcome = run_victim(lambda: _load(copy / "f.npy"), copy)
        size = max(copy.iterdir(), key=lambda path: path.stat().st_size)
        result = judge(
            what, outcome, allowed=["ValueError", "FileNotFoundError"],
            megabytes=allowed_megabytes(size),
        )  # fmt: skip
        if result.problem is None and outcome.value is not None:
            return Attempt(what, "loaded", _contradiction(what, outcome.value))
        return result
    finally:
        shutil.rmtree(copy)


def _load(file):
    data = load_faces(file, verify=True)
    columns = [len(data.faces), len(data.target), len(data.subjects), len(data.frame)]
    equal = bool((data.faces["subject"] == data.subjects).all()) if len(set(columns)) == 1 else None
    return {"lengths": columns, "subjects agree": equal, "sum": int(data.images.sum())}


def _contradiction(what, loaded):
    if len(set(loaded["lengths"])) > 1:
        return f"faces, target, subjects and frame differ in length: {loaded['lengths']}"
    if not loaded["subjects agree"]:
        return "the subjects of the faces and of the index contradict each other"
    if what == "a pixel changed":
        return "a changed pixel was not noticed with verify=True"
    return None


def _hand_made(original):
    state = json.loads((original / "f.json").read_text())
    index = json.loads((original / "f.index.json").read_text())
    for key in state:
        yield f"{key} left out", _with_state(lambda state, key=key: _without(state, key))
        yield f"{key} of another type", _with_state(lambda state, key=key: state | {key: {"a": 1}})
    numbers = ("n_faces", "n_done", "offset", "n_bytes")
    for key in (key for key in numbers if key in state):
        for value in (-1, 2**62, 10**400, float("nan"), "0"):
            yield (
                f"{key}={str(value)[:30]}",
                _with_state(lambda state, key=key, value=value: state | {key: value}),
            )
    for rows in ([{"row": 99}], [{"row": "x"}], [1], [{}], [{"row": 0, "path": 1, "error": {}}]):
        yield (
            f"unreadable={rows}",
            _with_state(lambda state, rows=rows: state | {"unreadable": rows}),
        )
    for text in ("", "[]", "null", "{", '"x"', "[" * 10**5, '{"format": 1e999}', "\ufeff{}"):
        yield f"state {text[:20]!r}", _with_text("f.json", text)
        yield f"index {text[:20]!r}", _with_index(text)
    for name, change in {
        "no rows": lambda columns: [[n, t, v[:0]] for n, t, v in columns],
        "fewer rows": lambda columns: [[n, t, v[:-1]] for n, t, v in columns],
        "more rows": lambda columns: [[n, t, v * 2] for n, t, v in columns],
        "ragged columns": lambda columns: [*columns[:-1], [*columns[-1][:2], columns[-1][2][:1]]],
        "no subject": lambda columns: [c for c in columns if c[0] != "subject"],
        "no expression": lambda columns: [c for c in columns if c[0] != "expression"],
        "columns twice": lambda columns: columns * 2,
        "other subjects": lambda columns: [
            [n, t, v[::-1] if n == "subject" else v] for n, t, v in columns
        ],
        "unknown type": lambda columns: [[n, "os.system", v] for n, t, v in columns],
        "a type that evaluates": lambda columns: [[n, "category[x", v] for n, t, v in columns],
        "objects": lambda columns: [[n, t, [{"a": 1}] * len(v)] for n, t, v in columns],
        "a long text": lambda columns: [[n, "U100000000", v] for n, t, v in columns],
    }.items():
        yield f"index: {name}", _with_index(json.dumps(change(index)))
    for name, make in _ARRAYS.items():
        yield name, lambda folder, make=make: make(folder / "f.npy")
    for name in ("f.npy", "f.json", "f.index.json"):
        yield f"{name} missing", lambda folder, name=name: (folder / name).unlink()
        yield f"{name} empty", _with_text(name, "")


def _without(state, key):
    return {name: value for name, value in state.items() if name != key}


def _with_text(name, text):
    return lambda folder: (folder / name).write_text(text)


def _with_state(change):
    def make(folder):
        state = json.loads((folder / "f.json").read_text())
        (folder / "f.json").write_text(json.dumps(change(state)))

    return make


def _with_index(text):
    """Change the index, with its right checksum in the state."""

    def make(folder):
        (folder / "f.index.json").write_text(text)
        checksum = joblib.hash((folder / "f.index.json").read_bytes())
        _with_state(lambda state: state | {"index": checksum})(folder)

    return make


def _tamper(folder, rng):
    name = str(rng.choice(["f.json", "f.index.json"]))
    document = mutate_json(json.loads((folder / name).read_text()), rng)
    text = json.dumps(document)
    (_with_index(text) if "index" in name else _with_text(name, text))(folder)
    return f"{name} at random"


def _flip_pixel(file):
    data = bytearray(file.read_bytes())
    data[200] ^= 1
    file.write_bytes(data)


def _cut(file):
    file.write_bytes(file.read_bytes()[:-7])


def _lengthen(file):
    file.write_bytes(file.read_bytes() + b"\0")


def _as_archive(file):
    with open(file, "wb") as output:
        np.savez(output, x=np.zeros(3))


def _as_pickle(file):
    file.write_bytes(b"cos\nsystem\n(S'touch canary'\ntR.")


def _of_size(file, content):
    """Write content of the size of the file, so that the state fits."""
    size = file.stat().st_size
    file.write_bytes(content[:size].ljust(size, b"\0"))


def _with_header(descr, shape):
    def make(file):
        header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
        header = header.ljust(118) + b"\n"
        _of_size(file, b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header)

    return make


_ARRAYS = {
    "a pixel changed": _flip_pixel,
    "array cut": _cut,
    "array lengthened": _lengthen,
    "array is an archive": _as_archive,
    "array is a pickle": _as_pickle,
    "array is a pickle of the right size": lambda file: _of_size(file, b"cos\nsystem\n(S'x'\ntR."),
    "array of objects": _with_header("'|O'", "(6,)"),
    "array of other numbers": _with_header("'<f8'", "(6,)"),
    "array of 2**60 numbers": _with_header("'<f8'", f"({2**60},)"),
    "array of negative length": _with_header("'<f8'", "(-6,)"),
    "array with code in the header": _with_header("__import__('os')", "(6,)"),
    "array of zeros": lambda file: _of_size(file, b""),
}
