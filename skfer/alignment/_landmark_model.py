"""Landmark models as files without pickle, and the one that skfer ships."""

import json
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file
from sklearn.utils.validation import check_is_fitted

from skfer.alignment._supervised_descent import SupervisedDescent
from skfer.utils._files import atomic_path

FORMAT = "skfer landmark model 1"
_PARTS = ("mean_shape", "box_pose", "confidence_coef")


def save_landmark_model(
    model: SupervisedDescent, file: str | Path, point_names: Sequence[str]
) -> None:
    """Save a fitted landmark model; its regressions are rounded to half precision.

    Parameters
    ----------
    model : SupervisedDescent
        Fitted.
    file : str or Path
        Where to save, a ``.safetensors`` file.
    point_names : sequence of str
        Names of the points.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    ValueError
        If there are not as many names as points.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skfer.alignment import SupervisedDescent, load_landmark_model, save_landmark_model
    >>> from skfer.datasets import make_faces
    >>> faces = make_faces(2, 1, random_state=0).faces
    >>> model = SupervisedDescent(n_stages=1, random_state=0).fit(faces["image"], faces["eyes"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "eyes.safetensors")
    ...     save_landmark_model(model, file, ["left eye", "right eye"])
    ...     load_landmark_model(file).n_stages
    1
    """
    check_is_fitted(model)
    if len(point_names) != len(model.mean_shape_):
        raise ValueError(f"{len(point_names)} names for {len(model.mean_shape_)} points.")
    arrays = {name: getattr(model, f"{name}_") for name in _PARTS}
    arrays |= {f"coef_{stage}": coef.astype(np.float16) for stage, coef in enumerate(model.coefs_)}
    # safetensors writes the bytes as they lie, whatever the order of the axes.
    arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    metadata = {"format": FORMAT, "point_names": json.dumps(list(point_names))}
    with atomic_path(file) as unfinished:
        save_file(arrays, unfinished, metadata)


def load_landmark_model(file: str | Path | None = None) -> SupervisedDescent:
    """Load a landmark model.

    Parameters
    ----------
    file : str or Path, default=None
        A file that `save_landmark_model` wrote; None loads the model that skfer ships: 32 points
        of eyes, brows, nose, lips, jaw and chin, learned from open portraits of adults [1]_ [2]_.
        The model card in the documentation says how, and how exact it is.

    Returns
    -------
    model : SupervisedDescent
        Fitted; with the attribute ``point_names_``, a list of str, in the order of the points.
        The first two are the pupils, the left eye of the picture first.

    Raises
    ------
    ValueError
        If the file is not a landmark model. Loading runs no code from it.

    Notes
    -----
    The shipped model has seen the neutral portraits of the London set. Eyes that it locates there
    could give the label away; evaluate on London with a model that was fitted on other subjects.

    References
    ----------
    .. [1] L. DeBruine and B. Jones, "Face Research Lab London Set" (version 5), figshare, 2017,
       doi:10.6084/m9.figshare.5047666.v5.
    .. [2] L. DeBruine and B. Jones, "Young Adult White Faces with Manipulated Versions", figshare,
       2017, doi:10.6084/m9.figshare.4220517.v1.

    Examples
    --------
    >>> from skfer.alignment import load_landmark_model
    >>> model = load_landmark_model()
    >>> model.point_names_[:2], len(model.point_names_)
    (['left pupil', 'right pupil'], 32)
    """
    if file is None:
        return deepcopy(shipped_landmark_model())
    if not Path(file).is_file():
        raise FileNotFoundError(f"There is no file '{file}'.")
    try:
        with safe_open(file, "numpy") as content:
            metadata = content.metadata() or {}
            arrays = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"'{file}' is not a landmark model: {error}.") from error
    stages = sorted(name for name in arrays if name.startswith("coef_"))
    if metadata.get("format") != FORMAT or not set(_PARTS) <= set(arrays):
        raise ValueError(f"'{file}' is not a landmark model in the format '{FORMAT}'.")
    model = SupervisedDescent(n_stages=len(stages))
    for name in _PARTS:
        setattr(model, f"{name}_", arrays[name])
    model.coefs_ = [arrays[name].astype(np.float32) for name in stages]
    model.point_names_ = json.loads(metadata["point_names"])
    return model


@cache
def shipped_landmark_model():
    """Return the model that skfer ships, read once; not to be changed."""
    shipped = resources.files("skfer.alignment") / "resources" / "landmarks.safetensors"
    with resources.as_file(shipped) as path:
        return load_landmark_model(path)


def resolve_landmark_model(landmark_model):
    """Return the fitted model that a parameter `landmark_model` of a step stands for."""
    if landmark_model is None:
        return shipped_landmark_model()
    if isinstance(landmark_model, str | Path):
        return load_landmark_model(landmark_model)
    if not hasattr(landmark_model, "mean_shape_"):
        raise ValueError(
            "The landmark_model is not fitted. Fit it and wrap it in a FrozenEstimator, which "
            "keeps it fitted when the step is cloned."
        )
    return landmark_model
