"""NeutralDifference: the frames of a sequence less its own first frame."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from skfer._typing import FaceArray, Images
from skfer.base import ImageTransformer


class NeutralDifference(ImageTransformer):
    """Subtract from the frames of each sequence its own first frame, which is left out.

    What stays is what the face does, and not whose it is. It takes sequences to sequences, so a
    descriptor of sequences may follow, or a
    :class:`~skfer.classifiers.FramewiseClassifier` over a method for single images. Nothing is
    learned, and no other sequence is needed.

    Attributes
    ----------
    image_shape_ : tuple of (int, int)
        Height and width of a frame.
    pixel_range_ : tuple of (float, float)
        Least and greatest pixel, 0 and 255 for integers.

    See Also
    --------
    skfer.features.SubjectNormalizer : The same idea on feature rows, by person.
    skfer.alignment.FaceAligner : Brings all frames of a sequence to one size, by one transform.

    Notes
    -----
    **A protocol of its own.** A tested person is judged with the help of a frame that is known to
    be neutral: by how the sequence was recorded, as in CK+, where each begins with a neutral face.
    Single images have no such frame. So results with it stand in a column of their own, never
    beside those of methods that see one image of a person they do not know.

    The pixels become float32 (float64 stays) and lie on both sides of 0. What depends on their
    sign or size, such as local contrast or PHOG, sees another kind of image.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.preprocessing import NeutralDifference
    >>> rest, smile = np.full((8, 8), 90, np.uint8), np.full((8, 8), 100, np.uint8)
    >>> sequences = NeutralDifference().fit_transform([[rest, smile, smile], [smile, rest]])
    >>> [(frames.shape, float(frames[0, 0, 0])) for frames in sequences["image"]]
    [((2, 8, 8), 10.0), ((1, 8, 8), -10.0)]
    """

    _sequences = "require"

    def fit(self, X: Images, y: ArrayLike | None = None) -> Self:
        """Remember the shape of the frames.

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
            The fitted step.
        """
        return super().fit(X, y)

    def transform(self, X: Images) -> FaceArray:
        """Subtract the first frame.

        Parameters
        ----------
        X : array-like of shape (n_sequences,) or (n_sequences, n_frames, height, width)
            A face array of sequences, a list of arrays (n_frames, height, width) or of paths of
            videos, or sequences of one length in one array.

        Returns
        -------
        faces : ndarray of shape (n_sequences,)
            Face array of sequences, arrays (n_frames - 1, height, width) of float.

        Raises
        ------
        ValueError
            If a sequence has one frame. The message names it.
        """
        return super().transform(X)

    def _transform_images(self, batch):
        frames = batch.images
        if len(frames) < 2:
            raise ValueError(
                f"{batch.sequence} has 1 frame; NeutralDifference needs a neutral frame and at "
                "least one other."
            )
        frames = frames.astype(np.result_type(frames.dtype, np.float32), copy=False)
        return frames[1:] - frames[0], {}

    def _transform_sequences(self, batch):
        images, moved = super()._transform_sequences(batch)
        if "frame_eyes" in batch.faces.dtype.names:
            moved["frame_eyes"] = [eyes[1:] for eyes in batch.faces["frame_eyes"]]
        return images, moved
