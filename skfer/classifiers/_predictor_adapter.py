"""PredictorAdapter: a model that was trained elsewhere, under the protocols of skfer."""

from collections.abc import Callable, Sequence
from numbers import Integral
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skfer._typing import Array, Images, Shape
from skfer.base import TooltipMixin
from skfer.classifiers._foreign_model import (
    ask,
    labels_in_data,
    prepare_images,
    translate_labels,
    translate_probabilities,
)
from skfer.classifiers._onnx_predictor import OnnxPredictor
from skfer.utils import check_images
from skfer.utils._text import join_some


def _gives_probabilities(adapter):
    return adapter.output == "probabilities"


class PredictorAdapter(TooltipMixin, ClassifierMixin, BaseEstimator):
    """A classifier that was trained elsewhere, to be scored on the same folds as one's own.

    ``fit`` learns nothing but which labels there are. So the accuracy is that of the foreign model
    as it is ("zero-shot"), on the same test images and with the same statistics as a method that is
    trained in each fold.

    Parameters
    ----------
    predictor : callable
        Takes a stack of images, of shape (n_images, height, width), or (n_images, height, width, 3)
        if `n_channels` is 3, and returns probabilities of shape (n_images, n_labels), or labels of
        shape (n_images,). The pixels are uint8, or the floats that the step before gives.
    labels : sequence of str, or dict
        The classes of the model, in the order of its probabilities. Common spellings become those
        of the vocabulary (see :func:`~skfer.datasets.canonical_expression`), others stay as they
        are. A dict names the label of the training data for each class, such as
        ``{"smile": "happy", "frown": "anger"}``; the probabilities of two with one name are added.
    output : {"probabilities", "labels"}, default="probabilities"
        What `predictor` returns. Without probabilities there is no ``predict_proba``, and a label
        that the training data lack, such as neutral, stays an answer and is wrong.
    restrict : bool, default=True
        Leave out the probabilities of labels that the training data lack, and scale the others to
        a sum of 1, so that the model chooses among the classes it is tested on. False keeps them
        as classes.
    image_size : tuple of (height, width), default=None
        Resize the images to this size; None leaves them as they are.
    n_channels : {1, 3}, default=1
        1 hands over grey images, 3 repeats the grey ones for a model that takes colour. skfer's
        steps make all images grey, so that RGB and BGR are the same.
    batch_size : int, default=256
        Largest number of images that `predictor` is given at a time.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels seen in ``fit``, sorted; all of the model's too, unless `restrict`.
    image_shape_ : tuple of (height, width)
        Size of the images seen in ``fit``.
    n_features_in_ : int
        Number of pixels, height times width.

    Notes
    -----
    The guards of the evaluation see what is fitted in a fold, but not what a foreign model was
    trained on: if it has seen this data set, or the people in it, its accuracy is not that on
    unknown people. Look it up, and say it beside the number. A `predictor` that is a method of a
    fitted scikit-learn classifier is refused, as such a classifier itself would be.

    The model should get the crop it was trained on. Set that in the
    :class:`~skfer.alignment.FaceAligner` before it.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.classifiers import PredictorAdapter
    >>> def brightness(images):
    ...     happy = images.mean(axis=(1, 2)) / 255
    ...     return np.column_stack([happy, 1 - happy, np.ones(len(images))])
    >>> X = np.array([[250] * 4, [10] * 4], dtype=np.uint8)
    >>> adapter = PredictorAdapter(brightness, ["Happiness", "Sadness", "Neutral"])
    >>> adapter.fit(X, ["happy", "sad"]).predict(X).tolist()
    ['happy', 'sad']
    >>> adapter.predict_proba(X).round(2).tolist()
    [[0.98, 0.02], [0.04, 0.96]]
    """

    _parameter_constraints = {
        "predictor": [callable],
        "labels": ["array-like", dict],
        "output": [StrOptions({"probabilities", "labels"})],
        "restrict": ["boolean"],
        "image_size": [None, tuple, list],
        "n_channels": [Options(Integral, {1, 3})],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        predictor: Callable[[Array], ArrayLike],
        labels: Sequence[str] | dict[str, str],
        *,
        output: Literal["probabilities", "labels"] = "probabilities",
        restrict: bool = True,
        image_size: Shape | None = None,
        n_channels: Literal[1, 3] = 1,
        batch_size: int = 256,
    ):
        self.predictor = predictor
        self.labels = labels
        self.output = output
        self.restrict = restrict
        self.image_size = image_size
        self.n_channels = n_channels
        self.batch_size = batch_size

    @classmethod
    def from_onnx(
        cls,
        path: str | Path,
        labels: Sequence[str] | dict[str, str] | None = None,
        *,
        mean: float | Sequence[float] = 0.0,
        std: float | Sequence[float] = 1.0,
        logits: bool = False,
        **parameters: Any,
    ) -> Self:
        """Make an adapter of an ONNX file; needs onnxruntime, skfer's extra ``onnx``.

        Parameters
        ----------
        path : str or Path
            A file whose input takes images of shape (n, height, width), (n, channels, height,
            width) or (n, height, width, channels), of uint8 or float32. Their size and number of
            channels are read from it.
        labels : sequence of str, or dict, default=None
            As of the class; None takes those that :func:`~skfer.persistence.export_onnx` writes.
        mean, std : float or sequence of 3 floats, default=0.0, 1.0
            What is subtracted from pixels, and what they are divided by, in grey levels of 0 to
            255, if the model takes float32.
        logits : bool, default=False
            Whether the model gives scores, of which the softmax is taken.
        **parameters
            Further parameters of the class.

        Returns
        -------
        adapter : PredictorAdapter
            The adapter. It pickles with the path, not with the file.

        Raises
        ------
        ValueError
            If the file says no labels and none are given, or takes no images.
        ImportError
            If onnxruntime is missing.

        Examples
        --------
        >>> from skfer.classifiers import PredictorAdapter
        >>> PredictorAdapter.from_onnx("model.onnx")  # doctest: +SKIP
        """
        predictor = OnnxPredictor(path, mean, std, logits)
        labels = predictor.labels if labels is None else labels
        if labels is None:
            raise ValueError(f"'{path}' does not say its labels; give them, in its order.")
        found = {"image_size": predictor.image_size, "n_channels": predictor.n_channels}
        return cls(predictor, labels, **(found | parameters))

    def fit(self, X: Images, y: ArrayLike) -> Self:
        """Remember the labels; the model stays as it is.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array.
        y : array-like of shape (n_images,)
            Labels.

        Returns
        -------
        self : object
            The adapter.

        Raises
        ------
        ValueError
            If the model does not know one of the labels.
        """
        self._validate_params()
        y = check_images(self, X, y).y
        check_classification_targets(y)
        classes = np.unique(y)
        known = labels_in_data(self.labels)
        unknown = [label for label in classes.tolist() if label not in known]
        if unknown:
            raise ValueError(
                f"The model does not know {join_some(unknown, quoted=True)}, but "
                f"{join_some(known, limit=10, quoted=True)}. Leave out these images, or say by a "
                "dict in `labels` what the model calls them."
            )
        self.classes_ = classes if self.restrict else np.unique([*classes.tolist(), *known])
        return self

    def predict(self, X: Images) -> Array:
        """Predict the labels of images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array.

        Returns
        -------
        labels : ndarray of shape (n_images,)
            The label of the highest probability, or what the model answers.
        """
        if _gives_probabilities(self):
            probabilities = self.predict_proba(X)
            return self.classes_[probabilities.argmax(axis=1)]
        return translate_labels(self._ask(X), self.labels)

    @available_if(_gives_probabilities)
    def predict_proba(self, X: Images) -> Array:
        """Predict the probabilities of the classes.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array.

        Returns
        -------
        probabilities : ndarray of shape (n_images, n_classes)
            Probabilities of ``classes_``, of sum 1; all equal where the model gives all of them 0.

        Raises
        ------
        ValueError
            If the model returns another shape, or numbers that are no probabilities.
        """
        return translate_probabilities(self._ask(X), self.labels, self.classes_)

    def _ask(self, X):
        check_is_fitted(self)
        images = check_images(self, X, reset=False).images
        images = prepare_images(images, self.image_size, self.n_channels)
        return ask(self.predictor, images, self.batch_size)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
