"""Model files that are small and ask for much: each is refused before anything is built."""

import contextlib
import io
import json
import resource
import tracemalloc
from random import Random

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.classifiers import CSPPClassifier
from skfer.persistence import load_model, save_model
from tests.zip_files import pack, unpack


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def header(shape, dtype):
    """Write the header of an array, and nothing behind it."""
    file = io.BytesIO()
    description = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, description)
    return file.getvalue()


def node(loader, kind, **parts):
    module, _, name = kind.rpartition(".")
    return {"__class__": name, "__module__": module, "__loader__": loader, **parts}


def text(value, **parts):
    return node("JsonNode", "builtins.str", content=json.dumps(value), **parts)


def sequence(items, kind="list", **parts):
    return node(f"{kind.title()}Node", f"builtins.{kind}", content=items, **parts)


def array(file="a.npy", kind="numpy.ndarray", **parts):
    return node("NdArrayNode", kind, type="numpy", file=file, **parts)


def objects(items, n_axes=1):
    shape = sequence([text(len(items))] * n_axes, "tuple")
    return node("NdArrayNode", "numpy.ndarray", type="json", content=items, shape=shape)


def mapping(content, key_type="builtins.str"):
    key_types = sequence([node("TypeNode", key_type)] * len(content))
    return node("DictNode", "builtins.dict", content=content, key_types=key_types)


def shared(depth):
    """Nest lists that hold the former list twice, written out once."""
    value = text("x", __id__=1)
    for level in range(2, depth):
        reference = {"__class__": "x", "__module__": "x", "__loader__": "ListNode", "content": []}
        value = sequence([value, reference | {"__id__": level - 1}], __id__=level)
    return value


