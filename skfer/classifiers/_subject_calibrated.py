"""Probabilities for a classifier that has none, calibrated on people it was not trained on."""

from numbers import Integral

from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.pipeline import Pipeline
from sklearn.utils import column_or_1d, get_tags
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skfer._stateless import is_pipeline, run_stateless_steps
from skfer.base import TooltipMixin
from skfer.classifiers._validation import subject_folds, subjects_or_none
from skfer.faces import is_face_array


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
        The fitted classifier with its calibration; a pipeline where `estimator` is one.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    n_features_in_ : int
        Number of features seen in ``fit``, where the estimator counts them.

    Notes
    -----
    The scores are those of :class:`~sklearn.calibration.CalibratedClassifierCV` with
    ``method="temperature", ensemble=False``, to which this class gives the folds by subject.

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
            If some images have a subject and others none, or no class has two images.
        """
        self._validate_params()
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        subjects = subjects_or_none(X if is_face_array(X) else None, groups)
        estimator = clone(self.estimator)
        rest, features = run_stateless_steps(estimator, X)
        folds = subject_folds(y, subjects, self.n_splits)
        calibrated = CalibratedClassifierCV(rest, method="temperature", cv=folds, ensemble=False)
        calibrated.fit(features, y)
        if is_pipeline(estimator):
            n_done = len(estimator.steps) - len(rest.steps)
            calibrated = Pipeline([*estimator.steps[:n_done], ("calibrated", calibrated)])
        self.estimator_ = calibrated
        self.classes_ = calibrated.classes_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(calibrated, name):
                setattr(self, name, getattr(calibrated, name))
        return self

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
        return self.estimator_.predict_proba(X)

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
        check_is_fitted(self)
        return self.estimator_.predict(X)
