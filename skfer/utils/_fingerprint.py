"""A digest of any value by what it is: equal ones give equal results."""

import copyreg
import hashlib
import inspect
import os
import sys
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType

import numpy as np
from sklearn.utils import gen_batches

# Known by their versions or, skfer, by what the caller adds; of all other code the source is read.
_VERSIONED = sys.stdlib_module_names | set(
    "cv2 imblearn joblib numpy pandas scipy skfer sklearn skorch torch".split()
)
_CODE = (type, FunctionType, BuiltinFunctionType, ModuleType, np.ufunc)
_PLAIN = (type(None), bool, int, float, complex, bytes, np.generic)


def fingerprint(*values):
    """Return a digest of values, of the code behind them and of the files they name.

    Code counts by its bytecode, the variables it sees and the source of its module, of what that
    imports, or of its package; a text that names a file also by the content. What has no state or
    source to compare raises an error of any kind.
    """
    walk = _Walk()
    walk.add(values)
    return walk.digest.hexdigest()


class _Walk:
    """A walk through values that feeds a digest."""

    def __init__(self):
        self.digest = hashlib.blake2b(digest_size=20)
        self.open = []  # what the value is part of
        self.seen = set()  # code, and names of modules

    def add(self, value):
        """Feed any value to the digest."""
        self._write(type(value).__qualname__)
        if any(value is whole for whole in self.open):
            return
        self.open.append(value)
        if isinstance(value, _PLAIN):
            self._write(repr(value))
        elif isinstance(value, (str, os.PathLike)):
            self._write(ascii(os.fspath(value)))
            if os.path.isfile(value):
                self._add_file(value)
        elif isinstance(value, np.ndarray):
            self._add_array(value)
        elif isinstance(value, (list, tuple, dict)):
            self._write(str(len(value)))
            for entry in value.items() if isinstance(value, dict) else value:
                self.add(entry)
        elif isinstance(value, (set, frozenset)):
            self._write(str(sorted(map(fingerprint, value))))
        elif isinstance(value, _CODE):
            self._add_code(value)
        elif hasattr(value, "detach"):  # the state of a tensor has addresses
            self._add_array(value.detach().cpu().double().numpy())
        else:
            # Type and state, as pickle would write them, but nothing is pickled.
            reduce = copyreg.dispatch_table.get(type(value))
            parts = reduce(value) if reduce else value.__reduce_ex__(4)
            if isinstance(parts, str):
                self._write(f"{getattr(value, '__module__', '')} {parts}")
            else:
                self.add((*parts[:3], *(part and list(part) for part in parts[3:5])))
        self.open.pop()

    def _write(self, text):
        self.digest.update(f"{len(text)} {text}".encode())

    def _add_file(self, path):
        with open(path, "rb") as file:
            self._write(hashlib.file_digest(file, "blake2b").hexdigest())

    def _add_array(self, array):
        self._write(f"{array.dtype} {array.shape}")
        if array.dtype.names:
            for name in array.dtype.names:
                self._add_array(array[name])
        elif array.dtype.kind in "OT":
            for entry in array.ravel().tolist():
                self.add(entry)
        else:
            if array.dtype.kind == "U":  # each may name a file
                self.add(np.unique(array).tolist())
            rows = np.atleast_1d(array)
            for batch in gen_batches(len(rows), 1024):  # a memory map is not loaded whole
                self.digest.update(rows[batch].tobytes())

    def _add_code(self, code):
        is_module = isinstance(code, ModuleType)
        module = code.__name__ if is_module else getattr(code, "__module__", None) or "builtins"
        self._write(f"{module} {getattr(code, '__qualname__', code.__name__)}")
        if code in self.seen or module.partition(".")[0] in _VERSIONED:
            return
        self.seen.add(code)
        self._add_source(module, code)
        self.add(getattr(code, "__bases__", ()))
        for part in vars(code).values() if isinstance(code, type) else [code]:
            function = getattr(part, "__func__", getattr(part, "fget", part))
            if isinstance(function, FunctionType):
                self._add_bytecode(function.__code__)
                around = inspect.getclosurevars(function)
                self.add((around.nonlocals, around.globals))
                self.add((function.__defaults__, function.__kwdefaults__))

    def _add_bytecode(self, code):
        self._write(f"{code.co_code.hex()} {code.co_names}")
        for constant in code.co_consts:
            (self._add_bytecode if isinstance(constant, CodeType) else self.add)(constant)

    def _add_source(self, name, code=None):
        """Feed the source of a module and its imports, of its package, or of `code` in a cell."""
        top = name.partition(".")[0]
        module = sys.modules.get(name)
        folders = getattr(sys.modules.get(top), "__path__", ())
        name = top if folders else name
        if name in _VERSIONED | self.seen:
            return
        self.seen.add(name)
        for file in sorted(file for folder in folders for file in Path(folder).rglob("*.py")):
            self._add_file(file)
        if not folders and getattr(module, "__file__", None):
            self._add_file(module.__file__)
            for value in list(vars(module).values()):
                other = getattr(value, "__module__", getattr(value, "__name__", None))
                if isinstance(other, str):
                    self._add_source(other)
        elif not folders and code is not None:
            self._write(inspect.getsource(code))
