"""What a fitted pipeline looks at in photographs: from each picture to a map over its face."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from sklearn.pipeline import Pipeline

from skfer._stateless import is_pipeline
from skfer._typing import Picture
from skfer.alignment import EyeLocator, FaceAligner
from skfer.classifiers import NetworkClassifier
from skfer.inference._model import FaceModel
from skfer.inference._search import FaceSearch, as_picture
from skfer.inspection._grad_cam import grad_cam
from skfer.inspection._occlusion import occlusion_maps
from skfer.utils import check_images


class FaceExplanation(NamedTuple):
    """The expression predicted for a picture, and a map of what speaks for it.

    Without a face, all are None and `problem` says why.

    Parameters
    ----------
    expression : object
        The predicted label.
    probabilities : dict of label to float
        Probability of each label.
    face : ndarray of shape (height, width)
        What the classifier sees.
    map : ndarray of shape (height, width)
        Grad-CAM from 0 to 1, or drops of the probability from -1 to 1.
    method : {"grad-cam", "occlusion"}
        What the map is.
    problem : str
        Why nothing was predicted.

    Examples
    --------
    >>> from skfer.inspection import FaceExplanation
    >>> FaceExplanation(problem="no face found").expression is None
    True
    """

    expression: object = None
    probabilities: dict | None = None
    face: np.ndarray | None = None
    map: np.ndarray | None = None
    method: str | None = None
    problem: str = ""


def explain_images(model: Pipeline, images: Iterable[Picture]) -> Iterator[FaceExplanation]:
    """Explain the prediction of a fitted pipeline for each picture, one after the other.

    Networks are explained by :func:`grad_cam`, other classifiers by :func:`occlusion_maps`.

    Parameters
    ----------
    model : Pipeline
        Fitted; it ends in a classifier with ``predict_proba``. Its eye locator and aligner find the
        face; without them the pictures are taken as faces of the size that the model was fitted on.
    images : iterable of str, Path or ndarray
        Paths of image files, or grey or RGB pictures.

    Yields
    ------
    explanation : FaceExplanation
        One for each picture; one that cannot be read or has no face has a `problem`.

    Raises
    ------
    ValueError
        If the classifier gives no probabilities, or its parts align faces for themselves.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.inspection import explain_images
    >>> from skfer.pipelines import make_pixel_knn_pipeline
    >>> data = make_faces(2, 1, expressions=("happy", "sad"), random_state=0)
    >>> pipeline = make_pixel_knn_pipeline().fit(data.images, data.target)
    >>> [explanation] = explain_images(pipeline, data.images[:1])
    >>> explanation.expression, explanation.method, explanation.map.shape
    ('happy', 'occlusion', (48, 48))
    """
    if not hasattr(model, "predict_proba"):
        raise ValueError("The model gives no probabilities, so there is nothing to explain.")
    cropped = not any(map(_aligns, model.get_params(deep=True).values()))
    face_model = FaceModel(model, cropped, split=_split_at_alignment)
    search = FaceSearch(face_model, "largest", cropped)
    for number, image in enumerate(images):
        picture, faces = search(as_picture(number, image))
        problem = picture.problem or faces[0].problem
        try:
            if not problem:
                yield _explain(face_model.rest, faces[0].prepared)
                continue
        except ValueError as error:
            problem = str(error)
        yield FaceExplanation(problem=" ".join(problem.split()))


def _split_at_alignment(model):
    """Return the steps up to the aligned face, and those behind it as a model."""
    steps = model.steps if is_pipeline(model) else [("classify", model)]
    n_before = max(
        (number for number, (_, step) in enumerate(steps, 1) if _aligns(step)), default=0
    )
    if not n_before and any(map(_aligns, model.get_params(deep=True).values())):
        raise ValueError(
            f"The parts of {type(model).__name__} align faces for themselves, so there is no one "
            "face to explain. Explain one of them, or fit a model that aligns first, such as "
            "make_pipeline(EyeLocator(), FaceAligner((48, 48)), vote)."
        )
    return [step for _, step in steps[:n_before]], Pipeline(steps[n_before:])


def _aligns(step):
    return isinstance(step, EyeLocator | FaceAligner)


def _explain(model, faces):
    shown = check_images(model, faces, reset=False).images
    probabilities = model.predict_proba(faces)[0]
    [label] = np.asarray(model.predict(faces)).tolist()
    last = model[-1]
    if isinstance(last, NetworkClassifier):
        X = model[:-1].transform(faces) if len(model) > 1 else faces
        method, maps = "grad-cam", grad_cam(last, X, labels=[label])
    else:
        window = max(2, min(shown.shape[1:]) // 6)
        options = {"labels": [label], "window": window, "stride": window // 2}
        method, maps = "occlusion", occlusion_maps(model, faces, **options)
    shares = dict(zip(model.classes_.tolist(), probabilities.tolist(), strict=True))
    return FaceExplanation(label, shares, shown[0], maps[0], method)
