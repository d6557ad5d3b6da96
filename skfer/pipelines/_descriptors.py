"""A descriptor and a support vector machine: the common baselines of the field."""

from typing import Literal

from sklearn.base import BaseEstimator
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler

from skfer.classifiers import PairwiseSVC
from skfer.descriptors import (
    GaborDescriptor,
    HOGDescriptor,
    LandmarkDescriptor,
    LBPDescriptor,
    PHOGDescriptor,
)
from skfer.pipelines._calibrated import calibrated_pipeline
from skfer.utils._choice import check_choice

_DESCRIPTORS = {
    "gabor": GaborDescriptor,
    "hog": HOGDescriptor,
    "lbp": LBPDescriptor,
    "phog": PHOGDescriptor,
    "landmark": LandmarkDescriptor,
}
_JOINED = ("gabor", "hog", "lbp", "phog")


def make_svm_pipeline(
    descriptor: Literal["gabor", "hog", "lbp", "phog", "landmark", "joined"] | BaseEstimator,
    *,
    align: Literal["eyes"] | None = "eyes",
    C: float = 1.0,
) -> Pipeline:
    """Make a system of a descriptor and a linear support vector machine.

    The features are standardized. The scores of :class:`~skfer.classifiers.PairwiseSVC` become
    probabilities that are calibrated by subject, see
    :class:`~skfer.classifiers.SubjectCalibratedClassifier`.

    Parameters
    ----------
    descriptor : {"gabor", "hog", "lbp", "phog", "landmark", "joined"} or transformer instance
        A descriptor of :mod:`skfer.descriptors` with its defaults, or "joined" for Gabor, HOG, LBP
        and PHOG side by side; or any transformer of images to feature rows. LBP is close to the
        system of Shan et al. [1]_, PHOG is for single images what Fan and Tjahjadi [2]_ have for
        sequences.
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.
    C : float, default=1.0
        Inverse regularization of the support vector machine.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["hog-svm"]`` is the grid to search for HOG, and so on.

    Raises
    ------
    ValueError
        If `descriptor` is another name.

    References
    ----------
    .. [1] C. Shan, S. Gong and P. W. McOwan, "Facial expression recognition based on local binary
       patterns: a comprehensive study", Image and Vision Computing 27(6), 2009.
    .. [2] X. Fan and T. Tjahjadi, "A spatial-temporal framework based on histogram of gradients and
       optical flow for facial expression recognition in video sequences", Pattern Recognition
       48(11), 2015.

    Examples
    --------
    >>> from skfer.pipelines import make_svm_pipeline
    >>> pipeline = make_svm_pipeline("hog", C=0.1)
    >>> [name for name, _ in pipeline.steps]
    ['locate', 'align', 'classify']
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'scale', 'svm']
    """
    if isinstance(descriptor, str):
        descriptor = _make_descriptor(descriptor)
    return calibrated_pipeline(
        align, ("describe", descriptor), ("scale", StandardScaler()), ("svm", PairwiseSVC(C))
    )


def make_gabor_svm_pipeline(*, align: Literal["eyes"] | None = "eyes", C: float = 1.0) -> Pipeline:
    """Make Gabor + SVM, the common baseline of the field.

    Parameters
    ----------
    align, C
        As of :func:`make_svm_pipeline`.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    Examples
    --------
    >>> from skfer.pipelines import make_gabor_svm_pipeline
    >>> make_gabor_svm_pipeline()["classify"].estimator["describe"]
    GaborDescriptor()
    """
    return make_svm_pipeline("gabor", align=align, C=C)


def _make_descriptor(name):
    check_choice("descriptor", name, (*_DESCRIPTORS, "joined"))
    if name == "joined":
        return FeatureUnion([(own, _DESCRIPTORS[own]()) for own in _JOINED])
    return _DESCRIPTORS[name]()
