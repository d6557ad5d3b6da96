"""Classification by sparse representation: which class codes a row best."""

import warnings
from numbers import Real
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.decomposition import sparse_encode
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Lasso
from sklearn.preprocessing import normalize
from sklearn.utils._param_validation import Interval
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skfer._typing import Array
from skfer.base import TooltipMixin
from skfer.classifiers._decisions import HighestScoreMixin

_TOLERANCE = 1e-4  # gap between the objective and its bound, in squared lengths of a row
_MAX_ITER = 10_000


class SparseRepresentationClassifier(
    TooltipMixin, HighestScoreMixin, ClassifierMixin, BaseEstimator
):
    r"""Classify a row by the class whose training rows code it best (SRC).

    The training rows, scaled to unit length, are the atoms of a dictionary. A row
    :math:`\mathbf{y}` is coded by few of them, and each class is asked how far its own part of the
    code is from the row (Wright et al. 2009 [1]_, section 2 and Algorithm 1):

    .. math::

        \hat{\mathbf{x}} = \arg\min_\mathbf{x}
        \tfrac{1}{2} \|\mathbf{y} - \mathbf{A x}\|_2^2 + \alpha \|\mathbf{x}\|_1, \qquad
        r_c = \|\mathbf{y} - \mathbf{A} \delta_c(\hat{\mathbf{x}})\|_2

    where :math:`\delta_c` keeps the coefficients of class :math:`c`. The least residual wins.

    Parameters
    ----------
    alpha : float, default=0.05
        Weight of the L1 norm of the code, between 0 and 1, both excluded. Rows and atoms are of
        unit length, so that at 1 every code is zero, whatever the features. Small values take many
        atoms and much time.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    dictionary_ : ndarray of shape (n_samples, n_features), dtype float64
        The training rows, of unit length; rows of zeros stay zero.
    atom_classes_ : ndarray of shape (n_samples,)
        The class of each atom, as an index into `classes_`.
    n_features_in_ : int
        Number of features seen in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    Notes
    -----
    Deviations from [1]_: the row is scaled to unit length as well, which
    makes `alpha` independent of the features; the L1 problem is the penalized form instead of the
    one with a bound on the error of the code, solved by least angle regression and coordinate
    descent, with a warning if that takes more than 10,000 passes. The extension to occluded images
    (section 3.2) and the rejection of rows of no class (section 2.4) are left out.

    Weights may be negative, as in [1]_, so that an atom codes the opposite row as well as its own;
    features of one sign, such as pixels, histograms and magnitudes, have no opposite rows. There is
    no ``predict_proba``: residuals are no probabilities, and a calibrator needs folds by subject.
    A row that no atom answers to, such as one of zeros, has equal residuals and gets the first
    class. Each training row is an atom, so that many jittered copies make prediction slow.

    References
    ----------
    .. [1] J. Wright, A. Y. Yang, A. Ganesh, S. S. Sastry and Y. Ma, "Robust face recognition via
       sparse representation", IEEE Transactions on Pattern Analysis and Machine Intelligence 31(2),
       2009.

    Examples
    --------
    >>> from skfer.classifiers import SparseRepresentationClassifier
    >>> X = [[1, 0, 0], [2, 0.1, 0], [0, 1, 0.1], [0, 3, 0]]
    >>> classifier = SparseRepresentationClassifier().fit(X, ["happy", "happy", "sad", "sad"])
    >>> classifier.predict([[5, 1, 0], [0.1, 0.7, 0.2]])
    array(['happy', 'sad'], dtype='<U5')
    """

    _parameter_constraints: dict = {"alpha": [Interval(Real, 0, 1, closed="neither")]}

    def __init__(self, alpha: float = 0.05):
        self.alpha = alpha

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Keep the training rows as a dictionary.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.
        y : array-like of shape (n_samples,)
            Labels.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, self.atom_classes_ = np.unique(y, return_inverse=True)
        self.dictionary_ = normalize(X)
        return self

    def decision_function(self, X: ArrayLike) -> Array:
        """Compute minus the residual of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Feature rows.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_classes), or (n_samples,) for two classes
            Minus the residuals, for rows of unit length: 0 is a perfect code, -1 as good as none.
            For two classes, the residual of the first less that of the second.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        scores = -class_residuals(
            normalize(X), self.dictionary_, self.atom_classes_, len(self.classes_), self.alpha
        )
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores


def sparse_code(rows, dictionary, alpha):
    """Code rows (n_rows, n_features) by atoms (n_atoms, n_features): weights (n_rows, n_atoms)."""
    # LARS is exact and fast but breaks off, with a warning, where atoms are equal; coordinate
    # descent goes on from there, and stops at once where there is nothing left to do.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = sparse_encode(rows, dictionary, algorithm="lasso_lars", alpha=alpha)
    # Lasso divides the squared error by the number of features, which are its samples here.
    lasso = Lasso(
        alpha / dictionary.shape[1],
        fit_intercept=False,
        precompute=True,
        tol=_TOLERANCE,
        max_iter=_MAX_ITER,
        warm_start=True,
    )
    lasso.coef_ = start
    return lasso.fit(dictionary.T, rows.T).coef_.reshape(len(rows), len(dictionary))


def class_residuals(rows, dictionary, atom_classes, n_classes, alpha):
    """Compute the residual (n_rows, n_classes) of each row from the part of each class."""
    code = sparse_code(rows, dictionary, alpha)
    residuals = np.empty((len(rows), n_classes))
    for index in range(n_classes):
        own = atom_classes == index
        residuals[:, index] = np.linalg.norm(rows - code[:, own] @ dictionary[own], axis=1)
    return residuals
