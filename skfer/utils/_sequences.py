"""What `check_images` asks of sequences, and the pixels of their frames."""

import numpy as np

from skfer.faces import is_sequence
from skfer.utils._images import as_grey, read_image
from skfer.utils._pixels import as_pixels
from skfer.utils._threads import map_in_threads
from skfer.utils._video import count_video_frames, read_video

MAX_SEQUENCE_PIXELS = 2**31  # a minute of video of 1080p; a model looks at a face for seconds


def find_sequences(images, describe, estimator, wanted):
    """Tell whether images are sequences; refuse a mixture, and what the estimator does not take.

    `wanted` is "refuse", "accept" or "require"; ``describe(index)`` names an image.
    """
    name = type(estimator).__name__
    if images.dtype == object or images.ndim > 3:
        found = np.array([is_sequence(image) for image in images], dtype=bool)
    else:
        found = np.zeros(len(images), dtype=bool)
    if wanted == "refuse" and found.any():
        first = images[found.argmax()]
        of_colours = isinstance(first, np.ndarray) and len(first) in (3, 4)
        raise ValueError(
            f"{describe(found.argmax())} is a sequence, but {name} takes single images. Wrap the "
            "classifier, with the steps before it, in a FramewiseClassifier, or describe the "
            "sequences first, by a descriptor of sequences."
            + (" If these are pictures in colour, put the axis of the colours last." * of_colours)
        )
    if wanted == "require" and not found.all():
        raise ValueError(
            f"{describe(found.argmin())} is a single image, but {name} takes sequences: a list of "
            "arrays (n_frames, height, width) or of videos, even for one sequence: [X]."
        )
    if found.any() and not found.all():
        raise ValueError(
            f"{describe(found.argmin())} is a single image, but {describe(found.argmax())} is a "
            "sequence; give either images or sequences."
        )
    return bool(found.any())


def decode_sequence(sequence, name, part=None):
    """Return the grey pixels (n_frames, height, width) of a sequence; errors begin with its name.

    Integers become uint8, floats keep their range. All frames are finite and of one size.
    ``part(frames)`` takes some of them.
    """
    is_video = isinstance(sequence, str)
    try:
        frames = _decode(sequence if is_video or part is None else part(sequence))
        if is_video and part is not None:
            frames = part(frames)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    finite = np.isfinite(frames).all(axis=(1, 2))
    if not finite.all():
        raise ValueError(
            f"{name}, frame {finite.argmin()} contains NaN or infinity; remove the sequence or "
            "repair it."
        )
    return frames


def middle_frame(sequence, name):
    """Return the grey pixels of the frame in the middle of a sequence, (height, width)."""
    return decode_sequence(sequence, name, take_middle)[0]


def take_middle(frames):
    """Take the frame in the middle, as a sequence of one."""
    middle = len(frames) // 2
    return frames[middle : middle + 1]


def check_frame_eyes(frame_eyes, n_frames, name):
    """Refuse eyes of another number of frames than a sequence has."""
    if len(frame_eyes) != n_frames:
        raise ValueError(
            f"{name} has {n_frames} frames, but frame_eyes for {len(frame_eyes)}; give one pair of "
            "eyes for each frame, or leave frame_eyes out."
        )


def sequence_length(sequence):
    """Return the number of frames of a sequence; of a video, that which it announces."""
    return count_video_frames(sequence) if isinstance(sequence, str) else len(sequence)


def pixel_limits(images):
    """Return an array with the pixels of least and greatest value of sequences, in their unit.

    Files are not read: their pixels are uint8. ValueError if the sequences have different units.
    """
    limits = [_limits(sequence, f"Sample {index}") for index, sequence in enumerate(images)]
    for index, limit in enumerate(limits):
        if limit.dtype.kind != limits[0].dtype.kind:
            raise ValueError(
                f"Sample {index} has {limit.dtype} pixels, but Sample 0 {limits[0].dtype}; give "
                "all sequences in one unit."
            )
    return np.concatenate(limits)


def _limits(sequence, name):
    if not isinstance(sequence, np.ndarray) or sequence.dtype.kind != "f":
        return np.array([0, 255], np.uint8)
    limits = as_pixels(np.array([sequence.min(), sequence.max()], sequence.dtype))
    if not np.isfinite(limits).all():
        decode_sequence(sequence, name)  # names the frame
    return limits


def _decode(sequence):
    if isinstance(sequence, str):
        return read_video(sequence, MAX_SEQUENCE_PIXELS)
    if isinstance(sequence, tuple):
        return _join(map_in_threads(read_image, sequence), sequence)
    if sequence.size == 0:
        raise ValueError(f"a sequence of shape {sequence.shape} has no frames or no pixels.")
    pixels = as_pixels(sequence, "frame {}")
    return pixels if pixels.ndim == 3 else np.stack([as_grey(frame) for frame in pixels])


def _join(frames, paths):
    for frame, path in zip(frames, paths, strict=True):
        if frame.shape != frames[0].shape:
            raise ValueError(
                f"the frame '{path}' has shape {frame.shape}, but '{paths[0]}' has shape "
                f"{frames[0].shape}; all frames of a sequence have one size."
            )
    return np.stack(frames)
