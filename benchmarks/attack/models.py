"""Damaged and hand-made model files through `read_card`, `load_model` and `predict`."""

import copy
import io
import itertools
import json
import struct
import sys
import warnings
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from benchmarks.attack.attempt import Attempt, allowed_megabytes, judge
from benchmarks.attack.mutations import mutate_array, mutate_bytes, mutate_json
from benchmarks.attack.victim import run_victim
from skfer.classifiers import CSPPClassifier
from skfer.persistence import load_model, read_card, save_model
from skfer.utils._opencv import cv2

FULL_SIZE = 4000
CANARY = "skfer_attack_canary"  # a module that tells when a file has it imported


def prepare(folder):
    """Save three models; return the folder, their bytes by name, and images to predict."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    (folder / f"{CANARY}.py").write_text("class Canary:\n    pass\n")
    sys.path.append(str(folder))
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (24, 32, 32), np.uint8)
    labels = np.array(["happy", "sad", "fear"] * 8)
    rows = images[:, ::2, ::2].reshape(24, -1)
    network = CSPPClassifier(network__hidden_units=8, max_epochs=1, device="cpu", random_state=0)
    models = {
        "svm": (make_pipeline(StandardScaler(), MinMaxScaler(), SVC()), rows),
        "network": (network, images),
        "both": (make_pipeline(MinMaxScaler(), network), rows),
    }
    files = {}
    for name, (model, X) in models.items():
        save_model(model.fit(X, labels), folder / "model", card={"figures": {"accuracy": 0.5}})
        files[name] = (folder / "model").read_bytes()
        _use(folder / "model", X)  # so that nothing is left to be imported
    return folder, files, {name: X[:4] for name, (_, X) in models.items()}


def attempt(context, number, rng):
    """Load one file: first those made by hand, then damaged ones."""
    folder, files, images = context
    path = Path(folder, "model")
    if number < len(HAND_MADE):
        what = list(HAND_MADE)[number]
        name, make = HAND_MADE[what]
        path.write_bytes(make(files[name]))
    else:
        name, layer = str(rng.choice(list(files))), str(rng.choice(list(_LAYERS)))
        path.write_bytes(_LAYERS[layer](files[name], rng))
        what = f"{name}: {layer}"
    outcome = run_victim(lambda: _use(path, images[name]), folder)
    result = judge(what, outcome, allowed=["ValueError"], megabytes=allowed_megabytes(path))
    if outcome.value is not None:
        return Attempt(what, outcome.value, result.problem)
    return result


def _use(path, X):
    """Do all that a user does; what a model with contradictory contents predicts is its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read_card(path)
        except ValueError:
            load_model(path, device="cpu")
            return "loaded, but its card cannot be read"
        model = load_model(path, device="cpu")
        try:
            model.predict(X)
        except MemoryError:
            raise
        except Exception as error:
            return f"loaded, predict raised {type(error).__name__}"
    return "predicted"


def _unzip(data):
    with ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(members, compression=ZIP_STORED):
    file = io.BytesIO()
    with ZipFile(file, "w", compression, compresslevel=1) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that come twice
        for name, content in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, content)
    return file.getvalue()


def _change_member(data, change, chosen):
    """Change one member of the outer archive, with the right checksums around it."""
    members = _unzip(data)
    name = chosen(sorted(members))
    if name is not None:
        members[name] = change(members[name])
    return _zip(members)


def _in_parts(data, change, chosen):
    """Change one member of the archive of skops within."""
    return _change_member(
        data, lambda parts: _change_member(parts, change, chosen), lambda _: "model.skops"
    )


def _with_schema(change):
    """Return a function that changes the tree of the estimator in a model file."""

    def make(data):
        def rewrite(text):
            return json.dumps(change(json.loads(text))).encode()

        return _in_parts(data, rewrite, lambda _: "schema.json")

    return make


def _damage_card(data, rng):
    def damage(text):
        return json.dumps(mutate_json(json.loads(text), rng)).encode()

    return _change_member(data, damage, lambda _: "card.json")


def _damage_schema(data, rng):
    return _with_schema(lambda schema: mutate_json(schema, rng))(data)


def _damage_types(data, rng):
    """Put another type, function or loader into one to three nodes."""

    def swap(schema):
        nodes = list(_nodes(schema))
        for _ in range(rng.integers(1, 4)):
            node = nodes[rng.integers(len(nodes))]
            module, kind = _TYPES[rng.integers(len(_TYPES))]
            node |= {"__module__": module, "__class__": kind}
            if rng.random() < 0.7:
                node["__loader__"] = str(rng.choice(_LOADERS))
        return schema

    return _with_schema(swap)(data)


