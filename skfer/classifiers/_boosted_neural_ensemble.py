"""Boosted ensembles of small neural networks, one for each class."""

import warnings
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.ensemble import AdaBoostClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted, validate_data

from skfer._typing import Array, RandomState
from skfer.base import TooltipMixin
from skfer.classifiers._decisions import MostProbableMixin
from skfer.utils._targets import encode_classes


class BoostedNeuralEnsemble(TooltipMixin, MostProbableMixin, ClassifierMixin, BaseEstimator):
    """Classify feature rows by boosted neural networks, an ensemble for each class (NNE).

    For each class small networks learn to tell it from the others, one after another, each with
    more weight on the rows that those before got wrong (AdaBoost [2]_). In the manner of Ali et al.
    (2016) [1]_, who classify histograms of oriented gradients by ensembles of binary networks. Made
    of scikit-learn's ``StandardScaler``, ``OneVsRestClassifier``, ``AdaBoostClassifier`` and
    ``MLPClassifier``.

    Parameters
    ----------
    n_estimators : int, default=20
        Networks of each class, at most: boosting ends at one that makes no error on the training
        rows, or that is no better than chance.
    hidden_layer_sizes : array-like of int, default=(10,)
        Widths of the hidden layers of a network.
    alpha : float, default=0.0003
        Weight decay for each feature: the mean loss of a network gets `alpha` times the number of
        features times half the sum of its squared weights. If it is too small, the first network
        knows the training rows by heart and nothing is left to boost; if too large, all are of one
        opinion.
    max_iter : int, default=10
        Iterations of L-BFGS for each network. Few leave it weak, which boosting lives on.
    random_state : int, RandomState instance or None, default=None
        Seed of the first weights of the networks.
    n_jobs : int, default=None
        Number of classes learned at a time, in processes; None means 1 unless in a
        ``joblib.parallel_config`` context, -1 means all processors.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    ensemble_ : Pipeline
        The fitted scaler and ``OneVsRestClassifier``.
    n_iter_ : int
        Iterations of the network that took the most.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    Notes
    -----
    Guesses: of [1]_ we know the parts, not how they were put together. The algorithm of boosting,
    the sizes of the networks, their training and all numbers are ours.

    There is no early stopping: it would hold out images, not subjects. That networks do not
    converge in so few iterations is meant, and no warning is given.

    Probabilities are those of AdaBoost, divided by their sum. They come from weighted votes, keep
    to the middle and are not calibrated: the surest gets 0.88 of two classes and 0.60 of six. Their
    order can be used; for their values calibrate by subject.

    References
    ----------
    .. [1] G. Ali, M. A. Iqbal and T.-S. Choi, "Boosted NNE collections for multicultural facial
       expression recognition", Pattern Recognition 55, 2016.
    .. [2] J. Zhu, H. Zou, S. Rosset and T. Hastie, "Multi-class AdaBoost", Statistics and Its
       Interface 2, 2009.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skfer.classifiers import BoostedNeuralEnsemble
    >>> X, y = make_blobs(60, centers=3, random_state=0)
    >>> model = BoostedNeuralEnsemble(n_estimators=3, random_state=0).fit(X, y)
    >>> model.predict_proba(X[:2]).shape
    (2, 3)
    """

    _parameter_constraints: dict = {
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "hidden_layer_sizes": ["array-like"],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        n_estimators: int = 20,
        *,
        hidden_layer_sizes: Sequence[int] = (10,),
        alpha: float = 0.0003,
        max_iter: int = 10,
        random_state: RandomState = None,
        n_jobs: int | None = None,
    ):
        self.n_estimators = n_estimators
        self.hidden_layer_sizes = hidden_layer_sizes
        self.alpha = alpha
        self.max_iter = max_iter
        self.random_state = random_state
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train the networks.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.
        y : array-like of shape (n_samples,)
            Labels, of two classes or more.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If there is one class only, or the first network of a class gets half of the rows wrong:
            `alpha` is too large, or `max_iter` too small.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        self.classes_, _ = encode_classes(self, y)
        network = MLPClassifier(
            self.hidden_layer_sizes,
            solver="lbfgs",
            # Its weights of rows sum to 1, so that this is not divided by the number of rows.
            alpha=self.alpha * X.shape[1],
            max_iter=self.max_iter,
        )
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        boosted = AdaBoostClassifier(network, n_estimators=self.n_estimators, random_state=seed)
        self.ensemble_ = make_pipeline(
            StandardScaler(), OneVsRestClassifier(boosted, n_jobs=self.n_jobs)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.ensemble_.fit(X, y)
        boosted = self.ensemble_[-1].estimators_
        self.n_iter_ = max(net.n_iter_ for of_class in boosted for net in of_class.estimators_)
        return self

    def predict_proba(self, X: ArrayLike) -> Array:
        """Predict probabilities, which are not calibrated.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`; each row sums to 1.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return self.ensemble_.predict_proba(X)
