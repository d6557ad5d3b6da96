"""Published systems that look at sequences."""

from typing import Literal

from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler

from skfer._typing import RandomState
from skfer.classifiers import PairwiseSVC
from skfer.descriptors import ExpressionletDescriptor, OpticalFlowDescriptor, PHOGTOPDescriptor
from skfer.pipelines._calibrated import calibrated_pipeline


def make_phog_top_svm_pipeline(
    *, align: Literal["eyes"] | None = "eyes", C: float = 1.0
) -> Pipeline:
    """Make PHOG-TOP + optical flow + SVM for sequences, after Fan and Tjahjadi (2015) [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs and videos, None for sequences of faces that are cropped already.
    C : float, default=1.0
        Inverse regularization of the support vector machine.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["phog-top-svm"]`` is the grid to search.

    Notes
    -----
    Known of [1]_ are the parts. Guesses are that the features are joined as they are, each
    standardized, so that a part weighs by its number of features, 5,040 of PHOG-TOP and 1,152 of
    the flow; the linear kernel; and what :class:`~skfer.descriptors.PHOGTOPDescriptor` and
    :class:`~skfer.descriptors.OpticalFlowDescriptor` say of theirs.

    References
    ----------
    .. [1] X. Fan and T. Tjahjadi, "A spatial-temporal framework based on histogram of gradients and
       optical flow for facial expression recognition in video sequences", Pattern Recognition
       48(11), 2015.

    Examples
    --------
    >>> from skfer.pipelines import make_phog_top_svm_pipeline
    >>> pipeline = make_phog_top_svm_pipeline(align=None)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'scale', 'svm']
    """
    parts = [("phog_top", PHOGTOPDescriptor()), ("flow", OpticalFlowDescriptor())]
    return calibrated_pipeline(
        align,
        ("describe", FeatureUnion(parts)),
        ("scale", StandardScaler()),
        ("svm", PairwiseSVC(C)),
    )


def make_expressionlet_pipeline(
    *, align: Literal["eyes"] | None = "eyes", random_state: RandomState = None
) -> Pipeline:
    """Make expressionlets + discriminant analysis for sequences, after Liu et al. (2014) [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs and videos, None for sequences of faces that are cropped already.
    random_state : int, RandomState instance or None, default=None
        Seed of the mixture.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["expressionlet"]`` is the grid to search.

    Notes
    -----
    In [1]_ some discriminant learning, of which we know no details, and a support vector machine
    follow the expressionlets. Here it is linear discriminant analysis with the covariance shrunk
    after Ledoit and Wolf, on the principal components that hold 95 % of the variance.
    :class:`~skfer.descriptors.ExpressionletDescriptor` states the other guesses.

    References
    ----------
    .. [1] M. Liu, S. Shan, R. Wang and X. Chen, "Learning expressionlets on spatio-temporal
       manifold for dynamic facial expression recognition", CVPR 2014.

    Examples
    --------
    >>> from skfer.pipelines import make_expressionlet_pipeline
    >>> pipeline = make_expressionlet_pipeline(align=None, random_state=0)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'reduce', 'discriminate']
    """
    return calibrated_pipeline(
        align,
        ("describe", ExpressionletDescriptor(random_state=random_state)),
        ("reduce", PCA(0.95, svd_solver="full")),
        ("discriminate", LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")),
    )
