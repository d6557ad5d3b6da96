"""Classifier synthesis over local codes."""

from functools import partial
from numbers import Integral, Real
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.utils import gen_batches
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from skfer._typing import Array, Images, Shape
from skfer.base import ImageDescriptor, TooltipMixin
from skfer.classifiers._decisions import MostProbableMixin
from skfer.classifiers._local_discriminants import class_outputs, fit_local_discriminant
from skfer.classifiers._temperature import class_scores, fit_temperature, scores_out_of_fold
from skfer.classifiers._validation import inner_folds, subjects_or_none
from skfer.descriptors import RadialGaborDescriptor
from skfer.utils import check_images
from skfer.utils._targets import encode_classes
from skfer.utils._threads import map_in_threads

# Images described at a time in prediction: 54,000 features each take 55 MB.
_BLOCK = 256


class RadialEncodingClassifier(TooltipMixin, MostProbableMixin, ClassifierMixin, BaseEstimator):
    r"""Expression classifier that joins the answers of many local ones (Gu et al. 2012).

    Each code of the descriptor, by default the Gabor responses of one region of the face at one
    scale, has a local classifier of its own: Fisher's discriminants, and the distance to the
    nearest training image of each class in their space. The outputs of all of them are the features
    of a second discriminant, the synthesis, which decides [1]_.

    Parameters
    ----------
    descriptor : ImageDescriptor or None, default=None
        A descriptor of :mod:`skfer.descriptors`, cloned before each fit. One without codes
        (``code_size_``) is a single code. None takes
        :class:`~skfer.descriptors.RadialGaborDescriptor` with its defaults.
    shrinkage : float, default=0.01
        Shrinkage of the scatter within the classes in the local discriminants, above 0; 1 leaves
        nothing but the directions between the means. 0.001 to 0.1 do alike on faces; well below,
        codes of more features than images separate the training images at random.
    synthesis_shrinkage : float or "auto", default="auto"
        The same for the synthesis; ``"auto"`` is the estimate of Ledoit and Wolf.
    n_splits : int, default=5
        Number of folds inside ``fit``, from which the synthesis learns.
    n_jobs : int, default=None
        Number of threads for the local classifiers, and for the default descriptor; None means 1
        unless in a ``joblib.parallel_config`` context, -1 all processors.
    image_shape : tuple of (int, int), default=None
        Height and width of images given as flattened rows; None takes them as squares.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    descriptor_ : ImageDescriptor
        The fitted descriptor.
    local_discriminants_ : list of Bunch, of length n_codes
        What the local classifiers learnt from all training images: ``directions``, ``offset``,
        ``points`` and ``labels``.
    synthesis_ : LinearDiscriminantAnalysis
        The second discriminant, over ``n_codes * n_classes`` outputs.
    temperature_ : float
        By what the scores of the synthesis are divided, as by
        :class:`SubjectCalibratedClassifier`, on the same folds.
    image_shape_ : tuple of (int, int)
        Height and width of the images.
    n_features_in_ : int
        Number of pixels.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if `fit` saw a DataFrame.

    See Also
    --------
    skfer.descriptors.RadialGaborDescriptor : The codes, and their ``code_size_``.

    Notes
    -----
    With the distance :math:`d_c` to the nearest training image of class c, the outputs of a local
    classifier are, by formula (4) of [1]_,

    .. math:: p_c = \frac{1 / (d_c + 1)}{\sum_j 1 / (d_j + 1)}.

    On a training image they would be worth nothing, since the nearest image is the image itself.
    So the synthesis learns from outputs of local classifiers that have not seen the subject: the
    training images go through `n_splits` folds by subject, after which the local classifiers learn
    from all of them. Where no subjects are known, the folds go by image, and a warning says so. A
    class that a fold has no training image of gets output 0.

    The paper itself was not at hand; what is known of it comes from a public re-implementation.
    Differences from it are:

    - It learns the synthesis from the outputs on the training images themselves.
    - Principal components before either discriminant, as many as images less classes, which are
      there to make the scatter invertible, are replaced by shrinkage.
    - Its synthesis is a recursive discriminant to 25 dimensions with the nearest neighbour;
      here it is the linear discriminant, whose probabilities are calibrated.

    ``fit`` holds the features of all training images, 0.2 MB each with the default descriptor.

    References
    ----------
    .. [1] W. Gu, C. Xiang, Y. V. Venkatesh, D. Huang and H. Lin, "Facial expression recognition
       using radial encoding of local Gabor features and classifier synthesis", Pattern Recognition
       45(1), 2012.

    Examples
    --------
    >>> from skfer.classifiers import RadialEncodingClassifier
    >>> from skfer.datasets import make_faces
    >>> from skfer.descriptors import RadialGaborDescriptor
    >>> faces = make_faces(4, 2, expressions=("happy", "sad"), random_state=0)
    >>> radial = RadialGaborDescriptor(n_divisions=2, working_shape=(82, 64))
    >>> classifier = RadialEncodingClassifier(radial, n_splits=4)
    >>> classifier.fit(faces.faces, faces.target).predict_proba(faces.faces).shape
    (16, 2)
    """

    # Subjects ride in the face array; behind a sampler, groups would not fit the faces any more.
    __metadata_request__fit = {"groups": False}

    _white = None  # the descriptor keeps to the range of the pixels, where it has one
    _uses_subjects = True

    _parameter_constraints: dict = {
        "descriptor": [ImageDescriptor, None],
        "shrinkage": [Interval(Real, 0, 1, closed="right")],
        "synthesis_shrinkage": [Interval(Real, 0, 1, closed="both"), StrOptions({"auto"})],
        "n_splits": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        descriptor: ImageDescriptor | None = None,
        *,
        shrinkage: float = 0.01,
        synthesis_shrinkage: float | Literal["auto"] = "auto",
        n_splits: int = 5,
        n_jobs: int | None = None,
        image_shape: Shape | None = None,
    ):
        self.descriptor = descriptor
        self.shrinkage = shrinkage
        self.synthesis_shrinkage = synthesis_shrinkage
        self.n_splits = n_splits
        self.n_jobs = n_jobs
        self.image_shape = image_shape

    def fit(self, X: Images, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Learn the synthesis from folds by subject, and the local classifiers from all images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces as flattened rows, a stack or a face array.
        y : array-like of shape (n_images,)
            Labels of any kind.
        groups : array-like of shape (n_images,), default=None
            Subjects; None takes those of the face array.

        Returns
        -------
        self : object
            The fitted classifier.

        Raises
        ------
        ValueError
            If there is one class only, no class has two images, or subjects are
            known of some images only.

        Warns
        -----
        UserWarning
            If no subjects are known.
        """
        self._validate_params()
        batch = check_images(self, X, y)
        self.classes_, labels = encode_classes(self, batch.y)
        folds = inner_folds(labels, subjects_or_none(batch.faces, groups), self.n_splits)
        if not folds:
            raise ValueError(
                "The folds inside fit need a class of two images or more; each has one sample."
            )
        own = self.descriptor
        self.descriptor_ = RadialGaborDescriptor(n_jobs=self.n_jobs) if own is None else clone(own)
        self.descriptor_.fit(batch.images)
        codes = self._codes(batch.images)
        learn = partial(self._learn_code, codes, labels, folds)
        learnt = map_in_threads(learn, range(codes.shape[1]), n_jobs=self.n_jobs)
        self.local_discriminants_ = [discriminant for discriminant, _ in learnt]
        self.synthesis_ = LinearDiscriminantAnalysis("lsqr", shrinkage=self.synthesis_shrinkage)
        outputs = np.hstack([outputs for _, outputs in learnt])
        codes_of_classes = np.arange(len(self.classes_))
        scores = scores_out_of_fold(self.synthesis_, outputs, labels, folds, codes_of_classes)
        self.temperature_ = fit_temperature(scores, labels)
        self.synthesis_.fit(outputs, labels)
        return self

    def predict_proba(self, X: Images) -> Array:
        """Estimate the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Aligned faces.

        Returns
        -------
        probabilities : ndarray of shape (n_images, n_classes), dtype float64
            In the order of ``classes_``; rows sum to one.
        """
        check_is_fitted(self)
        images = check_images(self, X, reset=False).images
        blocks = gen_batches(len(images), _BLOCK)
        outputs = np.concatenate([self._outputs(images[block]) for block in blocks])
        scores = class_scores(self.synthesis_, outputs, np.arange(len(self.classes_)))
        return softmax(scores / self.temperature_, axis=1)

    def _codes(self, images):
        """Describe images by codes, of shape (n_images, n_codes, code_size)."""
        features = self.descriptor_.transform(images)
        size = getattr(self.descriptor_, "code_size_", features.shape[1])
        return features.reshape(len(features), -1, size)

    def _learn_code(self, codes, labels, folds, index):
        """Return the discriminant of one code, and its outputs on images it has not learnt from."""
        code, n_classes = codes[:, index], len(self.classes_)
        outputs = np.empty((len(labels), n_classes))
        for train, test in folds:
            unseeing = fit_local_discriminant(code[train], labels[train], self.shrinkage)
            outputs[test] = class_outputs(unseeing, code[test], n_classes)
        return fit_local_discriminant(code, labels, self.shrinkage), outputs

    def _outputs(self, images):
        """Return the outputs of all local classifiers, (n_images, n_codes * n_classes)."""
        codes = self._codes(images).swapaxes(0, 1)
        pairs = list(zip(self.local_discriminants_, codes, strict=True))
        n_classes = len(self.classes_)
        local = map_in_threads(lambda p: class_outputs(*p, n_classes), pairs, n_jobs=self.n_jobs)
        return np.hstack(local)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
