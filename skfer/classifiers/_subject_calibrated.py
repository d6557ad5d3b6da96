"""Probabilities for a classifier that has none, calibrated on people it was not trained on."""

from numbers import Integral
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import column_or_1d, get_tags, indexable
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skfer._stateless import is_pipeline, run_stateless_steps
from skfer._subjects import drop_subjects
from skfer._typing import Array, Images
from skfer.base import TooltipMixin
from skfer.classifiers._decisions import MostProbableMixin
from skfer.classifiers._temperature import class_scores, fit_temperature, scores_out_of_fold
from skfer.classifiers._validation import inner_folds, subjects_or_none


class SubjectCalibratedClassifier(
    TooltipMixin, MetaEstimatorMixin, MostProbableMixin, ClassifierMixin, BaseEstimator
):
    """Give a classifier probabilities, calibrated by subject inside ``fit``.

    A copy of the classifier scores each training image after it was trained on other people. One
    number, the temperature [1]_, then takes such scores to probabilities, and the classifier is
    trained on all images. The most probable class is the one with the highest score.

    Parameters
    ----------
    estimator : estimator instance
        Classifier with ``decision_function`` or ``predict_proba``, alone or at the end of a
        pipeline. Leading steps of skfer that learn nothing, such as descriptors, run once.
    n_splits : int, default=5
        Number of folds of the training subjects; fewer where there are fewer subjects.

    Attributes
    ----------
    estimator_ : estimator instance
        The classifier, fitted on all images.
    temperature_ : float
        By what its scores are divided; probabilities are the softmax of the quotient.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    n_features_in_ : int
        Number of features seen in ``fit``, where the estimator counts them.

    Notes
    -----
    The scores of two classes are minus and plus the decision function, those of ``predict_proba``
    its logarithms. An image has no part in the calibration if its fold was trained without its
    class, or on one class only.

    References
    ----------
    .. [1] C. Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.svm import SVC
    >>> from skfer.classifiers import SubjectCalibratedClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.descriptors import HOGDescriptor
    >>> data = make_faces(6, 2, expressions=("happy", "surprise"), random_state=0)
    >>> svm = make_pipeline(HOGDescriptor(), SVC(kernel="linear"))
    >>> model = SubjectCalibratedClassifier(svm, n_splits=3).fit(data.faces, data.target)
    >>> model.predict_proba(data.faces).shape
    (24, 2)
    """

    # Subjects ride in the face array; behind a sampler, groups would not fit the faces any more.
    __metadata_request__fit = {"groups": False}

    _uses_subjects = True
    _takes_subject_column = True
    # Its estimator sees the images as they came, so steps that learn nothing may run before.
    _passes_images_on = True

    _parameter_constraints: dict = {
        "estimator": [
            HasMethods(["fit", "decision_function"]),
            HasMethods(["fit", "predict_proba"]),
        ],
        "n_splits": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(self, estimator: BaseEstimator, *, n_splits: int = 5):
        self.estimator = estimator
        self.n_splits = n_splits

    def fit(self, X: Images | pd.DataFrame, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit the classifier and its calibration.

        Parameters
        ----------
        X : array-like of n_samples rows
            Face array, images or features, as the estimator takes them.
        y : array-like of shape (n_samples,)
            Labels of any kind.
        groups : array-like of shape (n_samples,), default=None
            Subjects; None takes those of the face array, or of the column ``subject`` of a
            DataFrame. The estimator gets the column only if a part of it asks for it, such as
            :class:`~skfer.features.SubjectNormalizer`. Without subjects, the folds go by
            image, with a warning.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If some images have a subject and others none.

        Warns
        -----
        UserWarning
            If no subjects are known, or no class is shown by two of them, so that nothing can be
            calibrated.
        """
        self._validate_params()
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        X, y = indexable(X, y)
        subjects = subjects_or_none(X, groups)
        self.classes_, codes = np.unique(y, return_inverse=True)
        estimator = clone(self.estimator)
        rest, features = run_stateless_steps(estimator, drop_subjects(X, estimator))
        folds = inner_folds(y, subjects, self.n_splits)
        scores = scores_out_of_fold(rest, features, y, folds, self.classes_)
        self.temperature_ = fit_temperature(scores, codes)
        rest.fit(features, y)
        if is_pipeline(estimator):
            n_done = len(estimator.steps) - len(rest.steps)
            rest = estimator.set_params(steps=[*estimator.steps[:n_done], *rest.steps])
        self.estimator_ = rest
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(rest, name):
                setattr(self, name, getattr(rest, name))
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def predict_proba(self, X: Images | pd.DataFrame) -> Array:
        """Estimate the probability of each class.

        Parameters
        ----------
        X : array-like of n_samples rows
            As for ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``; rows sum to one.
        """
        check_is_fitted(self)
        scores = class_scores(self.estimator_, drop_subjects(X, self.estimator), self.classes_)
        return softmax(scores / self.temperature_, axis=1)
