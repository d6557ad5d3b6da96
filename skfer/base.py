"""The contracts as base classes: image to image, and image or sequence to feature row."""

from abc import abstractmethod
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skfer._image_step import Descriptor, ImageStep
from skfer._image_step import TooltipMixin as TooltipMixin
from skfer._typing import Array, FeatureNames, Images
from skfer.utils import restore_layout
from skfer.utils._text import join_some
from skfer.utils._threads import cut_for_threads, map_in_threads

__all__ = ["ImageDescriptor", "ImageTransformer", "SequenceDescriptor"]

# What a face array knows of places in the image.
_POINTS = {"eyes", "frame_eyes", "landmarks"}
# A descriptor is given this many pixels at a time: about a hundred faces of 48x48, beside which
# the cost of a call is nothing.
CHUNK_PIXELS = 2**18


class ImageTransformer(ImageStep, auto_wrap_output_keys=None):
    """Base of the transformers that take images to images and keep their layout.

    A subclass writes ``_transform_images(batch)``, which takes an
    :class:`~skfer.utils.ImageBatch` to a stack of new pixels and to a dictionary of the fields of a
    face array that moved, such as the eyes; images of another size need the new eyes. With
    ``_sequences = "accept"`` it takes sequences too: frame by frame, unless it writes
    ``_transform_sequences(batch)``.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.base import ImageTransformer
    >>> class Negative(ImageTransformer):
    ...     def _transform_images(self, batch):
    ...         return 255 - batch.images, {}
    >>> int(Negative().fit_transform(np.zeros((2, 48, 48), np.uint8)).max())
    255
    """

    # A stack is no table, so scikit-learn's wrapping of the output is switched off; the keyword
    # is not inherited and has to be pinned for each subclass.
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform: str | None = None) -> Self:
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

    def transform(self, X: Images) -> Array:
        """Transform images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Flattened rows, a stack, or a face array.

        Returns
        -------
        X_new : ndarray
            The transformed images, in the layout in which they came; for sequences a face array.

        Raises
        ------
        ValueError
            If the step does not take such images; or if a subclass changes their size
            and not the eyes, which then would be in the wrong places.
        """
        self._validate_params()
        batch = self._check(X, reset=False)
        transform = self._transform_sequences if batch.of_sequences else self._transform_images
        images, moved = transform(batch)
        self._refuse_old_points(batch, images, moved)
        return restore_layout(batch, images, **moved)

    def _refuse_old_points(self, batch, images, moved):
        """Refuse images of another size whose eyes are known and still those of the old ones."""
        before = batch.frame_shape or batch.images.shape[1:]
        after = np.shape(images[0])[-2:]
        if batch.faces is None or before in ((), after):  # images of any size have no shape
            return
        kept = _POINTS & set(batch.faces.dtype.names) - set(moved)
        known = {name for name in ("eyes", "landmarks") if name in kept}
        if any(np.isfinite(batch.faces[name]).any() for name in known):
            method = "_transform_sequences" if batch.of_sequences else "_transform_images"
            raise ValueError(
                f"{type(self).__name__} makes images of shape {after} from {before}, but the "
                f"{join_some(sorted(kept))} are where they were. Return their new places beside "
                f"the images in {method}, or NaN where they are not needed."
            )

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> FeatureNames:
        """Name the pixels of the output.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Ignored.

        Returns
        -------
        names : ndarray of str
            Such as ``"y0_x0"``, row by row; ``"face"`` if the images have any size.
        """
        if self._output_shape() is None:
            return np.array(["face"], dtype=object)
        height, width = self._output_shape()
        return np.array([f"y{y}_x{x}" for y in range(height) for x in range(width)], dtype=object)

    def _output_shape(self):
        check_is_fitted(self, "image_shape_")
        return self.image_shape_

    @abstractmethod
    def _transform_images(self, batch):
        """Take an ImageBatch to (images, fields that moved)."""

    def _transform_sequences(self, batch):
        """Take an ImageBatch of sequences to (list of sequences, fields that moved)."""
        rows = range(len(batch.images))
        return [self._transform_images(batch.of_frames(index))[0] for index in rows], {}


