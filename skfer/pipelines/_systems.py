"""Published systems without a network, and the nearest neighbour on pixels."""

from typing import Literal

from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skfer._typing import RandomState
from skfer.alignment import SQUARE_CROP
from skfer.classifiers import (
    BoostedBeliefNetwork,
    BoostedNeuralEnsemble,
    PairwiseSVC,
    RadialEncodingClassifier,
    SparseRepresentationClassifier,
)
from skfer.descriptors import (
    GaborDescriptor,
    HOGDescriptor,
    MicroActionDescriptor,
    PixelDescriptor,
)
from skfer.features import ActionUnitAwareRBM, SparseLocalFisher
from skfer.pipelines._alignment import alignment_steps
from skfer.pipelines._calibrated import calibrated_pipeline
from skfer.preprocessing import IntensityNormalizer


def make_radial_encoding_pipeline(*, align: Literal["eyes"] | None = "eyes") -> Pipeline:
    """Make the system of Gu et al. (2012) [1]_, which the C-SPP paper calls Gabor + SVM.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["radial-encoding"]`` is the grid to search.

    References
    ----------
    .. [1] W. Gu et al., "Facial expression recognition using radial encoding of local Gabor
       features and classifier synthesis", Pattern Recognition 45(1), 2012.

    Examples
    --------
    >>> from skfer.pipelines import make_radial_encoding_pipeline
    >>> make_radial_encoding_pipeline(align=None).steps
    [('classify', RadialEncodingClassifier())]
    """
    steps = alignment_steps(align, crop=SQUARE_CROP)
    return Pipeline([*steps, ("classify", RadialEncodingClassifier())])


def make_sparse_representation_pipeline(*, align: Literal["eyes"] | None = "eyes") -> Pipeline:
    """Make Gabor + SRC: each face as a sparse sum of training faces, after Wright et al. [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["sparse-representation"]`` is the grid to search.

    References
    ----------
    .. [1] J. Wright et al., "Robust face recognition via sparse representation", IEEE Transactions
       on Pattern Analysis and Machine Intelligence 31(2), 2009.

    Examples
    --------
    >>> from skfer.pipelines import make_sparse_representation_pipeline
    >>> pipeline = make_sparse_representation_pipeline(align=None)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'scale', 'reduce', 'code']
    """
    return calibrated_pipeline(
        align,
        ("describe", GaborDescriptor()),
        ("scale", StandardScaler()),
        ("reduce", PCA(0.95, svd_solver="full")),
        ("code", SparseRepresentationClassifier()),
    )


def make_sparse_local_fisher_pipeline(*, align: Literal["eyes"] | None = "eyes") -> Pipeline:
    """Make Gabor + SLFDA + nearest neighbours, after Zhan et al. (2016) [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["sparse-local-fisher"]`` is the grid to search.

    References
    ----------
    .. [1] W. Zhan, Q. Ruan and G. An, "Facial expression recognition using sparse local Fisher
       discriminant analysis", Neurocomputing 174, 2016.

    Examples
    --------
    >>> from skfer.pipelines import make_sparse_local_fisher_pipeline
    >>> pipeline = make_sparse_local_fisher_pipeline(align=None)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'scale', 'reduce', 'discriminate', 'vote']
    """
    return calibrated_pipeline(
        align,
        ("describe", GaborDescriptor()),
        ("scale", StandardScaler()),
        ("reduce", PCA(0.95, svd_solver="full")),
        ("discriminate", SparseLocalFisher()),
        ("vote", KNeighborsClassifier(5, algorithm="brute")),
    )


def make_boosted_neural_ensemble_pipeline(
    *, align: Literal["eyes"] | None = "eyes", random_state: RandomState = None
) -> Pipeline:
    """Make HOG + boosted neural networks, after Ali et al. (2016) [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.
    random_state : int, RandomState instance or None, default=None
        Seed of the networks.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["boosted-neural-ensemble"]`` is the grid to search.

    References
    ----------
    .. [1] G. Ali, M. A. Iqbal and T. S. Choi, "Boosted NNE collections for multicultural facial
       expression recognition", Pattern Recognition 55, 2016.

    Examples
    --------
    >>> from skfer.pipelines import make_boosted_neural_ensemble_pipeline
    >>> pipeline = make_boosted_neural_ensemble_pipeline(align=None)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'boost']
    """
    return calibrated_pipeline(
        align,
        ("describe", HOGDescriptor()),
        ("boost", BoostedNeuralEnsemble(random_state=random_state)),
    )


def make_boosted_belief_pipeline(
    *, align: Literal["eyes"] | None = "eyes", random_state: RandomState = None
) -> Pipeline:
    """Make boosted Boltzmann machines over patches of the face, after Liu et al. (2014) [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.
    random_state : int, RandomState instance or None, default=None
        Seed of the machines.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["boosted-belief"]`` is the grid to search.

    References
    ----------
    .. [1] P. Liu, S. Han, Z. Meng and Y. Tong, "Facial expression recognition via a boosted deep
       belief network", CVPR 2014.

    Examples
    --------
    >>> from skfer.pipelines import make_boosted_belief_pipeline
    >>> pipeline = make_boosted_belief_pipeline(align=None)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['contrast', 'boost']
    """
    return calibrated_pipeline(
        align,
        ("contrast", IntensityNormalizer()),
        ("boost", BoostedBeliefNetwork(random_state=random_state)),
    )


def make_action_unit_network_pipeline(
    *, align: Literal["eyes"] | None = "eyes", random_state: RandomState = None
) -> Pipeline:
    """Make learnt patterns + Boltzmann machines over groups + SVM, after Liu et al. (2015) [1]_.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.
    random_state : int, RandomState instance or None, default=None
        Seed of the patterns and of the machines.

    Returns
    -------
    pipeline : Pipeline
        Unfitted. ``PARAMETER_GRIDS["action-unit-network"]`` is the grid to search.

    References
    ----------
    .. [1] M. Liu, S. Li, S. Shan and X. Chen, "AU-inspired deep networks for facial expression
       feature learning", Neurocomputing 159, 2015.

    Examples
    --------
    >>> from skfer.pipelines import make_action_unit_network_pipeline
    >>> pipeline = make_action_unit_network_pipeline(align=None)
    >>> [name for name, _ in pipeline["classify"].estimator.steps]
    ['describe', 'group', 'scale', 'svm']
    """
    return calibrated_pipeline(
        align,
        ("describe", MicroActionDescriptor(random_state=random_state)),
        ("group", ActionUnitAwareRBM(random_state=random_state)),
        ("scale", StandardScaler()),
        ("svm", PairwiseSVC(0.01)),
    )


def make_pixel_knn_pipeline(*, align: Literal["eyes"] | None = "eyes") -> Pipeline:
    """Make the nearest neighbour on pixels, which shows how much a split leaks.

    Parameters
    ----------
    align : {"eyes"} or None, default="eyes"
        ``"eyes"`` for photographs, None for faces that are cropped already.

    Returns
    -------
    pipeline : Pipeline
        Unfitted.

    Examples
    --------
    >>> from skfer.pipelines import make_pixel_knn_pipeline
    >>> [name for name, _ in make_pixel_knn_pipeline(align=None).steps]
    ['describe', 'classify']
    """
    return Pipeline(
        [
            *alignment_steps(align),
            ("describe", PixelDescriptor()),
            ("classify", KNeighborsClassifier(n_neighbors=1)),
        ]
    )
