"""The types that recur in public signatures; the docstrings are the reference.

A result annotated ``T | Any`` is of type T by default and of another, which the docstring names,
for another value of an argument. Any spares the caller a cast in both cases.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]
FaceArray: TypeAlias = NDArray[np.void]
FeatureNames: TypeAlias = NDArray[np.object_]
Picture: TypeAlias = str | Path | Array
# Rows, a stack, a face array, a list of pictures or of sequences (arrays, videos, tuples of files).
Images: TypeAlias = ArrayLike | Sequence[Picture | tuple[str | Path, ...]]
Shape: TypeAlias = tuple[int, int]
RandomState: TypeAlias = int | np.random.RandomState | None


class Splitter(Protocol):
    """What scikit-learn's splitters have in common."""

    def split(self, X: Any, y: Any, groups: Any, /) -> Iterable[tuple[Any, Any]]:
        """Yield the positions of training and test part of each fold."""


Folds: TypeAlias = int | Splitter | Iterable[tuple[ArrayLike, ArrayLike]]
