"""FramewiseClassifier: a classifier of single images on sequences."""

from contextlib import contextmanager
from functools import partial
from numbers import Integral
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skfer._stateless import last_step, split_stateless_steps
from skfer._typing import Array, Images
from skfer.base import TooltipMixin
from skfer.classifiers._decisions import MostProbableMixin
from skfer.classifiers._validation import subjects_or_none
from skfer.faces import make_face_array, with_fields
from skfer.utils import check_images
from skfer.utils._sequences import check_frame_eyes, take_middle

_CHUNK = 16  # sequences whose frames are predicted at a time
_FRAMES = [StrOptions({"all", "first", "middle"}), Interval(Integral, 1, None, closed="left")]


class FramewiseClassifier(
    TooltipMixin, MetaEstimatorMixin, MostProbableMixin, ClassifierMixin, BaseEstimator
):
    """Classify sequences by a classifier of single images: it judges each frame.

    ``fit`` trains the classifier on frames, each with the label of its sequence; the probability of
    a class is the mean of those that it has in the frames. The frames bring the eyes and the
    subject of their sequence along, so all steps of a pipeline for photographs work, and what is
    held out or calibrated inside ``fit`` goes by subject.

    Parameters
    ----------
    estimator : estimator instance
        Classifier of single images with ``predict_proba``, alone or at the end of a pipeline;
        :class:`SubjectCalibratedClassifier` gives it to one that has none.
    aggregate : {"mean", "max"}, default="mean"
        Average the probabilities over the frames; or take for each class the greatest one, and
        divide these by their sum: for a peak somewhere in a long sequence.
    fit_frames : {"all", "first", "middle"} or int, default="all"
        Frames of each sequence to train on; a number stands for so many at the end, or all of a
        shorter one. A sequence from neutral to peak, as in CK+, shows its expression in its last
        frames, 3 by convention.
    predict_frames : {"all", "first", "middle"} or int, default="all"
        Frames of each sequence to judge, likewise.

    Attributes
    ----------
    estimator_ : estimator instance
        The classifier, fitted on frames.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.

    See Also
    --------
    skfer.base.SequenceDescriptor : Features of a whole sequence, for any classifier.
    skfer.preprocessing.NeutralDifference : The frames less the first one, as a step before.

    Notes
    -----
    The frames get the ``frame_eyes`` of their sequence where these are known, and its ``eyes``
    elsewhere. A search inside this classifier would split frames; search over the whole of it.
    Without subjects, neighbouring frames are on both sides of what is split inside ``fit``.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from skfer.classifiers import FramewiseClassifier
    >>> from skfer.datasets import make_face_sequences
    >>> from skfer.descriptors import HOGDescriptor
    >>> data = make_face_sequences(3, expressions=("sad", "surprise"), n_frames=4, random_state=0)
    >>> still = make_pipeline(HOGDescriptor(), LogisticRegression())
    >>> model = FramewiseClassifier(still, fit_frames=2, predict_frames=2)
    >>> model.fit(data.faces, data.target).predict_proba(data.faces).shape
    (6, 2)
    """

    # Subjects ride in the face array; behind a sampler, groups would not fit the faces any more.
    __metadata_request__fit = {"groups": False}

    _uses_subjects = True
    _judges_frames = True

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit"])],
        "aggregate": [StrOptions({"mean", "max"})],
        "fit_frames": _FRAMES,
        "predict_frames": _FRAMES,
    }

    def __init__(
        self,
        estimator: BaseEstimator,
        *,
        aggregate: Literal["mean", "max"] = "mean",
        fit_frames: Literal["all", "first", "middle"] | int = "all",
        predict_frames: Literal["all", "first", "middle"] | int = "all",
    ):
        self.estimator = estimator
        self.aggregate = aggregate
        self.fit_frames = fit_frames
        self.predict_frames = predict_frames

    def fit(self, X: Images, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit the classifier on frames.

        Parameters
        ----------
        X : array-like of shape (n_sequences,) or (n_sequences, n_frames, height, width)
            A face array of sequences, a list of arrays (n_frames, height, width) or of paths of
            videos, or sequences of one length in one array.
        y : array-like of shape (n_sequences,)
            Labels of any kind.
        groups : array-like of shape (n_sequences,), default=None
            Subjects; None takes those of the face array.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If the estimator gives no probabilities, there are single images, a sequence cannot be
            decoded, or some sequences have a subject and others none.
        """
        self._validate_params()
        if not hasattr(self.estimator, "predict_proba"):
            raise ValueError(
                f"{type(last_step(self.estimator)).__name__} gives no probabilities, which are "
                "joined over the frames. Wrap it, with the steps before it, in a "
                "SubjectCalibratedClassifier."
            )
        batch = self._check(X, y, reset=True)
        check_classification_targets(batch.y)
        subjects = subjects_or_none(batch.faces, groups)
        if subjects is not None:
            batch = batch._replace(faces=with_fields(batch.faces, subject=subjects))
        self.estimator_ = self._fit_on_frames(batch)
        self.classes_ = self.estimator_.classes_
        return self

    def _fit_on_frames(self, batch):
        """Fit the classifier. Of photographs, the aligned faces are held, not all the frames."""
        estimator = clone(self.estimator)
        leading, rest = split_stateless_steps(estimator)
        chunk = _CHUNK if leading else len(batch.images)
        parts, rows = [], []
        for part in gen_batches(len(batch.images), chunk):
            frames, own = split_into_frames(batch, range(part.start, part.stop), self.fit_frames)
            with _name_frames(own):
                for step in leading:
                    frames = step.fit_transform(frames)
            parts.append(frames)
            rows.append(own)
        rows = np.concatenate(rows)
        with _name_frames(rows):
            rest.fit(_join(parts), batch.y[rows])
        if leading:
            estimator.set_params(steps=[*estimator.steps[: len(leading)], *rest.steps])
        return estimator

    def predict_proba(self, X: Images) -> Array:
        """Estimate the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_sequences,) or (n_sequences, n_frames, height, width)
            Sequences, as for ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_sequences, n_classes)
            In the order of ``classes_``; rows sum to one.
        """
        check_is_fitted(self)
        batch = self._check(X, reset=False)
        parts = []
        for chunk in gen_batches(len(batch.images), _CHUNK):
            indices = range(chunk.start, chunk.stop)
            frames, rows = split_into_frames(batch, indices, self.predict_frames)
            with _name_frames(rows):
                probabilities = self.estimator_.predict_proba(frames)
            parts += [self._aggregate(probabilities[rows == index]) for index in indices]
        return np.stack(parts)

    def _check(self, X, *y, reset):
        return check_images(self, X, *y, reset=reset, any_size=True, sequences="require")

    def _aggregate(self, probabilities):
        if self.aggregate == "mean":
            return probabilities.mean(axis=0)
        greatest = probabilities.max(axis=0)
        return greatest / greatest.sum()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def split_into_frames(batch, indices, which):
    """Return frames of some sequences of a batch as a face array, and of which sequence each is."""
    take = partial(take_frames, which=which)
    sequences = [batch.frames(index, take) for index in indices]
    rows = np.repeat(indices, [len(frames) for frames in sequences])
    one_size = len({frames.shape[1:] for frames in sequences}) == 1
    images = (
        np.concatenate(sequences) if one_size else [each for part in sequences for each in part]
    )
    eyes = [
        _eyes_of_frames(batch, index, which, len(part))
        for index, part in zip(indices, sequences, strict=True)
    ]
    names = [
        name for name in batch.faces.dtype.names if name not in ("image", "eyes", "frame_eyes")
    ]
    further = {name: batch.faces[name][rows] for name in names}
    return with_fields(make_face_array(images, np.concatenate(eyes)), **further), rows


def _join(parts):
    """Join what the leading steps make of the frames, one part after the other."""
    if isinstance(parts[0], pd.DataFrame):
        return pd.concat(parts, ignore_index=True)
    if len({part.dtype for part in parts}) > 1:  # photographs of several sizes
        parts = [with_fields(part, image=list(part["image"])) for part in parts]
    return np.concatenate(parts)


@contextmanager
def _name_frames(rows):
    """Say in an error that its samples are frames, and of which sequences."""
    try:
        yield
    except ValueError as error:
        raise ValueError(
            f"{error} (These samples are the {len(rows)} frames of sequences {rows[0]} to "
            f"{rows[-1]}, one after the other.)"
        ) from error


def take_frames(frames, which):
    """Take the frames that `which` stands for: "all", "first", "middle", or so many at the end.

    >>> from skfer.classifiers._framewise import take_frames
    >>> [take_frames(list("abcde"), which) for which in ("first", "middle", 2, 9)]
    [['a'], ['c'], ['d', 'e'], ['a', 'b', 'c', 'd', 'e']]
    """
    if which == "middle":
        return take_middle(frames)
    if which == "all":
        return frames
    return frames[:1] if which == "first" else frames[-which:]


def _eyes_of_frames(batch, index, which, n_frames):
    """Return the eyes (n_frames, 2, 2) of frames; where they are unknown, those of the sequence."""
    eyes = np.repeat(batch.faces["eyes"][index][None], n_frames, axis=0)
    if "frame_eyes" in batch.faces.dtype.names:
        own = take_frames(batch.faces["frame_eyes"][index], which)
        known = np.isfinite(own).all(axis=(1, 2))
        if known.any():
            check_frame_eyes(own, n_frames, batch.describe(index))
            eyes[known] = own[known]
    return eyes
