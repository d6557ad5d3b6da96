"""Probabilities for a classifier that has none, calibrated on people it was not trained on."""

from numbers import Integral

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, column_or_1d, get_tags, indexable
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skfer._stateless import is_pipeline, run_stateless_steps
from skfer.base import TooltipMixin
from skfer.classifiers._validation import subject_folds, subjects_or_none
from skfer.faces import is_face_array

_LEAST_PROBABILITY = 1e-12  # of a vote for nobody, before its logarithm is taken


def fit_temperature(scores, codes):
    """Return the temperature that makes the softmax of scores most likely.

    `scores` are of shape (n_samples, n_classes), minus infinity for a class that is ruled out;
    `codes` tell the column of the true class of each sample.

    >>> import numpy as np
    >>> from skfer.classifiers._subject_calibrated import fit_temperature
    >>> scores = np.array([[2.0, 0.0]] * 4)
    >>> float(round(fit_temperature(scores, np.array([0, 0, 0, 1])), 3))  # 3 to 1: 2 / log(3)
    1.82
    """
    rows = np.arange(len(codes))

    def loss(log_temperature):
        return -log_softmax(scores / np.exp(log_temperature), axis=1)[rows, codes].mean()

    return np.exp(minimize_scalar(loss, bounds=(-10, 10), method="bounded").x)


class SubjectCalibratedClassifier(TooltipMixin, MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Give a classifier probabilities, calibrated by subject inside ``fit``.

    A copy of the classifier scores each training image after it was trained on other people. One
    number, the temperature [1]_, then takes such scores to probabilities, and the classifier is
    trained on all images. The most probable class is the one with the highest score, so that
    calibration leaves the accuracy as it is.

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
    its logarithms. An image whose class its fold was not trained on has no part in the calibration.

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

    _parameter_constraints: dict = {
        "estimator": [
            HasMethods(["fit", "decision_function"]),
            HasMethods(["fit", "predict_proba"]),
        ],
        "n_splits": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(self, estimator, *, n_splits=5):
        self.estimator = estimator
        self.n_splits = n_splits

    def fit(self, X, y, groups=None):
        """Fit the classifier and its calibration.

        Parameters
        ----------
        X : array-like of n_samples rows
            Face array, images or features, as the estimator takes them.
        y : array-like of shape (n_samples,)
            Labels of any kind.
        groups : array-like of shape (n_samples,), default=None
            Subjects; None takes those of the face array. Where there are none, the folds go by
            image, with a warning.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If some images have a subject and others none, no class has two images, or none is
            shown by two subjects.
        """
        self._validate_params()
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        X, y = indexable(X, y)
        subjects = subjects_or_none(X if is_face_array(X) else None, groups)
        self.classes_, codes = np.unique(y, return_inverse=True)
        estimator = clone(self.estimator)
        rest, features = run_stateless_steps(estimator, X)
        folds = subject_folds(y, subjects, self.n_splits)
        scores = self._scores_out_of_fold(rest, features, y, folds)
        known = np.isfinite(scores[np.arange(len(y)), codes])
        if not known.any():
            raise ValueError(
                "Each class is shown by one subject only, so nothing can be calibrated."
            )
        self.temperature_ = fit_temperature(scores[known], codes[known])
        rest.fit(features, y)
        if is_pipeline(estimator):
            n_done = len(estimator.steps) - len(rest.steps)
            rest = Pipeline([*estimator.steps[:n_done], *rest.steps])
        self.estimator_ = rest
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(rest, name):
                setattr(self, name, getattr(rest, name))
        return self

    def _scores_out_of_fold(self, estimator, X, y, folds):
        scores = np.empty((len(y), len(self.classes_)))
        for train, test in folds:
            model = clone(estimator).fit(_safe_indexing(X, train), y[train])
            scores[test] = self._scores(model, _safe_indexing(X, test))
        return scores

    def _scores(self, model, X):
        """Return a column for each class, minus infinity for those that the model does not know."""
        if hasattr(model, "decision_function"):
            known = model.decision_function(X)
            known = np.column_stack([-known, known]) if known.ndim == 1 else known
        else:
            known = np.log(model.predict_proba(X) + _LEAST_PROBABILITY)
        scores = np.full((len(known), len(self.classes_)), -np.inf)
        scores[:, np.searchsorted(self.classes_, model.classes_)] = known
        return scores

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def predict_proba(self, X):
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
        return softmax(self._scores(self.estimator_, X) / self.temperature_, axis=1)

    def predict(self, X):
        """Return the most probable class.

        Parameters
        ----------
        X : array-like of n_samples rows
            As for ``fit``.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Labels as they were given to ``fit``.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]
