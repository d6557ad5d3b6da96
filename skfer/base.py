"""The contracts as base classes: image to image, and image to feature row."""

from abc import ABC, abstractmethod

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin

from skfer.utils import check_images, restore_layout

__all__ = ["ImageDescriptor", "ImageTransformer"]


def pixel_names(shape):
    """Name the pixels of an image of this height and width, row by row: "y0_x0", "y0_x1" ..."""
    height, width = shape
    return np.array([f"y{y}_x{x}" for y in range(height) for x in range(width)], dtype=object)


class ImageTransformer(TransformerMixin, BaseEstimator, ABC, auto_wrap_output_keys=None):
    """Base of the transformers that take images to images and keep their layout.

    A subclass writes ``_transform_images(batch)``, which takes an
    :class:`~skfer.utils.ImageBatch` to a stack of new pixels and to a dictionary of the fields of a
    face array that moved, such as the eyes.
    """

    # True for a step that takes face arrays whose images differ in size.
    _any_size = False

    # A stack is no table, so scikit-learn's wrapping of the output is switched off; the keyword
    # is not inherited and has to be pinned for each subclass.
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform=None):
        """Do nothing: images stay arrays, so that ``Pipeline.set_output`` works.

        Parameters
        ----------
        transform : str, default=None
            Ignored.

        Returns
        -------
        self : object
            The transformer.
        """
        return self

    def fit(self, X, y=None):
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
            The transformer.
        """
        self._validate_params()
        check_images(self, X, reset=True, any_size=self._any_size)
        return self

    def transform(self, X):
        """Transform images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Flattened rows, a stack, or a face array.

        Returns
        -------
        X_new : ndarray
            The transformed images, in the layout in which they came.
        """
        self._validate_params()
        batch = check_images(self, X, reset=False, any_size=self._any_size)
        images, moved = self._transform_images(batch)
        return restore_layout(batch, images, **moved)

    @abstractmethod
    def _transform_images(self, batch):
        """Take an ImageBatch to (images, fields that moved)."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.requires_fit = False
        return tags


class ImageDescriptor(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC):
    """Base of the descriptors, which take an image to a row of features.

    A subclass writes ``_describe(images)``, which takes a stack (n_images, height, width) to
    features (n_images, n_features).
    """

    def fit(self, X, y=None):
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
            The descriptor.
        """
        self._validate_params()
        batch = check_images(self, X, reset=True)
        self._n_features_out = self._describe(batch.images[:1]).shape[1]
        return self

    def transform(self, X):
        """Describe images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Flattened rows, a stack, or a face array.

        Returns
        -------
        features : ndarray of shape (n_images, n_features_out), dtype float32 or float64
            One row of features per image.
        """
        self._validate_params()
        features = self._describe(check_images(self, X, reset=False).images)
        return features.astype(np.float32, copy=False)

    @abstractmethod
    def _describe(self, images):
        """Take a stack (n_images, height, width) to features (n_images, n_features_out)."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []
        tags.requires_fit = False
        return tags
