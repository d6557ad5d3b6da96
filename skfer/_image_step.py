"""What the base classes of the steps on images and sequences share."""

from abc import ABC, abstractmethod
from typing import Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin

from skfer._typing import Images
from skfer.utils import check_images


class TooltipMixin:
    """Let scikit-learn's HTML repr show the descriptions of the parameters.

    It shows them for estimators that have a page of documentation. skfer's pages have no address
    yet, so the link stays where it is.
    """

    _doc_link_module = "skfer"
    _doc_link_template = "#{estimator_module}.{estimator_name}"


class ImageStep(TooltipMixin, TransformerMixin, BaseEstimator, ABC):
    """What the steps that take images share: how ``fit`` checks them, and the tags."""

    # True for a step that takes images that differ in size.
    _any_size = False
    # What white, 255 of uint8, is to the step; None if it is blind to the range of the pixels.
    _white: int | None = 255
    # Whether the images may, or must, be sequences: "refuse", "accept" or "require".
    _sequences = "refuse"
    _parameter_constraints: dict = {}

    def fit(self, X: Images, y: ArrayLike | None = None) -> Self:
        """Check the parameters and remember the shape of the images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Flattened rows, a stack, or a face array.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted step.
        """
        self._validate_params()
        self._learn(self._check(X, reset=True))
        return self

    def _check(self, X, *, reset):
        return check_images(
            self, X, reset=reset, any_size=self._any_size, sequences=self._sequences
        )

    def _learn(self, batch):
        """Learn from an ImageBatch; most steps learn nothing."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        takes_images = self._sequences != "require"
        tags.input_tags.one_d_array = not takes_images
        tags.input_tags.two_d_array = takes_images
        tags.input_tags.three_d_array = takes_images
        tags.requires_fit = False
        return tags


class Descriptor(ClassNamePrefixFeaturesOutMixin, ImageStep):
    """What the steps that give rows of features share."""

    n_jobs: int | None = None

    def _learn(self, batch):
        self._n_features_out = self._count_features(batch)

    @abstractmethod
    def _count_features(self, batch):
        """Return the number of features of an ImageBatch."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
