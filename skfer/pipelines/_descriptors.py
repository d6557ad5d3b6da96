"""A descriptor and a support vector machine: the common baselines of the field."""

from sklearn.pipeline import FeatureUnion
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


def make_svm_pipeline(descriptor, *, align="eyes", C=1.0):
    """Make a system of a descriptor and a linear support vector machine.

    The features are standardized. The scores of :class:`~skfer.classifiers.PairwiseSVC` become
    probabilities that are calibrated by subject, see
    :class:`~skfer.classifiers.SubjectCalibratedClassifier`.

    Parameters
    ----------
    descriptor : transformer instance
        One of :mod:`skfer.descriptors`, or any transformer of images to feature rows.
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.
    C : float, default=1.0
        Inverse regularization of the support vector machine.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS`` has grids to search for some descriptors.

    Examples
    --------
    >>> from skfer.descriptors import HOGDescriptor
    >>> from skfer.pipelines import make_svm_pipeline
    >>> pipeline = make_svm_pipeline(HOGDescriptor(), C=0.1)
    >>> [name for name, _ in pipeline.steps]
    ['locate', 'align', 'classify']
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'scale', 'svm']
    """
    return calibrated_pipeline(
        align, ("describe", descriptor), ("scale", StandardScaler()), ("svm", PairwiseSVC(C))
    )


def make_gabor_svm_pipeline(*, align="eyes", C=1.0):
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
    return make_svm_pipeline(GaborDescriptor(), align=align, C=C)


def make_hog_svm_pipeline(*, align="eyes", C=1.0):
    """Make HOG + SVM.

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
    >>> from skfer.pipelines import make_hog_svm_pipeline
    >>> make_hog_svm_pipeline()["classify"].estimator["describe"]
    HOGDescriptor()
    """
    return make_svm_pipeline(HOGDescriptor(), align=align, C=C)


def make_lbp_svm_pipeline(*, align="eyes", C=1.0):
    """Make LBP + SVM, after Shan et al. (2009) [1]_, who use other kernels.

    Parameters
    ----------
    align, C
        As of :func:`make_svm_pipeline`.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    References
    ----------
    .. [1] C. Shan, S. Gong and P. W. McOwan, "Facial expression recognition based on local binary
       patterns: a comprehensive study", Image and Vision Computing 27(6), 2009.

    Examples
    --------
    >>> from skfer.pipelines import make_lbp_svm_pipeline
    >>> make_lbp_svm_pipeline()["classify"].estimator["describe"]
    LBPDescriptor()
    """
    return make_svm_pipeline(LBPDescriptor(), align=align, C=C)


def make_phog_svm_pipeline(*, align="eyes", C=1.0):
    """Make PHOG + SVM, for single images what Fan and Tjahjadi (2015) [1]_ do for sequences.

    Parameters
    ----------
    align, C
        As of :func:`make_svm_pipeline`.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    References
    ----------
    .. [1] X. Fan and T. Tjahjadi, "A spatial-temporal framework based on histogram of gradients and
       optical flow for facial expression recognition in video sequences", Pattern Recognition
       48(11), 2015.

    Examples
    --------
    >>> from skfer.pipelines import make_phog_svm_pipeline
    >>> make_phog_svm_pipeline()["classify"].estimator["describe"]
    PHOGDescriptor()
    """
    return make_svm_pipeline(PHOGDescriptor(), align=align, C=C)


def make_landmark_svm_pipeline(*, align="eyes", C=1.0):
    """Make the shape of the face + SVM: where the landmarks are, without any texture.

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
    >>> from skfer.pipelines import make_landmark_svm_pipeline
    >>> make_landmark_svm_pipeline()["classify"].estimator["describe"]
    LandmarkDescriptor()
    """
    return make_svm_pipeline(LandmarkDescriptor(), align=align, C=C)


def make_joined_svm_pipeline(*, align="eyes", C=1.0):
    """Make Gabor, HOG, LBP and PHOG side by side + SVM.

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
    >>> from skfer.pipelines import make_joined_svm_pipeline
    >>> [name for name, _ in
    ...  make_joined_svm_pipeline()["classify"].estimator["describe"].transformer_list]
    ['gabor', 'hog', 'lbp', 'phog']
    """
    joined = FeatureUnion(
        [
            ("gabor", GaborDescriptor()),
            ("hog", HOGDescriptor()),
            ("lbp", LBPDescriptor()),
            ("phog", PHOGDescriptor()),
        ]
    )
    return make_svm_pipeline(joined, align=align, C=C)