def _damage_arrays(data, rng):
    def choose(names):
        arrays = [name for name in names if name.endswith(".npy")]
        return str(rng.choice(arrays)) if arrays else None

    return _in_parts(data, lambda array: mutate_array(array, rng), choose)


def _damage_tensors(data, rng):
    def damage(content):
        size = int.from_bytes(content[:8], "little")
        header, numbers = content[8 : 8 + size], content[8 + size :]
        kind = rng.integers(3)
        if kind == 0:
            header = json.dumps(mutate_json(json.loads(header), rng)).encode()
        elif kind == 1:
            values = np.frombuffer(numbers, np.float32).copy()
            values[rng.integers(len(values), size=100)] = rng.choice([np.nan, np.inf, 1e30])
            numbers = values.tobytes()
        else:
            return mutate_bytes(content, rng)[0]
        return len(header).to_bytes(8, "little") + header + numbers

    def choose(names):
        networks = [name for name in names if name.endswith(".safetensors")]
        return networks[0] if networks else "card.json"

    return _change_member(
        data,
        lambda content: damage(content) if content[:1] != b"{" else mutate_bytes(content, rng)[0],
        choose,
    )


def _damage_parts(data, rng):
    def damage(content):
        return mutate_bytes(content, rng)[0] if content else b"x"

    return _in_parts(data, damage, lambda names: str(rng.choice(names)))


_LAYERS = {
    "bytes of the file": lambda data, rng: mutate_bytes(data, rng)[0],
    "its card": _damage_card,
    "its tree": _damage_schema,
    "types in its tree": _damage_types,
    "its arrays": _damage_arrays,
    "its tensors": _damage_tensors,
    "bytes of its parts": _damage_parts,
}

_TYPES = [
    ("os", "system"),
    ("posix", "system"),
    ("builtins", "eval"),
    ("builtins", "exec"),
    ("builtins", "getattr"),
    ("builtins", "bytearray"),
    ("builtins", "map"),
    ("subprocess", "Popen"),
    ("pathlib", "Path"),
    ("numpy", "bytes_"),
    ("numpy", "void"),
    ("numpy", "ones"),
    ("numpy", "load"),
    ("numpy", "add"),
    ("joblib", "load"),
    ("pickle", "loads"),
    ("importlib", "import_module"),
    ("operator", "attrgetter"),
    ("sklearn.svm._classes", "SVC"),
    ("sklearn.pipeline", "Pipeline"),
    ("sklearn.model_selection._search", "GridSearchCV"),
    ("skfer.classifiers", "CSPPClassifier"),
    ("torch", "load"),
    (CANARY, "Canary"),
]
_LOADERS = [
    "TypeNode", "FunctionNode", "PartialNode", "OperatorFuncNode", "MethodNode", "ObjectNode",
    "ReduceNode", "ConstructorFromReduceNode", "NdArrayNode", "BytesNode", "BytearrayNode",
    "JsonNode", "DictNode", "ListNode", "SetNode", "TupleNode", "DTypeNode", "RandomStateNode",
    "RandomGeneratorNode", "SparseMatrixNode", "MaskedArrayNode", "CachedNode", "TreeNode",
    "DefaultDictNode", "SliceNode", "CythonNode", "NoSuchNode",
]  # fmt: skip


def _nodes(tree):
    if isinstance(tree, dict):
        if "__loader__" in tree:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)


def _array(values):
    file = io.BytesIO()
    np.save(file, values, allow_pickle=True)
    return file.getvalue()


def _set(state, key, node):
    """Set an entry of the node of a dictionary; without a type for each key, skops drops some."""
    if key not in state["content"]:
        state["key_types"]["content"].append(state["key_types"]["content"][0])
    state["content"][key] = node


def _with_attribute(data, node, parts=None):
    """Add a node as an attribute of the estimator, and the files that it names."""
    members = _unzip(data)
    inner = _unzip(members["model.skops"]) | (parts or {})
    schema = json.loads(inner["schema.json"])
    _set(schema["content"], "attack_", node)
    inner["schema.json"] = json.dumps(schema).encode()
    return _zip(members | {"model.skops": _zip(inner)})


_identities = itertools.count(1)  # skops takes nodes of one identity for one


def _node(loader, module, kind, **more):
    names = {"__loader__": loader, "__module__": module, "__class__": kind}
    return names | {"__id__": next(_identities)} | more


def _list(nodes):
    return _node("ListNode", "builtins", "list", content=nodes)


def _bytes_of_integer(data):
    """Add nodes of NumPy that make a gigabyte of an integer, four times."""
    nodes, parts = [], {}
    for number in range(4):
        parts[f"{number}.npy"] = _array(np.int64(2**30))
        node = _node("NdArrayNode", "numpy", "bytes_", type="numpy", file=f"{number}.npy")
        nodes.append(node)
    return _with_attribute(data, _list(nodes), parts)


