"""Near-duplicates: one photograph under two subjects, re-encoded, resized or made brighter."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import gen_batches

from skfer._subjects import known_subjects
from skfer._typing import Images
from skfer.utils import check_images
from skfer.utils._opencv import cv2
from skfer.utils._text import join_some
from skfer.utils._threads import map_in_threads

_THRESHOLD = 0.97
_SIDE = 24  # of the thumbnails
_LEAST_SIDE = 16  # smaller images of different people are too much alike
_MAX_BITS_CHANGED = 16  # of the 112 of a hash; strong compression of 48-pixel faces changes 12
_BLOCK = 256
# Comparing all pairs takes minutes from here on, and the evaluation did not ask for it.
_MOST_IMAGES_UNASKED = 50_000


def find_near_duplicates(
    X: Images,
    subjects: ArrayLike | None = None,
    *,
    threshold: float = _THRESHOLD,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Find images that show one photograph under two subjects.

    Such a photograph is on both sides of a split by subject. What is found: copies that were
    compressed, resized, made brighter or darker, or got noise. What is not: copies that were
    mirrored, cropped, shifted or overexposed, and two photographs of one person.

    Parameters
    ----------
    X : array-like of shape (n_images, height * width), (n_images, height, width) or (n_images,)
        Flattened rows, a stack, a face array, or a list of images or paths. Of sequences, the
        frames in the middle are compared.
    subjects : array-like of shape (n_images,), default=None
        Subject of each image; None takes those of the face array. Images of one subject are not
        compared, so give each image a subject of its own, ``range(n_images)``, to compare all.
    threshold : float, default=0.97
        Least correlation of the local contrast of two images. Copies of 48-pixel faces in JPEG of
        quality 50, with noise of 2 grey levels, of half or twice the size have 0.974 and more; 3
        of 10,000 faces of :func:`~skfer.datasets.make_faces` have 0.97 with one of another person.
    n_jobs : int, default=None
        Number of threads that decode images; None means 1 unless in a ``joblib.parallel_config``
        context, -1 means all processors.

    Returns
    -------
    pairs : DataFrame of shape (n_pairs, 5)
        ``image_a`` and ``image_b`` (positions in `X`), ``subject_a``, ``subject_b`` and
        ``correlation``. An image is ``image_b`` once at most, beside the most similar one before
        it. Images of less than 16 pixels a side, and flat ones, are in no pair.

    Raises
    ------
    ValueError
        If an image cannot be decoded, or subjects are unknown or missing.

    Notes
    -----
    Pairs whose perceptual hashes (the signs of the differences of neighbours on a grid of 8 by 8)
    differ in at most 16 of 112 bits are compared by the correlation of their thumbnails of 24 by 24
    pixels, less the local mean.

    Examples
    --------
    >>> from skfer.datasets import make_faces
    >>> from skfer.evaluation import find_near_duplicates
    >>> data = make_faces(3, 1, expressions=("happy", "sad"), random_state=0)
    >>> data.images[4] = 0.8 * data.images[1] + 20
    >>> find_near_duplicates(data.images, data.subjects).drop(columns="correlation")
       image_a  image_b     subject_a     subject_b
    0        1        4  synthetic000  synthetic002
    """
    subjects = known_subjects(X, subjects)
    return compare_thumbnails(_make_thumbnails(_check(X), n_jobs), subjects, threshold)


def make_thumbnail(grey):
    """Shrink the grey pixels of an image for `compare_thumbnails`; too small ones become flat."""
    if min(grey.shape) < _LEAST_SIDE:
        return np.zeros((_SIDE, _SIDE), np.float32)
    return cv2.resize(grey.astype(np.float32), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)


def compare_thumbnails(thumbnails, subjects, threshold=_THRESHOLD):
    """Return the pairs of `find_near_duplicates`, from (n_images, 24, 24)."""
    codes = np.unique(subjects, return_inverse=True)[1]
    earlier, correlation = _most_similar_before(thumbnails, codes)
    found = np.flatnonzero(correlation >= threshold)
    return pd.DataFrame(
        {
            "image_a": earlier[found],
            "image_b": found,
            "subject_a": subjects[earlier[found]],
            "subject_b": subjects[found],
            "correlation": correlation[found],
        }
    )


