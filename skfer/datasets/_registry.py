"""Data sets by name, as the command line asks for them."""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

from sklearn.utils import Bunch

from skfer.datasets import _readers
from skfer.datasets._readers.image_folder import load_image_folder
from skfer.synthetic import make_face_sequences, make_faces

# A reader of an official layout is a module with a SPEC.
_MODULES = [
    import_module(f"skfer.datasets._readers.{module.name}")
    for module in pkgutil.iter_modules(_readers.__path__)
]
_BY_NAME = {module.SPEC.name: module for module in _MODULES if hasattr(module, "SPEC")}
SPECS = {name: module.SPEC for name, module in _BY_NAME.items()}
READERS = {name: getattr(module, f"load_{name}") for name, module in _BY_NAME.items()}
READERS["image-folder"] = load_image_folder
GENERATORS = {"synthetic": make_faces, "synthetic-sequences": make_face_sequences}


def load_dataset(name: str, data_home: str | Path | None = None, **kwargs: Any) -> Bunch:
    """Load or generate a data set by its name.

    Parameters
    ----------
    name : {"ck48", "ckplus", "image-folder", "jaffe", "london", "mmi", "nimstim", "synthetic", \
            "synthetic-sequences", "yale"}
        Stands for `load_ck48`, `load_ckplus`, `load_image_folder`, `load_jaffe`, `load_london`,
        `load_mmi`, `load_nimstim`, `make_faces`, `make_face_sequences` or `load_yale`.
    data_home : str or Path, default=None
        As in `get_data_home`; not for the synthetic ones, which read nothing.
    **kwargs : dict
        Parameters of the function that `name` stands for.

    Returns
    -------
    data : Bunch
        What that function returns.

    Raises
    ------
    ValueError
        If the name is unknown, or `data_home` is given for a generated data set.

    Examples
    --------
    >>> from skfer.datasets import load_dataset
    >>> data = load_dataset("synthetic", n_subjects=2, n_per_expression=1, random_state=0)
    >>> data.images.shape
    (12, 96, 96)
    """
    if name in READERS:
        return READERS[name](data_home, **kwargs)
    if name not in GENERATORS:
        known = ", ".join(sorted(READERS | GENERATORS))
        raise ValueError(f"Unknown data set {name!r}; known ones are {known}.")
    if data_home is not None:
        raise ValueError(f"The data set {name!r} is generated; it takes no data_home.")
    return GENERATORS[name](**kwargs)