def _long_text(data):
    """Put one long text among many short ones, which an array of str pads."""
    texts = _node("NdArrayNode", "numpy", "ndarray", type="json", content=[
        _node("JsonNode", "builtins", "str", content=json.dumps(text), is_json=True)
        for text in [*(f"{number:05d}" for number in range(9_999)), "x" * 100_000]
    ], shape=_node("JsonNode", "builtins", "str", content="[10000]", is_json=True))  # fmt: skip

    def change(schema):
        _set(schema["content"], "classes_", texts)
        return schema

    return _with_schema(change)(data)


def _call(loader, module, kind, argument="touch canary"):
    """Make nodes that would call a function with a text."""
    text = _node("JsonNode", "builtins", "str", content=json.dumps(argument), is_json=True)
    arguments = _node("TupleNode", "builtins", "tuple", content=[text])
    function = _node(loader, module, kind, content={"obj": text, "func": "system"})
    node = _node("PartialNode", "functools", "partial", content={
        "func": function, "args": arguments, "kwds": text, "namespace": text,
    })  # fmt: skip
    reduced = _node("ReduceNode", module, kind, content=arguments, reduce={"args": arguments})
    attributes = _node("OperatorFuncNode", module, kind, attrs=arguments)
    constructed = _node("ConstructorFromReduceNode", module, kind, content=arguments)
    return {"partial": node, "reduce": reduced, "operator": attributes, "plain": function,
            "constructor": constructed}  # fmt: skip


def _cached(loader):
    """Return a maker of lists that name each other twice: 2**40 values for who walks them."""

    def make(data):
        levels = [_list([])]
        for _ in range(40):
            previous = {**levels[-1], "__loader__": loader, "content": []}
            levels.append(_list([previous, previous]))
        return _with_attribute(data, _list(levels))

    return make


def _deep_json(data):
    members = _unzip(data)
    members["card.json"] = b'{"format": 1, "card": {"a":' + b"[" * 10**5 + b"]" * 10**5 + b"}}"
    return _zip(members)


def _deep_tree(data):
    text = '{"__loader__": "ListNode", "__module__": "builtins", "__class__": "list", "content": ['
    members = _unzip(data)
    inner = _unzip(members["model.skops"])
    inner["schema.json"] = (text * 5000 + "]}" * 5000).encode()
    return _zip(members | {"model.skops": _zip(inner)})


def _pickle(text="touch canary"):
    return b"cos\nsystem\n(S'" + text.encode() + b"'\ntR."


def _object_array(data):
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    array = b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header + _pickle()
    node = _node("NdArrayNode", "numpy", "ndarray", type="numpy", file="o.npy")
    return _with_attribute(data, node, {"o.npy": array})


def _lying_array(shape, kind):
    def make(data):
        header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
        array = b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header + bytes(64)
        node = _node("NdArrayNode", "numpy", "ndarray", type="numpy", file="o.npy")
        return _with_attribute(data, node, {"o.npy": array})

    return make


def _array_many_times(data):
    nodes = [
        _node("NdArrayNode", "numpy", "ndarray", type="numpy", file="big.npy") for _ in range(1000)
    ]
    return _with_attribute(data, _list(nodes), {"big.npy": _array(np.zeros(10**6, np.uint8))})


def _bytes_many_times(data):
    nodes = [_node("BytesNode", "builtins", "bytes", file="big.bin") for _ in range(1000)]
    return _with_attribute(data, _list(nodes), {"big.bin": bytes(10**6)})


def _compressed(data):
    return _zip(_unzip(data) | {"bomb": bytes(2**30)}, ZIP_DEFLATED)


def _compressed_parts(data):
    members = _unzip(data)
    inner = _unzip(members["model.skops"]) | {"bomb.npy": _array(np.zeros(2**28, np.uint8))}
    return _zip(members | {"model.skops": _zip(inner, ZIP_DEFLATED)})


def _overlapping(data):
    """Write an archive whose directory names one content under a thousand names."""
    name, content, n_names = b"a" * 8, bytes(10**6), 1000
    crc = zlib.crc32(content)
    sizes = struct.pack("<III", crc, len(content), len(content))
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 0, 0, 0) + sizes
    local += struct.pack("<HH", 8, 0) + name + content
    directory = b"".join(
        b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 0, 0, 0) + sizes
        + struct.pack("<HHHHHII", 8, 0, 0, 0, 0, 0, 0) + b"%08d" % number
        for number in range(n_names)
    )  # fmt: skip
    end = struct.pack("<HHHHIIH", 0, 0, n_names, n_names, len(directory), len(local), 0)
    return local + directory + b"PK\5\6" + end


