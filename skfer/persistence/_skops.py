"""Estimators without a network as the bytes of skops, which builds known types only."""

import io
import json
import math
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import skops.io
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.utils import Bunch

from skfer.utils._discovery import all_estimators

# Nodes that take no more memory than their text or file; bytes and generators, for example, may.
_NODES = {
    *("JsonNode", "ListNode", "TupleNode", "SetNode", "DictNode", "SliceNode", "TypeNode"),
    *("NdArrayNode", "RandomStateNode", "ObjectNode", "FunctionNode", "LossNode"),
}
_VALUES = {"numpy.ndarray", *(f"builtins.{name}" for name in ("str", "int", "float", "bool"))} | {
    f"numpy.{kind.__name__}"
    for kind in np.sctypeDict.values()
    if issubclass(kind, np.number | np.bool_ | np.str_)
}
_BOOLS = ("bool", "bool_")
_SCHEMA = "schema.json"
_LARGEST_COUNT = 10_000  # of objects and functions: skops takes kilobytes for each


def dump_estimator(estimator):
    """Write an estimator as bytes; a TypeError names what `load_estimator` would refuse."""
    name = type(estimator).__name__
    try:
        content = _compact(skops.io.dumps(estimator))
        load_estimator(content)
    except Exception as error:  # skops raises whatever the copying of an unknown object does
        advice = (
            "Save its best_estimator_"
            if hasattr(estimator, "best_estimator_")
            else "Save it without steps of your own, such as model[1:], and add them after loading"
        )
        raise TypeError(f"{name} cannot be saved without pickle: {error}. {advice}.") from error
    return content


def _compact(content):
    """Write the schema without its indentation, which is two thirds of it."""
    compact = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as archive, ZipFile(compact, "w") as smaller:
        for name in archive.namelist():
            member = archive.read(name)
            if name == _SCHEMA:
                member = json.dumps(json.loads(member), separators=(",", ":"))
            smaller.writestr(name, member)
    return compact.getvalue()


def load_estimator(content):
    """Build an estimator from bytes; types that are not trusted are a ValueError."""
    with ZipFile(io.BytesIO(content)) as archive:
        check_members(archive, len(content))
        for name in set(archive.namelist()) - {_SCHEMA}:
            _check_array(archive.read(name))
        json.loads(archive.read(_SCHEMA), object_hook=_SchemaCheck())
    kinds = [SamplingPipeline, Bunch, *(kind for _, kind in all_estimators())]
    trusted = {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
    asked_for = set(skops.io.get_untrusted_types(data=content))
    if odd := sorted(asked_for - trusted):
        raise ValueError(f"it holds types that are not trusted: {odd}")
    return skops.io.loads(content, trusted=sorted(asked_for))  # each node keeps a copy of the list


def check_members(archive, size):
    """Refuse a zip archive of `size` bytes that would unpack to more, or to different things."""
    members = archive.infolist()
    if len({member.filename for member in members}) != len(members):
        raise ValueError("its members need different names")
    if any(member.compress_type != ZIP_STORED for member in members):
        raise ValueError("its members are compressed, and could unpack to any size")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members would unpack to more than the file")


def _check_array(content):
    """Refuse what is no .npy file, and one whose header tells of more than follows it."""
    file = io.BytesIO(content)
    major, _ = np.lib.format.read_magic(file)
    shape, _, dtype = getattr(np.lib.format, f"read_array_header_{major}_0")(file)
    n_bytes, n_values = len(content) - file.tell(), math.prod(shape)
    if n_values * dtype.itemsize != n_bytes or n_values > max(n_bytes, 1):
        raise ValueError(f"an array of shape {shape} and type {dtype} is not {n_bytes} bytes")


class _SchemaCheck:
    """Refuse nodes of skops that would take more memory than their text or file."""

    def __init__(self):
        self.seen, self.read, self.count = {}, {}, 0

    def __call__(self, node):
        loader = node.get("__loader__")
        if not isinstance(loader, str):  # a dictionary of nodes
            return node
        kind = f"{node.get('__module__')}.{node.get('__class__')}"
        if loader not in _NODES or loader in ("TypeNode", "NdArrayNode") and kind not in _VALUES:
            raise ValueError(f"it holds types that are not trusted: {[kind]}")
        self.count += loader in ("ObjectNode", "FunctionNode")
        if self.count > _LARGEST_COUNT:
            raise ValueError(f"it holds more than {_LARGEST_COUNT} objects")
        if loader == "JsonNode" and node["content"].lstrip()[:1] in ("[", "{"):
            raise ValueError("it holds a list or dictionary as text")
        if loader == "DictNode":
            keys = zip(node["content"], node["key_types"]["content"], strict=False)
            if any(key == "false" and kind["__class__"] in _BOOLS for key, kind in keys):
                raise ValueError("skops would read the key False of a dictionary as True")
        if node.get("type") == "json" and len(node["shape"]["content"]) != 1:
            raise ValueError("arrays of objects have one axis")
        identity, file = node.pop("__id__", None), node.pop("file", None)
        # skops reads a file again for each node of another identity.
        if file and not (identity and self.read.setdefault(file, identity) == identity):
            raise ValueError(f"it asks for {file!r} more than once")
        # It takes the first of one identity for all; written out, they cannot multiply.
        if identity and self.seen.setdefault(identity, node) != node:
            raise ValueError(f"it has two objects of the identity {identity!r}")
        return node