EMPTY = sequence([], "tuple")
ARRAY = {"a.npy": npy(np.zeros(3))}
BOMB = {"a.npy": npy(np.int64(2**30))}
NOTHING = {}
HOSTILE = {
    "bytes of a length": (array(kind="numpy.bytes_"), BOMB, "numpy.bytes_"),
    "void of a length": (array(kind="numpy.void"), BOMB, "numpy.void"),
    "bytes as keys": (mapping({"1": text(1)}, "numpy.void"), NOTHING, "numpy.void"),
    "lists as keys": (mapping({"1": text(1)}, "builtins.tuple"), NOTHING, "builtins.tuple"),
    "type": (node("TypeNode", "numpy.bytes_"), NOTHING, "numpy.bytes_"),
    "constructor": (
        node("ConstructorFromReduceNode", "skfer.alignment._aligner.FaceAligner", content=EMPTY),
        NOTHING,
        "FaceAligner",
    ),
    "bytes": (node("BytesNode", "builtins.bytes", file="a.npy"), ARRAY, "bytes"),
    "bytearray": (node("BytearrayNode", "builtins.bytearray", file="a.npy"), ARRAY, "bytearray"),
    "generator": (
        node(
            "RandomGeneratorNode",
            "numpy.random._generator.Generator",
            content={
                "bit_generator": mapping({"bit_generator": text("PCG64")}),
                "seed_seq": mapping({"pool_size": text(10**10)}),
            },
        ),
        NOTHING,
        "Generator",
    ),
    "masked array": (
        node(
            "MaskedArrayNode",
            "numpy.ma.MaskedArray",
            content={"data": array(__id__=1), "mask": text(0)},
        ),
        ARRAY,
        "MaskedArray",
    ),
    "default": (
        node(
            "DefaultDictNode",
            "collections.defaultdict",
            content={"main": mapping({}), "default_factory": node("TypeNode", "builtins.str")},
        ),
        NOTHING,
        "defaultdict",
    ),
    "sparse": (
        node("SparseMatrixNode", "scipy.sparse._csr.csr_matrix", type="scipy", file="a.npy"),
        ARRAY,
        "csr_matrix",
    ),
    "operator": (
        node("OperatorFuncNode", "operator.mul", attrs=sequence([text("x"), text(2**30)], "tuple")),
        NOTHING,
        "operator.mul",
    ),
    "cached": (
        sequence([text("x", __id__=1), node("CachedNode", "x.x", __id__=1)]),
        NOTHING,
        "not trusted",
    ),
    "unknown node": (node("NewNode", "builtins.str"), NOTHING, "builtins.str"),
    "list as text": (text([[]] * 1000), NOTHING, "as text"),
    "dictionary as text": (node("JsonNode", "x.x", content=' {"a": 1}'), NOTHING, "as text"),
    "array used twice": (sequence([array(), array(__id__=1)]), ARRAY, "more than once"),
    "array of two names": (sequence([array(__id__=1), array(__id__=2)]), ARRAY, "more than once"),
    "array without values": (array(), {"a.npy": header((10**12,), "<U0")}, "is not 0 bytes"),
    "array cut short": (array(), {"a.npy": header((2**33,), "<f8")}, "is not 0 bytes"),
    "array and more": (array(), {"a.npy": npy(np.zeros(3)) + b"more"}, "is not 28 bytes"),
    "no array": (array(), {"a.npy": b"PK\x03\x04"}, "magic"),
    "unused member": (text(1), {"more": b"x"}, "magic"),
    "lists as an array": (
        objects([sequence([text(1)] * 3)] * 3, n_axes=2),
        NOTHING,
        "have one axis",
    ),
    "laughs": (shared(40), NOTHING, "two objects of the identity"),
    "two of one identity": (
        sequence([text("x", __id__=1), text("y", __id__=1)]),
        NOTHING,
        "two objects of the identity 1",
    ),
    "too many objects": (
        sequence([node("ObjectNode", "sklearn.svm._classes.SVC")] * 10_001),
        NOTHING,
        "more than 10000 objects",
    ),
    "deep": (json.loads('{"__loader__": "TupleNode", "content": ' * 400 + "1" + "}" * 400), {}, ""),
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    rng = np.random.default_rng(0)
    stack = rng.integers(0, 256, (8, 16, 16), np.uint8), np.array(["sad", "happy"] * 4)
    path = tmp_path_factory.mktemp("models") / "model.skfer"
    save_model(CSPPClassifier(max_epochs=1, network__hidden_units=8).fit(*stack), path)
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_a_small_file_that_asks_for_much_is_refused(saved, tmp_path, name):
    value, members, message = HOSTILE[name]
    parts = unpack(skops.io.dumps(StandardScaler().fit(np.ones((2, 1)))))
    schema = json.loads(parts["schema.json"])
    schema["content"]["content"]["more"] = value  # as an attribute of the scaler
    schema["content"]["key_types"]["content"].append(node("TypeNode", "builtins.str"))
    parts |= {"schema.json": json.dumps(schema), **members}
    path = tmp_path / "m"
    path.write_bytes(pack(unpack(saved.read_bytes()) | {"model.skops": pack(parts)}))
    with pytest.raises(ValueError, match=rf"Cannot load the model '.*': [\s\S]*{message}"):
        load_model(path)


def test_what_models_hold_is_still_built(tmp_path):
    """Values of every kind that a fitted model may have come back equal."""
    values = {
        "scalars": [np.float32(1.5), np.int64(3), np.bool_(True), np.str_("a"), 1, 2.5, None, "a"],
        "arrays": [np.zeros((0, 3)), np.array(["", "long"]), np.asfortranarray(np.eye(3)[:2])],
        "names": np.array(["a", "b", 3], dtype=object),
        "containers": [(1, (2,)), {"a": {1: 2, 2.5: None}}, {True: ()}, {"x", "y"}, slice(1, None)],
        "types": [np.float64, int],
        "functions": [np.log1p],
        "shared": [StandardScaler()] * 3,
    }
    model = SVC().fit([[0.0], [1.0]], [0, 1])
    vars(model).update(values)
    save_model(model, tmp_path / "m")
    again = vars(load_model(tmp_path / "m"))
    for name in ("scalars", "containers", "types", "functions"):
        assert again[name] == values[name]
        assert list(map(type, again[name])) == list(map(type, values[name]))
    for back, value in zip(
        again["arrays"] + [again["names"]], [*values["arrays"], values["names"]], strict=True
    ):
        np.testing.assert_array_equal(back, value)
        assert back.dtype == value.dtype
    assert again["shared"][0] is again["shared"][2]


def test_a_random_state_comes_back(tmp_path):
    model = SVC(random_state=np.random.RandomState(3)).fit([[0.0], [1.0]], [0, 1])
    save_model(model, tmp_path / "m")
    again = load_model(tmp_path / "m")
    assert again.random_state.randint(1000) == model.random_state.randint(1000)


def test_one_long_name_among_many_takes_no_more_than_its_text(tmp_path):
    names = [f"x{number}" for number in range(1000)] + ["long" * 25_000]
    scaler = StandardScaler().fit(pd.DataFrame(np.ones((2, 1001)), columns=names))
    save_model(scaler, tmp_path / "m")
    tracemalloc.start()
    again = load_model(tmp_path / "m")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert again.feature_names_in_.tolist() == names
    assert peak < 20 * (tmp_path / "m").stat().st_size


# Random changes of the schema, as a fuzzer makes them


ODD = [None, True, 0, -1, 2**31, 10**30, 1e308, "", "x", "1", "[]", "null", "2147483648"]
ODD += [[], {}, [[]]]
ODD += ["builtins", "numpy", "os", "system", "bytes_", "void", "ListNode", "DictNode", "JsonNode"]
ODD += ["NdArrayNode", "ObjectNode", "TypeNode", "RandomStateNode", "LossNode", "SVC", "EyeLocator"]


def containers(value):
    children = value.values() if isinstance(value, dict) else value
    found = [value] if value else []
    return sum((containers(child) for child in children if isinstance(child, dict | list)), found)


def mutate(schema, random):
    """Replace, drop, repeat or copy some entries of a schema."""
    for _ in range(random.randint(1, 4)):
        parts = containers(schema)
        part = random.choice(parts)
        key = random.choice(list(part) if isinstance(part, dict) else range(len(part)))
        change = random.choice(["replace", "copy", "drop", "repeat"])
        if change == "replace":
            part[key] = random.choice(ODD)
        elif change == "copy":
            part[key] = json.loads(json.dumps(random.choice(parts)))
        elif change == "drop":
            del part[key]
        elif isinstance(part, list):
            part.extend(part[:1000])
    return schema


def attack(saved, path, n_files, seed=0):
    """Load files with changed schemas; return how many megabytes that took at most."""
    random = Random(seed)
    files = unpack(saved.read_bytes())
    parts = unpack(files["model.skops"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(n_files):
        changed = mutate(json.loads(parts["schema.json"]), random)
        model = pack(parts | {"schema.json": json.dumps(changed)})
        path.write_bytes(pack(files | {"model.skops": model}))
        with contextlib.suppress(ValueError):
            load_model(path)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def test_random_changes_of_a_schema_are_refused_or_harmless(saved, tmp_path):
    assert attack(saved, tmp_path / "m", n_files=150) < 64