def _parameter(name, value):
    """Give a parameter of the classifier another value."""

    def make(data):
        text = _node("JsonNode", "builtins", "str", content=json.dumps(value), is_json=True)

        def change(schema):
            _set(schema["content"], name, text)
            return schema

        return _with_schema(change)(data)

    return make


def _same_steps(data):
    """Give two steps one name."""

    def change(schema):
        for node in _nodes(schema):
            if node.get("content") == '"minmaxscaler"':
                node["content"] = '"standardscaler"'
        return schema

    return _with_schema(change)(data)


def _steps_in_each_other(data):
    def change(schema):
        inner = schema
        for number in range(40):
            outer = copy.deepcopy(schema) | {"__id__": number}
            outer["content"]["content"]["steps"]["content"][0]["content"][1] = inner
            inner = outer
        return inner

    return _with_schema(change)(data)


def _tensor_header(change):
    def make(data):
        def rewrite(content):
            size = int.from_bytes(content[:8], "little")
            header = change(json.loads(content[8 : 8 + size]))
            header = json.dumps(header).encode()
            return len(header).to_bytes(8, "little") + header + content[8 + size :]

        return _change_member(data, rewrite, lambda names: "network-0.safetensors")

    return make


def _set_first(**values):
    def change(header):
        name = next(name for name in header if name != "__metadata__")
        return header | {name: header[name] | values}

    return change


def _added(node):
    return lambda data: _with_attribute(data, node)


def _calls():
    targets = {
        "os.system": ("FunctionNode", "os", "system"),
        "eval": ("TypeNode", "builtins", "eval"),
        "exec": ("MethodNode", "builtins", "exec"),
        "the canary": ("TypeNode", CANARY, "Canary"),
        "subprocess.Popen": ("TypeNode", "subprocess", "Popen"),
        "joblib.load": ("FunctionNode", "joblib", "load"),
    }
    for target, function in targets.items():
        for way, node in _call(*function).items():
            yield f"{target} by a node: {way}", ("svm", _added(node))


HAND_MADE = {
    "gigabytes by numpy.bytes_ of an integer": ("svm", _bytes_of_integer),
    "a long text among 10,000 in the labels": ("network", _long_text),
    "lists that name each other": ("svm", _cached("CachedNode")),
    "lists of the identity of others": ("svm", _cached("ListNode")),
    "a card of 100,000 brackets": ("svm", _deep_json),
    "a tree of 5,000 lists": ("svm", _deep_tree),
    "an array of pickled objects": ("svm", _object_array),
    "an array of 2**40 numbers": ("svm", _lying_array("(1099511627776,)", "<f8")),
    "an array of negative length": ("svm", _lying_array("(-1,)", "<f8")),
    "an array of 2**31 texts of no length": ("svm", _lying_array("(2147483648,)", "<U0")),
    "an array of one text of 4 GB": ("svm", _lying_array("(1,)", "<U1073741823")),
    "an array named 1,000 times": ("svm", _array_many_times),
    "bytes named 1,000 times": ("svm", _bytes_many_times),
    "a compressed member of 1 GB": ("svm", _compressed),
    "compressed parts": ("svm", _compressed_parts),
    "members over each other": ("svm", _overlapping),
    "a pickle": ("svm", lambda data: _pickle()),
    "a pickle as tree": (
        "svm",
        lambda data: _zip(_unzip(data) | {"model.skops": _pickle()}),
    ),
    "members that come twice": ("svm", lambda data: _zip([*_unzip(data).items()] * 2)),
    "a member with a path upwards": ("svm", lambda data: _zip(_unzip(data) | {"../up": b"x"})),
    "a window of 100,001 pixels": (
        "network",
        _parameter("network__contrast_window", 100_001),
    ),
    "a network of 10**9 units": ("network", _parameter("network__hidden_units", 10**9)),
    "batches of 10**12 images": ("network", _parameter("batch_size", 10**12)),
    "callbacks by name": ("network", _parameter("callbacks", ["os.system"])),
    "a network that is a text": ("network", _parameter("network", "os.system")),
    "an image shape of 2**14": ("network", _parameter("image_shape_", [2**14, 2**14])),
    "two steps of one name": ("svm", _same_steps),
    "pipelines in each other": ("svm", _steps_in_each_other),
    "a tensor of 2**60 numbers": ("network", _tensor_header(_set_first(shape=[2**30, 2**30]))),
    "a tensor of no numbers": ("network", _tensor_header(_set_first(shape=[0]))),
    "a tensor of another type": ("network", _tensor_header(_set_first(dtype="F64"))),
    "a tensor from elsewhere": ("network", _tensor_header(_set_first(data_offsets=[0, 2**40]))),
    "no tensors": ("network", _tensor_header(lambda header: {})),
    **dict(_calls()),
}