def warn_near_duplicates(X, subjects):
    """Warn the caller's caller of near-duplicates under two subjects.

    Nothing is said of what is not images, whose faults are the estimator's to report, or of
    collections too big to be compared unasked.
    """
    names = _name_pairs(X, subjects)
    if names:
        verb = "image nearly equals one" if len(names) == 1 else "images nearly equal ones"
        warnings.warn(
            f"{len(names)} {verb} of another subject: {join_some(names, 3)}. Either one person has "
            "two names, or a photograph is under the wrong one, and a split by subject leaks. "
            "skfer.evaluation.find_near_duplicates lists them.",
            stacklevel=3,
        )


def refuse_shared_images(X, datasets):
    """Refuse images of one data set that nearly equal those of another."""
    names = _name_pairs(X, datasets)
    if names:
        raise ValueError(
            f"{len(names)} images are in two data sets: {join_some(names, 3)}. Leave them out of "
            "one of the sets."
        )


def _name_pairs(X, codes):
    """Return a text per image that nearly equals one of another code."""
    if len(X) > _MOST_IMAGES_UNASKED:
        return []
    try:
        batch = _check(X)
        pairs = compare_thumbnails(_make_thumbnails(batch), codes)
    except (TypeError, ValueError):
        return []
    return [
        f"{batch.describe(pair.image_a)} of '{pair.subject_a}' = "
        f"{batch.describe(pair.image_b)} of '{pair.subject_b}'"
        for pair in pairs.itertuples()
    ]


def _check(X):
    return check_images(BaseEstimator(), X, any_size=True, sequences="accept")


def _make_thumbnails(batch, n_jobs=None):
    indices = range(len(batch.images))
    return np.stack(
        map_in_threads(lambda index: make_thumbnail(batch.decode(index)), indices, n_jobs=n_jobs)
    )


def _most_similar_before(thumbnails, codes):
    """Return, for each image, which earlier one of another code is most similar, and how much."""
    hashes, contrasts = _perceptual_hash(thumbnails), _local_contrast(thumbnails)
    least_agreement = hashes.shape[1] - 2 * _MAX_BITS_CHANGED
    order = np.arange(len(codes))
    partner, correlation = np.zeros(len(codes), int), np.full(len(codes), -1.0)
    for block in gen_batches(len(codes), _BLOCK):
        before = slice(block.stop)
        close = hashes[block] @ hashes[before].T >= least_agreement
        close &= codes[block, None] != codes[before]
        close &= order[block, None] > order[before]
        rows, columns = (np.flatnonzero(close.any(axis=axis)) for axis in (1, 0))
        if len(rows):
            values = contrasts[block][rows] @ contrasts[columns].T
            values[~close[np.ix_(rows, columns)]] = -1
            partner[block.start + rows] = columns[values.argmax(axis=1)]
            correlation[block.start + rows] = values.max(axis=1)
    return partner, correlation


def _perceptual_hash(thumbnails):
    """Return 112 signs an image, as floats: their products count agreements."""
    coarse = thumbnails.reshape(-1, 8, _SIDE // 8, 8, _SIDE // 8).mean(axis=(2, 4))
    steps = [np.diff(coarse, axis=axis).reshape(len(coarse), -1) for axis in (1, 2)]
    return np.where(np.hstack(steps) > 0, np.float32(1), np.float32(-1))


def _local_contrast(thumbnails):
    """Return thumbnails less their local mean as rows of mean 0 and length 1, flat ones as 0."""
    rows = np.stack([image - cv2.blur(image, (5, 5)) for image in thumbnails])
    rows = rows.reshape(len(thumbnails), -1)
    rows -= rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    flat = length <= 1e-4 * np.abs(thumbnails).max(axis=(1, 2)).reshape(-1, 1)
    return np.where(flat, 0, rows / np.where(flat, 1, length))
