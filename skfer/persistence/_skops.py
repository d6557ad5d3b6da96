"""Estimators without a network as the bytes of skops, which builds known types only."""

import io
import json
from zipfile import ZIP_STORED, ZipFile

import skops.io
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.utils import Bunch

from skfer.utils._discovery import all_estimators


def dump_estimator(estimator):
    """Write an estimator as bytes; a TypeError names what `load_estimator` would refuse."""
    name = type(estimator).__name__
    try:
        content = skops.io.dumps(estimator)
        load_estimator(content)
    except Exception as error:  # skops raises whatever the copying of an unknown object does
        raise TypeError(f"{name} cannot be saved without pickle: {error}") from error
    return content


def load_estimator(content):
    """Build an estimator from bytes; types that are not trusted are a ValueError."""
    _check_arrays(content)
    kinds = [SamplingPipeline, Bunch, *(kind for _, kind in all_estimators())]
    trusted = {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
    odd = sorted(set(skops.io.get_untrusted_types(data=content)) - trusted)
    if odd:
        raise ValueError(f"it holds types that are not trusted: {odd}")
    return skops.io.loads(content, trusted=sorted(trusted))


def check_members(archive, size):
    """Refuse a zip archive of `size` bytes that would unpack to more, or to different things."""
    members = archive.infolist()
    if len({member.filename for member in members}) != len(members):
        raise ValueError("its members need different names")
    if any(member.compress_type != ZIP_STORED for member in members):
        raise ValueError("its members are compressed, and could unpack to any size")
    if sum(member.file_size for member in members) > size:
        raise ValueError("its members would unpack to more than the file")


def _check_arrays(content):
    """Refuse an archive of skops that asks for more memory than it takes on the disk."""
    read = {}

    def check(node):
        if node.get("__loader__") == "SparseMatrixNode":
            raise ValueError("sparse matrices are compressed, and could unpack to any size")
        file, identity = node.get("file"), node.get("__id__")
        # skops reads a file again for each node of another identity.
        if isinstance(file, str) and not (identity and read.setdefault(file, identity) == identity):
            raise ValueError(f"it asks for {file!r} more than once")
        return node

    with ZipFile(io.BytesIO(content)) as archive:
        check_members(archive, len(content))
        json.loads(archive.read("schema.json"), object_hook=check)