class ImageDescriptor(Descriptor):
    """Base of the descriptors, which take an image to a row of features.

    A subclass writes ``_describe(images)``, which takes a stack (n_images, height, width) to
    features (n_images, n_features). It describes each image by itself: ``transform`` calls it for
    a chunk of the images at a time, in `n_jobs` threads, so that beyond the output it takes no
    more memory for many images than for a few. A subclass whose work is more than a copy has
    the parameter `n_jobs`.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.base import ImageDescriptor
    >>> class RowMeans(ImageDescriptor):
    ...     def _describe(self, images):
    ...         return images.mean(axis=2)
    >>> RowMeans().fit_transform(np.zeros((2, 48, 32), np.uint8)).shape
    (2, 48)
    """

    def transform(self, X: Images) -> Array:
        """Describe images.

        Parameters
        ----------
        X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
            Flattened rows, a stack, or a face array.

        Returns
        -------
        features : ndarray of shape (n_images, n_features_out), dtype float32
            One row of features per image.
        """
        self._validate_params()
        batch = self._check(X, reset=False)
        images = batch.images
        chunks = cut_for_threads(
            len(images), max(1, CHUNK_PIXELS // images[0].size), n_jobs=self.n_jobs
        )
        if len(chunks) == 1:
            return self._rows(images).astype(np.float32, copy=False)
        features = np.empty((len(images), self._count_features(batch)), np.float32)

        def describe(chunk):
            features[chunk] = self._rows(images[chunk])

        map_in_threads(describe, chunks, n_jobs=self.n_jobs)
        return features

    def _count_features(self, batch):
        return self._rows(batch.images[:1]).shape[1]

    def _rows(self, images):
        """Describe images; a subclass that does not give a row per image is told so."""
        features = np.asarray(self._describe(images))
        if features.ndim != 2 or len(features) != len(images):
            raise ValueError(
                f"{type(self).__name__}._describe gave shape {features.shape} for {len(images)} "
                f"images; expected ({len(images)}, n_features)."
            )
        return features

    @abstractmethod
    def _describe(self, images):
        """Take a stack (n_images, height, width) to features (n_images, n_features_out)."""


class SequenceDescriptor(Descriptor):
    """Base of the descriptors of sequences, which take the frames of each to a row of features.

    A subclass writes ``_describe(frames)``, which takes the grey frames (n_frames, height, width)
    of one sequence to features (n_features,), as many whatever the number of frames. It describes
    each sequence by itself: ``transform`` decodes and describes one at a time in each of `n_jobs`
    threads, so that beyond the output it takes no more memory for many sequences than for a few.
    A subclass that cannot describe a single frame raises ``_min_frames``; one that learns writes
    ``_learn(batch)``, which reads sequences by ``batch.frames(index)``, calls that of this class
    last, and sets the tag ``requires_fit``.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.base import SequenceDescriptor
    >>> class MeanFrame(SequenceDescriptor):
    ...     def _describe(self, frames):
    ...         return frames.mean(axis=0).ravel()
    >>> MeanFrame().fit_transform(np.zeros((2, 9, 48, 32), np.uint8)).shape
    (2, 1536)
    """

    _sequences = "require"
    _min_frames = 1

    def fit(self, X: Images, y: ArrayLike | None = None) -> Self:
        """Check the parameters and remember the shape of the frames.

        Parameters
        ----------
        X : array-like of shape (n_sequences,) or (n_sequences, n_frames, height, width)
            A face array of sequences, a list of arrays (n_frames, height, width) or of paths of
            videos, or sequences of one length in one array.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted descriptor.
        """
        return super().fit(X, y)

    def transform(self, X: Images) -> Array:
        """Describe sequences.

        Parameters
        ----------
        X : array-like of shape (n_sequences,) or (n_sequences, n_frames, height, width)
            A face array of sequences, a list of arrays (n_frames, height, width) or of paths of
            videos, or sequences of one length in one array.

        Returns
        -------
        features : ndarray of shape (n_sequences, n_features_out), dtype float32
            One row of features per sequence.

        Raises
        ------
        ValueError
            If there are single images among the sequences, or one has too few frames, frames of
            another size, pixels that are not finite, or a file that cannot be decoded. The message
            names the sequence.
        """
        self._validate_params()
        batch = self._check(X, reset=False)
        first = self._describe(self._frames(batch, 0))
        features = np.empty((len(batch.images), len(first)), np.float32)
        features[0] = first

        def describe(index):
            features[index] = self._describe(self._frames(batch, index))

        map_in_threads(describe, range(1, len(features)), n_jobs=self.n_jobs)
        return features

    def _frames(self, batch, index):
        """Decode the frames of one sequence; refuse too few."""
        frames = batch.frames(index)
        if len(frames) < self._min_frames:
            raise ValueError(
                f"{batch.describe(index)} has {len(frames)} frame{'s' * (len(frames) > 1)}; "
                f"{type(self).__name__} needs at least {self._min_frames}."
            )
        return frames

    def _count_features(self, batch):
        return len(self._describe(self._frames(batch, 0)))

    @abstractmethod
    def _describe(self, frames):
        """Take the frames (n_frames, height, width) of a sequence to features (n_features,)."""
