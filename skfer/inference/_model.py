"""A fitted model, as inference sees it: how it wants faces, and what it says of them."""

from typing import NamedTuple

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skfer._stateless import is_pipeline, split_stateless_steps, transform_once
from skfer.alignment import EyeLocator, FaceAligner
from skfer.alignment._eye_cascades import mean_eyes_in_box
from skfer.alignment._geometry import check_crop, template_eyes
from skfer.base import SequenceDescriptor
from skfer.faces import make_face_array, with_fields

# What these predict is the most probable class; a machine of scikit-learn, for one, goes by votes.
_PACKAGES = ("skfer", "skorch")
_PREDICT_MOST_PROBABLE = (VotingClassifier, BaggingClassifier, CalibratedClassifierCV)


class Prediction(NamedTuple):
    """What the model says of one face; `probabilities` has one number for each class, if any."""

    expression: object
    probabilities: np.ndarray
    problem: str = ""


class FaceModel:
    """Prepare faces one by one, which may run in threads, and predict them in batches.

    Leading steps that take each image by itself run in `prepare`, so that a face waits for its
    batch as the few pixels that the others need, and no photograph is kept. ``split(model)`` says
    which these are: it returns the steps, and the `rest` as a model.
    """

    def __init__(self, model, cropped, split=split_stateless_steps):
        check_is_fitted(model)
        self._cropped = cropped
        model = getattr(model, "best_estimator_", model)
        if _is_framewise(model):
            model = model.estimator_
        parts = [model, *model.get_params(deep=True).values()]
        if any(isinstance(part, SequenceDescriptor) or _is_framewise(part) for part in parts):
            raise ValueError(
                "The model describes whole sequences, and here single images and frames are "
                "predicted. In Python, model.predict(['clip.mp4']) takes a sequence of one "
                "expression; for each frame, fit a model of single images."
            )
        self.locator = next((part for part in parts if isinstance(part, EyeLocator)), None)
        self._aligner = next((part for part in parts if isinstance(part, FaceAligner)), None)
        if not cropped and self.locator is None and self._aligner is None:
            raise ValueError(
                "The model takes faces that are cropped already: it has neither an EyeLocator nor "
                "a FaceAligner. For such crops give cropped=True; for photographs and videos fit a "
                "model that aligns faces, such as make_cspp_pipeline(align='eyes')."
            )
        if is_pipeline(model):
            model = _without_locators_and_samplers(model)
        self._takes_rows = not any(
            get_tags(part).input_tags.three_d_array for part in parts if hasattr(part, "fit")
        )
        self._steps, self.rest = split(model)
        self.has_probabilities = hasattr(model, "predict_proba")
        self.classes = np.asarray(model.classes_).tolist() if self.has_probabilities else []

    def prepare(self, grey, found):
        """Return a face of a picture (height, width) as one row of what the batch is made of."""
        if self._aligner is None and self.locator is None:
            rows = grey[None]
        else:
            eyes = self._template_eyes(grey.shape) if self._cropped else found.eyes
            rows = make_face_array([grey], [eyes])
            fields = {"confidence": [found.confidence]}
            if self.locator is not None and self.locator.landmarks:
                fields["landmarks"] = [found.landmarks]
            rows = with_fields(rows, **fields)
        if self._takes_rows and rows.ndim == 3:
            return rows.reshape(1, -1)
        for step in self._steps:
            rows = step.transform(rows)
        return rows

    def predict(self, faces):
        """Return a Prediction for each of the faces that `prepare` made."""
        predictions = [None] * len(faces)
        kinds = {}
        for index, face in enumerate(faces):
            kinds.setdefault((face.dtype, face.shape), []).append(index)
        for indices in kinds.values():
            rows = np.concatenate([faces[index] for index in indices])
            for index, prediction in zip(indices, self._predict_rows(rows), strict=True):
                predictions[index] = prediction
        return predictions

    def _predict_rows(self, rows):
        """Predict rows of one kind; those that the model refuses get its reason."""
        try:
            expressions, probabilities = self._ask(rows)
        except ValueError as error:
            if len(rows) == 1:
                return [Prediction(None, np.full(len(self.classes), np.nan), str(error))]
            half = len(rows) // 2
            return self._predict_rows(rows[:half]) + self._predict_rows(rows[half:])
        return list(map(Prediction, expressions, probabilities))

    def _ask(self, rows):
        # A descriptor runs once, for classes and probabilities.
        model, rows = transform_once(self.rest, rows)
        if not self.has_probabilities:
            return np.asarray(model.predict(rows)).tolist(), np.empty((len(rows), 0))
        probabilities = model.predict_proba(rows)
        if _predicts_most_probable(model):
            return [self.classes[best] for best in probabilities.argmax(axis=1)], probabilities
        return np.asarray(model.predict(rows)).tolist(), probabilities

    def _template_eyes(self, shape):
        crop = getattr(self._aligner, "crop", None)
        if crop is None:
            return mean_eyes_in_box(np.array([0, 0, *shape[::-1]], dtype=float))
        return template_eyes(shape, check_crop(crop))


def _without_locators_and_samplers(pipeline):
    """Leave out what would keep the eyes, which are known, and what works in ``fit`` only."""
    *before, last = pipeline.steps
    working = [
        (name, step)
        for name, step in before
        if hasattr(step, "transform") and type(step) is not EyeLocator
    ]
    return Pipeline([*working, last])


def _predicts_most_probable(model):
    package = type(model).__module__.partition(".")[0]
    return package in _PACKAGES or isinstance(model, _PREDICT_MOST_PROBABLE)


def _is_framewise(part):
    """Tell a FramewiseClassifier, without importing it and torch."""
    return getattr(part, "_judges_frames", False)
