"""`ImageBatch`: validated images, and the way back to the layout in which they came."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from skfer._typing import Array, FaceArray
from skfer.faces import make_face_array, with_fields
from skfer.utils._images import as_grey
from skfer.utils._sequences import check_frame_eyes, decode_sequence, middle_frame


class ImageBatch(NamedTuple):
    """Validated images and the layout they came in.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width), or of shape (n_images,)
        Grey pixels. Where images of any size were asked for, what came: a stack, or one object
        for each image (array or path). Of sequences, one object for each, not yet decoded.
    layout : {"rows", "stack", "faces"}
        How the images came: flattened rows, a stack, or a face array.
    faces : ndarray of shape (n_images,) or None
        The face array, where one came.
    y : ndarray of shape (n_images,) or None
        The labels, where they were validated.
    of_sequences : bool
        Whether each image is a sequence of frames.
    frame_shape : tuple of (int, int) or None
        Height and width that the frames of all sequences must have; None for any.
    sequence : str or None
        The sequence of which the images are the frames, as messages name it.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.utils import ImageBatch
    >>> batch = ImageBatch(np.zeros((2, 48, 48), np.uint8), "stack")
    >>> batch.decode(1).shape, batch.describe(1)
    ((48, 48), 'Sample 1')
    """

    images: np.ndarray
    layout: str
    faces: FaceArray | Any = None
    y: Array | Any = None
    of_sequences: bool = False
    frame_shape: tuple | None = None
    sequence: str | None = None

    def decode(self, index: int) -> Array:
        """Return the grey pixels of an image, or of the middle frame of a sequence.

        Parameters
        ----------
        index : int
            Position in the batch.

        Returns
        -------
        grey : ndarray of shape (height, width)
            The pixels.
        """
        decode = middle_frame if self.of_sequences else decode_image
        return decode(self.images[index], self.describe(index))

    def frames(self, index: int, part: Callable[[Any], Any] | None = None) -> Array:
        """Return the grey pixels of a sequence.

        Parameters
        ----------
        index : int
            Position in the batch.
        part : callable, default=None
            Takes the frames and returns some of them; the files of the others are not read.

        Returns
        -------
        frames : ndarray of shape (n_frames, height, width)
            The pixels.

        Raises
        ------
        ValueError
            If the sequence cannot be decoded, or its frames have another shape than `frame_shape`.
        """
        frames = decode_sequence(self.images[index], self.describe(index), part)
        if self.frame_shape not in (None, frames.shape[1:]):
            raise ValueError(
                f"{self.describe(index)} has frames of shape {frames.shape[1:]}; expected "
                f"{self.frame_shape}. Put a FaceAligner before this step; it brings all faces to "
                "one size."
            )
        return frames

    def of_frames(self, index: int, eyes: Array | None = None) -> "ImageBatch":
        """Return the frames of a sequence as a batch of single images.

        Parameters
        ----------
        index : int
            Position in the batch.
        eyes : ndarray of shape (n_frames, 2, 2) or (2, 2), default=None
            Eyes of each frame or of all; with them the batch is a face array.

        Returns
        -------
        batch : ImageBatch
            One image per frame.
        """
        frames, name = self.frames(index), self.describe(index)
        if eyes is None:
            return ImageBatch(frames, "stack", sequence=name)
        if eyes.ndim == 3:
            check_frame_eyes(eyes, len(frames), name)
        eyes = np.broadcast_to(eyes, (len(frames), 2, 2))
        return ImageBatch(frames, "faces", make_face_array(frames, eyes), sequence=name)

    def describe(self, index: int) -> str:
        """Name an image in a message.

        Parameters
        ----------
        index : int
            Position in the batch.

        Returns
        -------
        name : str
            Its number and, where known, its file.
        """
        if self.sequence is not None:
            return f"{self.sequence}, frame {index}"
        return describe_image(self.images, index)


def restore_layout(batch: ImageBatch, images: Any, **moved: Array) -> Array:
    """Give new images the layout in which a batch came.

    Parameters
    ----------
    batch : ImageBatch
        What `check_images` returned.
    images : ndarray of shape (n_images, new_height, new_width), or list of n_images arrays
        The result of an operation on the images, or sequences, of the batch.
    **moved : ndarray of n_images entries
        New values of other fields of a face array, such as the ``eyes``.

    Returns
    -------
    X : ndarray
        Rows for rows, a stack for a stack, faces for faces.

    Examples
    --------
    >>> import numpy as np
    >>> from skfer.utils import ImageBatch, restore_layout
    >>> restore_layout(ImageBatch(np.zeros((2, 8, 8)), "rows"), np.zeros((2, 4, 4))).shape
    (2, 16)
    """
    if batch.layout == "faces":
        return with_fields(batch.faces, image=images, **moved)
    return images.reshape(len(images), -1) if batch.layout == "rows" else images


def decode_image(image, name):
    """Return the finite grey pixels of an array or file; errors begin with the image's name."""
    grey = name_grey(image, name)
    if not all_finite(grey):
        raise ValueError(f"{name} contains NaN or infinity; remove the image or repair it.")
    return grey


def name_grey(image, name):
    """Return what `as_grey` does; errors begin with the name of the image."""
    try:
        return as_grey(image)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def describe_image(images, index):
    """Name an image in a message: its number and, where known, its file."""
    image = images[index]
    return f"Sample {index} ('{image}')" if isinstance(image, str) else f"Sample {index}"


def all_finite(pixels):
    """Tell whether no pixel is NaN or infinite; what overflows in the sum is looked at again."""
    if pixels.dtype.kind != "f":
        return True
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(pixels.sum(dtype=float)):
            return True
    return bool(np.isfinite(pixels).all())
